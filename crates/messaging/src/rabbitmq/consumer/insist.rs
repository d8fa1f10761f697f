use std::panic::AssertUnwindSafe;
use std::time::Duration;

use events::{Applied, EventHandler, HandlerUnavailable, Message};
use futures::FutureExt;
use tracing::error;

use super::{ConsumerSettings, Shutdown, pause};
use crate::attempt::{Attempt, attempt};
use crate::rabbitmq::backoff::{about, between_attempts};

/// Panics after which the same messages are not given together again.
const PANICS: usize = 3;
const AFTER_PANIC: Duration = Duration::from_millis(200);

/// What came of giving a batch to the handler, again and again.
pub(super) enum Verdict {
    /// All of it is durable, or to be parked where the outcome says so.
    Applied(Vec<Applied>),
    /// The handler panics at it.
    Poisonous,
    /// The handler cannot work for now.
    Unavailable(HandlerUnavailable),
    /// The process is about to end, and the handler has not applied it.
    ShutDown,
}

/// The handler counts as unavailable without saying so.
#[derive(Debug, thiserror::Error)]
#[error("the handler did not answer within {0:?}")]
struct TimedOut(Duration);

/// Gives a batch until it is applied or there is a reason to stop.
pub(super) async fn insist(
    handler: &dyn EventHandler,
    batch: &[Message],
    settings: &ConsumerSettings,
    shutdown: &Shutdown,
) -> Verdict {
    let mut delays = between_attempts(settings.retries);
    let mut panics = 0;
    loop {
        let unavailable = match attempt_within(settings.handler_timeout, handler, batch).await {
            Attempt::Applied(outcomes) => return Verdict::Applied(outcomes),
            Attempt::Unavailable(unavailable) => unavailable,
            Attempt::Panicked => {
                panics += 1;
                error!(batch.size = batch.len(), batch.panics = panics, "the handler panicked");
                if panics == PANICS {
                    return Verdict::Poisonous;
                }
                // Not one of the retries: a poisonous batch must reach its verdict however few of them there are.
                if !pause(about(AFTER_PANIC), shutdown).await {
                    return Verdict::ShutDown;
                }
                continue;
            }
        };
        let Some(delay) = delays.next() else {
            return Verdict::Unavailable(unavailable);
        };
        if !pause(delay, shutdown).await {
            return Verdict::ShutDown;
        }
    }
}

async fn attempt_within(limit: Duration, handler: &dyn EventHandler, batch: &[Message]) -> Attempt {
    match tokio::time::timeout(limit, attempt(handler, batch)).await {
        Ok(attempt) => attempt,
        Err(_) => Attempt::Unavailable(HandlerUnavailable(Box::new(TimedOut(limit)))),
    }
}

/// Asks the handler whether it works.
pub(super) async fn probe(handler: &dyn EventHandler, limit: Duration) -> bool {
    let probing = AssertUnwindSafe(handler.probe()).catch_unwind();
    matches!(tokio::time::timeout(limit, probing).await, Ok(Ok(Ok(()))))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;

    use super::*;

    /// What the handler does each time it is called; the last for ever.
    struct Script(&'static [Step], AtomicUsize);

    #[derive(Clone, Copy)]
    enum Step {
        Apply,
        BeUnavailable,
        Panic,
        Hang,
    }

    #[async_trait]
    impl EventHandler for Script {
        async fn handle(&self, _batch: &[Message]) -> Result<Vec<Applied>, HandlerUnavailable> {
            let call = self.1.fetch_add(1, Ordering::Relaxed);
            match self.0.get(call).or(self.0.last()).unwrap() {
                Step::Apply => Ok(Vec::new()),
                Step::BeUnavailable => Err(HandlerUnavailable("away".into())),
                Step::Panic => panic!("as the script says"),
                Step::Hang => std::future::pending().await,
            }
        }

        async fn probe(&self) -> Result<(), HandlerUnavailable> {
            self.handle(&[]).await.map(|_| ())
        }
    }

    async fn play(retries: usize, script: &'static [Step]) -> (Verdict, usize) {
        let handler = Script(script, AtomicUsize::new(0));
        let settings = ConsumerSettings { retries, ..ConsumerSettings::default() };
        let never = std::future::pending().boxed().shared();
        let verdict = insist(&handler, &[], &settings, &never).await;
        (verdict, handler.1.into_inner())
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_absence_is_waited_out() {
        let (verdict, calls) = play(2, &[Step::BeUnavailable, Step::Hang, Step::Panic, Step::Apply]).await;
        assert!(matches!(verdict, Verdict::Applied(_)));
        assert_eq!(calls, 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_absence_is_not() {
        let (verdict, calls) = play(5, &[Step::BeUnavailable]).await;
        assert!(matches!(verdict, Verdict::Unavailable(_)));
        assert_eq!(calls, 6);
    }

    #[tokio::test(start_paused = true)]
    async fn three_panics_are_a_verdict_whatever_the_number_of_retries() {
        let (verdict, calls) = play(0, &[Step::Panic]).await;
        assert!(matches!(verdict, Verdict::Poisonous));
        assert_eq!(calls, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_shutdown_does_not_wait_for_the_handler_to_recover() {
        let handler = Script(&[Step::BeUnavailable], AtomicUsize::new(0));
        let now = std::future::ready(()).boxed().shared();
        let verdict = insist(&handler, &[], &ConsumerSettings::default(), &now).await;
        assert!(matches!(verdict, Verdict::ShutDown));
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_panics_or_hangs_is_no_answer() {
        for (script, answer) in [([Step::Apply], true), ([Step::Panic], false), ([Step::Hang], false)] {
            let handler = Script(Box::leak(Box::new(script)), AtomicUsize::new(0));
            assert_eq!(probe(&handler, Duration::from_secs(1)).await, answer);
        }
    }
}
