use async_trait::async_trait;

use crate::{EventId, Message};

/// The way from the relay to whoever listens.
#[async_trait]
pub trait EventPublisher: Send + Sync {
    /// Hands over a batch and waits until it is safe.
    ///
    /// # Guarantees
    /// Answers the ids that the transport has taken durable responsibility for. A message that is missing from the
    /// answer may or may not arrive; publishing it again is harmless.
    ///
    /// # Errors
    /// When nothing is known about any message of the batch.
    async fn publish(&self, batch: &[Message]) -> Result<Vec<EventId>, PublishError>;
}

/// The transport took none of the batch for certain.
#[derive(Debug, thiserror::Error)]
#[error("the events could not be published")]
pub struct PublishError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// The other end: what a consumer does with events.
#[async_trait]
pub trait EventHandler: Send + Sync {
    /// Takes a batch, one outcome for each message in the same order.
    ///
    /// # Guarantees
    /// Idempotent: a message may come again, late, or in any order. When it answers `Ok`, everything that the batch
    /// means is durable and every message may be acknowledged; what can never be applied was parked, not dropped.
    ///
    /// # Errors
    /// When a dependency is away and the same batch may succeed later. Nothing of the batch was applied.
    async fn handle(&self, batch: &[Message]) -> Result<Vec<Applied>, HandlerUnavailable>;

    /// Answers when the handler's dependencies work, so that a consumer knows when to begin again.
    async fn probe(&self) -> Result<(), HandlerUnavailable>;

    /// Told when messages begin to be delivered, and when they are no longer. For whoever watches.
    fn is_delivered_to(&self, _is_delivered_to: bool) {}
}

/// Attribute of a message that a transport gave up, read back from where it keeps those: why, in words. Never sent.
pub const PARKED_REASON: &str = "parkedreason";

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It changed something, or is remembered as the newest of its subject.
    Executed,
    /// The very same message had been handled before.
    AlreadyApplied,
    /// Something newer of the same subject had been handled before.
    Stale,
    /// It cannot be applied, and waits for a person together with the reason.
    Parked,
}

/// The handler cannot work now; the batch may be given again.
#[derive(Debug, thiserror::Error)]
#[error("the events cannot be applied now")]
pub struct HandlerUnavailable(#[source] pub Box<dyn std::error::Error + Send + Sync>);
