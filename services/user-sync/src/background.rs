//! What is done without an event: parked events are given again, and resources decided anew.

use std::time::Duration;

use lms::DirectorySync;
use platform::shutdown::Shutdown;
use platform::telemetry::chain;

/// Pause between two rounds of parked events. An event waits a minute at least before it is given again.
const PARKED_PAUSE: Duration = Duration::from_secs(30);

/// Pause between two looks for resources to decide anew. An administrator waits for this.
const RECHECK_PAUSE: Duration = Duration::from_secs(1);

/// Works until shutdown is requested.
pub async fn run(sync: &DirectorySync, shutdown: &Shutdown) {
    futures::join!(retry_parked(sync, shutdown), recheck(sync, shutdown));
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
