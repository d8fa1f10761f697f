use std::sync::Arc;
use std::time::Duration;

use events::{EventId, EventPublisher, Message, PublishError};

use crate::{Outbox, RelayId, StoreError};

/// Carries events from the outbox to the publisher.
///
/// Any number may run side by side: each event is leased to one of them at a time. One that dies leaves its events to
/// the others when the lease ends; what it had published but not marked is published again under the same id.
pub struct Relay {
    id: RelayId,
    outbox: Arc<dyn Outbox>,
    publisher: Arc<dyn EventPublisher>,
    settings: RelaySettings,
}

/// How a relay works.
#[derive(Clone, Copy, Debug)]
pub struct RelaySettings {
    /// Events in one pass at most.
    pub batch: u32,
    /// How long a claimed event is this relay's. Longer than a publisher may take for a batch.
    pub lease: Duration,
}

impl Default for RelaySettings {
    fn default() -> Self {
        Self { batch: 500, lease: Duration::from_secs(30) }
    }
}

/// What a pass did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Events claimed.
    pub claimed: usize,
    /// Events that the transport confirmed. Fewer than claimed: the rest comes again when its lease ends.
    pub published: usize,
}

/// A pass was not finished; what it claimed comes again.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The outbox failed.
    #[error("the outbox failed")]
    Outbox(#[from] StoreError),
    /// The transport failed.
    #[error("the transport failed")]
    Publisher(#[from] PublishError),
}

impl Relay {
    /// A relay known as `id`.
    pub fn new(
        id: RelayId,
        outbox: Arc<dyn Outbox>,
        publisher: Arc<dyn EventPublisher>,
        settings: RelaySettings,
    ) -> Self {
        Self { id, outbox, publisher, settings }
    }

    /// One pass: claim, publish, wait for the confirms, mark.
    ///
    /// No database transaction is open while it publishes.
    ///
    /// # Errors
    /// When the outbox or the transport failed. Calling it again is always right.
    pub async fn pass(&self) -> Result<Pass, RelayError> {
        let waiting = self.outbox.claim(self.id, self.settings.batch, self.settings.lease).await?;
        let claimed = waiting.len();
        if claimed == 0 {
            return Ok(Pass { claimed, published: 0 });
        }
        let messages: Vec<Message> =
            waiting.into_iter().map(|event| Message::from_json(&event.envelope, event.data)).collect();
        let outcome = self.publisher.publish(&messages).await;
        let confirmed: &[EventId] = outcome.as_deref().unwrap_or_default();
        self.outbox.mark_published(self.id, confirmed).await?;
        if confirmed.len() < claimed {
            // Given back at once: a transport that recovers need not wait for the lease to end.
            let unsent: Vec<EventId> =
                messages.iter().map(|message| message.id).filter(|id| !confirmed.contains(id)).collect();
            self.outbox.release(self.id, &unsent).await?;
        }
        Ok(Pass { claimed, published: outcome?.len() })
    }

    /// Waits for work: an event that this process committed, or `at_most`.
    pub async fn wait(&self, at_most: Duration) {
        self.outbox.wait_for_events(at_most).await;
    }
}
