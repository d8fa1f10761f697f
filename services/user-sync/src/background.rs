//! What is done without an event: parked events are given again, resources decided anew, detached integrations left to
//! the LMS, and old effects forgotten.

use std::time::Duration;

use chrono::Days;
use lms::DirectorySync;
use lms::admin::EffectLog;
use platform::clock;
use platform::shutdown::Shutdown;
use platform::telemetry::chain;

use crate::settings::EffectsSettings;

/// Pause between two rounds of parked events. An event waits a minute at least before it is given again.
const PARKED_PAUSE: Duration = Duration::from_secs(30);

/// Pause between two looks for resources to decide anew. An administrator waits for this.
const RECHECK_PAUSE: Duration = Duration::from_secs(1);

/// Pause between two looks for detached integrations.
const DETACHMENT_PAUSE: Duration = Duration::from_secs(5);

/// Pause between two looks for old effects.
const RETENTION_PAUSE: Duration = Duration::from_secs(600);

/// Effects forgotten in one transaction.
const FORGOTTEN_AT_ONCE: u32 = 1_000;

/// Works until shutdown is requested.
pub async fn run(
    sync: &DirectorySync,
    effects: &dyn EffectLog,
    retention: EffectsSettings,
    shutdown: &Shutdown,
) {
    futures::join!(
        retry_parked(sync, shutdown),
        recheck(sync, shutdown),
        settle_detachments(sync, shutdown),
        forget_effects(effects, retention, shutdown)
    );
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

async fn forget_effects(effects: &dyn EffectLog, retention: EffectsSettings, shutdown: &Shutdown) {
    while !shutdown.is_requested() {
        let before = clock::now().checked_sub_days(Days::new(retention.retention_days.into()));
        let forgotten = match before {
            Some(before) => effects.forget_effects(before, FORGOTTEN_AT_ONCE).await,
            None => Ok(0),
        };
        match forgotten {
            Ok(forgotten) if forgotten == u64::from(FORGOTTEN_AT_ONCE) => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(error = %chain(&error), "old effects are kept longer"),
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
