use std::panic::AssertUnwindSafe;

use events::{Applied, EventHandler, HandlerUnavailable, Message};
use futures::FutureExt;
use tracing::debug;

/// What came of giving a batch to the handler once.
pub(crate) enum Attempt {
    /// All of it is durable, or to be parked where the outcome says so.
    #[cfg_attr(not(feature = "rabbitmq"), expect(dead_code, reason = "in a process nothing is parked"))]
    Applied(Vec<Applied>),
    /// Nothing of it was applied, and it may be given again.
    Unavailable(HandlerUnavailable),
    /// A defect of the handler; which of the messages it was is not known.
    Panicked,
}

/// Gives a batch to the handler, and survives its panic.
///
/// After a panic the handler is used again: it keeps its state in a database, where the panic rolled it back.
pub(crate) async fn attempt(handler: &dyn EventHandler, batch: &[Message]) -> Attempt {
    match AssertUnwindSafe(handler.handle(batch)).catch_unwind().await {
        Ok(Ok(outcomes)) => {
            debug!(batch.size = batch.len(), batch.outcomes = ?outcomes, "a batch was handled");
            Attempt::Applied(outcomes)
        }
        Ok(Err(unavailable)) => Attempt::Unavailable(unavailable),
        Err(_) => Attempt::Panicked,
    }
}
