use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(10);

/// Waits until the condition holds.
///
/// # Panics
/// When it does not hold within the time; `what` says what was waited for.
pub async fn eventually<F, C>(within: Duration, what: &str, mut condition: C)
where
    C: FnMut() -> F,
    F: Future<Output = bool>,
{
    let started = Instant::now();
    while !condition().await {
        assert!(started.elapsed() < within, "waited {within:?} in vain: {what}");
        tokio::time::sleep(PAUSE).await;
    }
}
