use std::sync::Arc;

use async_trait::async_trait;
use events::{Applied, EventHandler, HandlerUnavailable, Message, PARKED_REASON};

use crate::sync::{parked_event, unavailable};
use crate::task::receive_unharmed;
use crate::{Change, Footprint, LmsStore, ParkReason, ParkedEvent, StoreError};

/// Keeps the events that a transport gave up beside those that cannot be applied, so that a person finds all in one place.
///
/// It applies nothing: one of them may be what this program panics at.
pub struct GivenUpEvents {
    store: Arc<dyn LmsStore>,
}

impl GivenUpEvents {
    /// Keeps them in a store.
    pub fn new(store: Arc<dyn LmsStore>) -> Self {
        Self { store }
    }

    async fn keep(&self, batch: &[Message]) -> Result<Vec<Applied>, StoreError> {
        let events: Vec<ParkedEvent> = batch.iter().map(read).collect();
        let footprint = Footprint {
            events: batch.iter().map(|message| message.id).collect(),
            integrations: events.iter().filter_map(|event| event.integration.clone()).collect(),
            ..Footprint::default()
        };
        // It may have been applied before it was given up: what was lost may be only the acknowledgement.
        let handled = self.store.load(&footprint).await?.handled;
        let mut change = Change::default();
        for event in events.into_iter().filter(|event| !handled.contains(&event.message.id)) {
            if !change.parked.iter().any(|other| other.message.id == event.message.id) {
                tracing::warn!(event.id = %event.message.id, reason = %event.reason, "an event was given up");
                change.parked.push(event);
            }
        }
        if !change.parked.is_empty() {
            self.store.commit(&change).await?;
        }
        let outcome = |message: &Message| match handled.contains(&message.id) {
            true => Applied::AlreadyApplied,
            false => Applied::Parked,
        };
        Ok(batch.iter().map(outcome).collect())
    }
}

fn read(message: &Message) -> ParkedEvent {
    let mut message = message.clone();
    let reason = message.attributes.remove(PARKED_REASON);
    let reason = ParkReason::GivenUp(reason.unwrap_or_else(|| "nobody knows why".to_owned()));
    parked_event(&receive_unharmed(&message), message, reason)
}

#[async_trait]
impl EventHandler for GivenUpEvents {
    async fn handle(&self, batch: &[Message]) -> Result<Vec<Applied>, HandlerUnavailable> {
        self.keep(batch).await.map_err(unavailable)
    }

    async fn probe(&self) -> Result<(), HandlerUnavailable> {
        self.store.probe().await.map_err(unavailable)
    }
}
