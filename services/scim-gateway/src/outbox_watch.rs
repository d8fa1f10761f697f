//! How much waits for the broker, looked at again and again: an alarm hangs on it.

use std::time::Duration;

use directory::Outbox;
use platform::shutdown::Shutdown;

use crate::GatewayMetrics;

/// Time between two looks: what Prometheus fetches is not older.
const PAUSE: Duration = Duration::from_secs(5);

/// Works until shutdown is requested.
pub async fn run(outbox: &dyn Outbox, metrics: &GatewayMetrics, shutdown: &Shutdown) {
    while !shutdown.is_requested() {
        metrics.backlog(outbox.backlog().await.ok());
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = shutdown.requested() => {}
        }
    }
}
