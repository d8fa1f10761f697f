use std::sync::Arc;

use async_trait::async_trait;
use events::{EventHandler, EventId, EventPublisher, Message, PublishError};
use tracing::error;

use crate::attempt::{Attempt, attempt};

/// Hands every batch straight to a handler in the same process.
///
/// # Guarantees
/// It stores nothing: an event is confirmed only when the handler made it durable, so that the outbox stays the one
/// place where it waits.
pub struct InProcessBus {
    handler: Arc<dyn EventHandler>,
}

impl InProcessBus {
    /// Makes the bus to that handler.
    pub fn new(handler: Arc<dyn EventHandler>) -> Self {
        Self { handler }
    }

    /// Finds the messages of a batch that the handler survives.
    async fn publish_one_by_one(&self, batch: &[Message]) -> Result<Vec<EventId>, PublishError> {
        let mut confirmed = Vec::with_capacity(batch.len());
        for message in batch {
            match attempt(&*self.handler, std::slice::from_ref(message)).await {
                Attempt::Applied(_) => confirmed.push(message.id),
                Attempt::Panicked => {
                    error!(event.id = %message.id, "the handler panics at this event, which stays unpublished");
                }
                Attempt::Unavailable(unavailable) if confirmed.is_empty() => {
                    return Err(PublishError(Box::new(unavailable)));
                }
                Attempt::Unavailable(_) => break,
            }
        }
        Ok(confirmed)
    }
}

#[async_trait]
impl EventPublisher for InProcessBus {
    async fn publish(&self, batch: &[Message]) -> Result<Vec<EventId>, PublishError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        match attempt(&*self.handler, batch).await {
            Attempt::Applied(_) => Ok(batch.iter().map(|message| message.id).collect()),
            Attempt::Unavailable(unavailable) => Err(PublishError(Box::new(unavailable))),
            Attempt::Panicked => self.publish_one_by_one(batch).await,
        }
    }
}
