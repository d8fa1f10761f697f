//! The relay as a background task, one in each replica that wants it.

use std::time::Duration;

use directory::Relay;
use platform::shutdown::Shutdown;
use platform::telemetry::chain;
use serde::Deserialize;

/// Longest pause after a failed pass. It comes on top of the publisher's own before it connects again.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// When the relay works.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelayTaskSettings {
    /// Whether this replica relays.
    pub enabled: bool,
    /// Events in one pass at most.
    pub batch: u32,
    /// How long a claimed event belongs to one relay.
    pub lease_seconds: u64,
    /// How often to look for events that other replicas committed.
    pub poll_milliseconds: u64,
    /// How long to let events gather once there are some, while many come. Without it a busy gateway relays in tiny
    /// batches, and spends on them what it needs for requests.
    pub linger_milliseconds: u64,
}

/// Events of a pass from which on many come: the next ones gather.
const MANY: usize = 8;

/// Relays until shutdown is requested, and then once more: what was committed last.
pub async fn run(relay: Relay, settings: RelayTaskSettings, shutdown: &Shutdown) {
    let poll = Duration::from_millis(settings.poll_milliseconds);
    let linger = Duration::from_millis(settings.linger_milliseconds);
    let mut failures = 0;
    let mut many_come = false;
    while !shutdown.is_requested() {
        let passed = relay.pass().await;
        many_come = passed.as_ref().map_or(many_come, |pass| pass.claimed >= MANY);
        let pause = match passed {
            Ok(pass) if pass.published < pass.claimed => Some(poll),
            Ok(pass) => {
                if failures > 0 {
                    tracing::info!(failures, "relaying again");
                    failures = 0;
                }
                // A full batch: more is waiting.
                (pass.claimed < settings.batch as usize).then_some(Duration::ZERO)
            }
            Err(error) => {
                failures += 1;
                if failures == 1 {
                    tracing::warn!(error = %chain(&error), "events wait in the outbox");
                }
                Some(poll.saturating_mul(failures).min(LONGEST_PAUSE))
            }
        };
        let Some(pause) = pause else { continue };
        tokio::select! {
            () = rest(&relay, pause, poll, if many_come { linger } else { Duration::ZERO }) => {}
            () = shutdown.requested() => {}
        }
    }
    if failures == 0
        && let Err(error) = relay.pass().await
    {
        tracing::warn!(error = %chain(&error), "events wait in the outbox");
    }
}

async fn rest(relay: &Relay, pause: Duration, poll: Duration, linger: Duration) {
    if pause.is_zero() {
        relay.wait(poll).await;
        tokio::time::sleep(linger).await;
    } else {
        tokio::time::sleep(pause).await;
    }
}
