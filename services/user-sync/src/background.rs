//! What is done without an event: parked events are given again, resources decided anew, detached integrations left to
//! the LMS, and what is old forgotten.

use std::time::Duration;

use administration::AuditLog;
use chrono::{DateTime, Days, Utc};
use lms::admin::EffectLog;
use lms::{DirectorySync, Inbox, StoreError, Waiting};
use platform::settings::ActsSettings;
use platform::shutdown::Shutdown;
use platform::telemetry::chain;

use crate::SyncMetrics;
use crate::settings::{EffectsSettings, InboxSettings};

/// Pause between two rounds of parked events. An event waits a minute at least before it is given again.
const PARKED_PAUSE: Duration = Duration::from_secs(30);

/// Pause between two looks for resources to decide anew. An administrator waits for this.
const RECHECK_PAUSE: Duration = Duration::from_secs(1);

/// Pause between two looks for detached integrations.
const DETACHMENT_PAUSE: Duration = Duration::from_secs(5);

/// Pause between two counts of what waits for a person.
const WAITING_PAUSE: Duration = Duration::from_secs(15);

/// Pause between two looks for what is old.
const RETENTION_PAUSE: Duration = Duration::from_secs(600);

/// Rows forgotten in one transaction.
const FORGOTTEN_AT_ONCE: u32 = 1_000;

/// Works until shutdown is requested.
pub async fn run<S: EffectLog + Inbox + Waiting + AuditLog>(
    sync: &DirectorySync,
    store: &S,
    metrics: &SyncMetrics,
    effects: EffectsSettings,
    inbox: InboxSettings,
    acts: ActsSettings,
    shutdown: &Shutdown,
) {
    let forgetting_effects = forget("effects", store, effects.retention_days, shutdown, async |before| {
        store.forget_effects(before, FORGOTTEN_AT_ONCE).await
    });
    let days = inbox.retention_days.get();
    let forgetting_handled = forget("handled events", store, days, shutdown, async |before| {
        store.forget_handled(before, FORGOTTEN_AT_ONCE).await
    });
    let forgetting_acts = forget("acts", store, acts.retention_days, shutdown, async |before| {
        let forgetting = store.forget_acts(before, FORGOTTEN_AT_ONCE);
        forgetting.await.map_err(|error| StoreError::Unavailable(Box::new(error)))
    });
    futures::join!(
        retry_parked(sync, shutdown),
        recheck(sync, shutdown),
        settle_detachments(sync, shutdown),
        count_waiting(store, metrics, shutdown),
        forgetting_effects,
        forgetting_handled,
        forgetting_acts
    );
}

async fn count_waiting(store: &impl Waiting, metrics: &SyncMetrics, shutdown: &Shutdown) {
    while !shutdown.is_requested() {
        match store.counts().await {
            Ok(counts) => metrics.waiting(counts),
            Err(error) => tracing::warn!(error = %chain(&error), "what waits for a person is not counted"),
        }
        rest(WAITING_PAUSE, shutdown).await;
    }
}

async fn settle_detachments(sync: &DirectorySync, shutdown: &Shutdown) {
    while !shutdown.is_requested() {
        match sync.settle_detachment().await {
            Ok(true) => {}
            Ok(false) => rest(DETACHMENT_PAUSE, shutdown).await,
            Err(error) => {
                tracing::warn!(error = %chain(&error), "a detached integration is not left to the LMS yet");
                rest(DETACHMENT_PAUSE, shutdown).await;
            }
        }
    }
}

/// Forgets what is older than so many days, some of it at a time.
async fn forget(
    what: &str,
    clock: &impl Inbox,
    days: u16,
    shutdown: &Shutdown,
    forget_before: impl AsyncFn(DateTime<Utc>) -> Result<u64, StoreError>,
) {
    while !shutdown.is_requested() {
        let forgotten = async {
            match clock.now().await?.checked_sub_days(Days::new(days.into())) {
                Some(before) => forget_before(before).await,
                None => Ok(0),
            }
        };
        match forgotten.await {
            Ok(forgotten) if forgotten == u64::from(FORGOTTEN_AT_ONCE) => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(error = %chain(&error), what, "what is old is kept longer"),
        }
        rest(RETENTION_PAUSE, shutdown).await;
    }
}

async fn retry_parked(sync: &DirectorySync, shutdown: &Shutdown) {
    while !shutdown.is_requested() {
        match sync.retry_parked().await {
            Ok(0) => {}
            Ok(applied) => tracing::info!(applied, "parked events could be applied"),
            Err(error) => tracing::warn!(error = %chain(&error), "parked events wait longer"),
        }
        rest(PARKED_PAUSE, shutdown).await;
    }
}

async fn recheck(sync: &DirectorySync, shutdown: &Shutdown) {
    let mut is_away = false;
    while !shutdown.is_requested() {
        match sync.recheck().await {
            Ok(0) => rest(RECHECK_PAUSE, shutdown).await,
            Ok(_) => {}
            Err(error) => {
                // Once for an outage, not once a second.
                if !is_away {
                    tracing::warn!(error = %chain(&error), "resources wait to be decided anew");
                }
                is_away = true;
                rest(RECHECK_PAUSE, shutdown).await;
                continue;
            }
        }
        is_away = false;
    }
}

async fn rest(pause: Duration, shutdown: &Shutdown) {
    tokio::select! {
        () = tokio::time::sleep(pause) => {}
        () = shutdown.requested() => {}
    }
}
