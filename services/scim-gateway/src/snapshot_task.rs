//! Snapshots as a background task, one in each replica: it tells those that were asked for, and asks by the schedule.

use std::time::Duration;

use directory::admin::{self, SnapshotError};
use directory::{Snapshot, SnapshotSettings, SnapshotStep, SnapshotWorker};
use platform::clock;
use platform::shutdown::Shutdown;
use platform::telemetry::chain;
use serde::Deserialize;
use uuid::Uuid;

use crate::Gateway;

/// How long a claimed snapshot belongs to one replica.
const LEASE: Duration = Duration::from_secs(15);

/// How often to look for a snapshot that somebody asked for.
const IDLE_PAUSE: Duration = Duration::from_secs(1);

/// How long to let the relay catch up.
const FULL_PAUSE: Duration = Duration::from_millis(100);

/// Longest pause after a failed step.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How often to look for integrations whose snapshot is due.
const SCHEDULE_PAUSE: Duration = Duration::from_secs(60);

/// When snapshots are told.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotTaskSettings {
    /// How long after the beginning of an enabled integration's last snapshot the next one begins by itself; 0: only
    /// when somebody asks.
    pub every_hours: u16,
    /// How long before a page is read all changes are settled. Longer than a request may take, differences between
    /// clocks included.
    pub margin_seconds: u32,
}

impl SnapshotTaskSettings {
    /// How the worker of this task works.
    pub fn worker(&self) -> SnapshotSettings {
        SnapshotSettings { lease: LEASE, margin: chrono::Duration::seconds(self.margin_seconds.into()) }
    }
}

/// Tells snapshots, and begins those that are due, until shutdown is requested.
pub async fn run(
    worker: SnapshotWorker,
    gateway: &Gateway,
    settings: SnapshotTaskSettings,
    shutdown: &Shutdown,
) {
    futures::join!(tell(&worker, shutdown), keep_schedule(gateway, settings, shutdown));
}

async fn tell(worker: &SnapshotWorker, shutdown: &Shutdown) {
    let mut failures = 0;
    while !shutdown.is_requested() {
        let pause = match worker.step(clock::now()).await {
            Ok(SnapshotStep::Told(snapshot)) => {
                failures = 0;
                log_end(&snapshot);
                continue;
            }
            Ok(SnapshotStep::NotNow) => FULL_PAUSE,
            Ok(SnapshotStep::Nothing) => IDLE_PAUSE,
            Err(error) => {
                failures += 1;
                if failures == 1 {
                    tracing::warn!(error = %chain(&error), "snapshots wait");
                }
                IDLE_PAUSE.saturating_mul(failures).min(LONGEST_PAUSE)
            }
        };
        rest(pause, shutdown).await;
    }
}

fn log_end(snapshot: &Snapshot) {
    if snapshot.finished.is_none() {
        return;
    }
    tracing::info!(
        snapshot.id = %snapshot.id.0,
        integration.id = %snapshot.integration.0,
        chunks = snapshot.told.chunks,
        users = snapshot.told.users,
        groups = snapshot.told.groups,
        members = snapshot.told.members,
        "a snapshot was told to its end"
    );
}

async fn keep_schedule(gateway: &Gateway, settings: SnapshotTaskSettings, shutdown: &Shutdown) {
    if settings.every_hours == 0 {
        return;
    }
    let every = chrono::Duration::hours(settings.every_hours.into());
    while !shutdown.is_requested() {
        if let Err(error) = begin_due(gateway, every).await {
            tracing::warn!(error = %chain(&error), "the snapshots that are due were not all begun");
        }
        rest(SCHEDULE_PAUSE, shutdown).await;
    }
}

async fn begin_due(gateway: &Gateway, every: chrono::Duration) -> Result<(), SnapshotError> {
    let (integrations, snapshots) = (gateway.integrations.as_ref(), gateway.snapshots.as_ref());
    for slug in
        admin::request_due_snapshots(integrations, snapshots, every, Uuid::new_v4(), clock::now()).await?
    {
        tracing::info!(integration = slug.as_str(), "a snapshot was due");
    }
    Ok(())
}

async fn rest(pause: Duration, shutdown: &Shutdown) {
    tokio::select! {
        () = tokio::time::sleep(pause) => {}
        () = shutdown.requested() => {}
    }
}
