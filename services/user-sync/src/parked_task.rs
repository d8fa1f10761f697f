//! Gives parked events again, in the background.

use std::time::Duration;

use lms::DirectorySync;
use platform::shutdown::Shutdown;
use platform::telemetry::chain;

/// Pause between two rounds. An event waits a minute at least before it is given again.
const PAUSE: Duration = Duration::from_secs(30);

/// Gives parked events again until shutdown is requested.
pub async fn run(sync: &DirectorySync, shutdown: &Shutdown) {
    while !shutdown.is_requested() {
        match sync.retry_parked().await {
            Ok(0) => {}
            Ok(applied) => tracing::info!(applied, "parked events could be applied"),
            Err(error) => tracing::warn!(error = %chain(&error), "parked events wait longer"),
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = shutdown.requested() => {}
        }
    }
}
