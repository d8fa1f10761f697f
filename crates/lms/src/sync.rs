use std::sync::Arc;

use async_trait::async_trait;
use events::{Applied, EventHandler, HandlerUnavailable, Message};

use crate::decide::{Decision, Received, decide, footprint_of, newcomers, park, receive};
use crate::{Change, LmsStore, Ownership, ParkReason, Snapshot, StoreError};

/// How often a batch is decided anew because another replica was faster.
const MAX_DECISIONS: usize = 8;

/// Parked events in one round of trying again.
const RETRIED_AT_ONCE: u32 = 100;

/// Keeps the LMS in step with the directory.
///
/// # Guarantees
/// A batch is committed whole. Only when the LMS refuses it, its events are committed one by one, so that the refused
/// ones are parked and all others apply; if the database goes away in the middle of that, those already committed are
/// recognised when the batch comes again.
pub struct DirectorySync {
    store: Arc<dyn LmsStore>,
    ownership: Ownership,
}

impl DirectorySync {
    /// Follows the directory into a store, by the given ownership of attributes.
    pub fn new(store: Arc<dyn LmsStore>, ownership: Ownership) -> Self {
        Self { store, ownership }
    }

    /// Gives parked events again whose time has come; answers how many are parked no more.
    ///
    /// What stood in an event's way may be gone: a login that another learner held when events of the two came in
    /// another order than they happened. What is older than the present state by now is forgotten.
    ///
    /// # Errors
    /// When the database is away. Nothing is lost.
    pub async fn retry_parked(&self) -> Result<usize, HandlerUnavailable> {
        let due = self.store.due_parked(RETRIED_AT_ONCE).await.map_err(unavailable)?;
        let outcomes = self.handle(&due).await?;
        Ok(outcomes.into_iter().filter(|outcome| *outcome != Applied::Parked).count())
    }

    /// Loads, decides and commits, again after a clash. `Refused` leaves nothing applied.
    async fn apply(&self, batch: &[Received]) -> Result<Vec<Applied>, StoreError> {
        let mut attempt = 1;
        loop {
            let snapshot = self.load(batch).await?;
            let Decision { change, outcomes } = decide(batch, snapshot, &self.ownership);
            match self.store.commit(&change).await {
                Ok(()) => {
                    log_parked(&change);
                    return Ok(outcomes);
                }
                Err(StoreError::Clash) if attempt < MAX_DECISIONS => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    async fn load(&self, batch: &[Received]) -> Result<Snapshot, StoreError> {
        let footprint = footprint_of(batch);
        let snapshot = self.store.load(&footprint).await?;
        let unknown = newcomers(batch, &snapshot);
        if unknown.is_empty() {
            return Ok(snapshot);
        }
        self.store.register(&unknown).await?;
        self.store.load(&footprint).await
    }

    /// Applies one event, or parks it when the LMS refuses it.
    async fn apply_or_park(&self, received: &Received) -> Result<Applied, StoreError> {
        let batch = std::slice::from_ref(received);
        let mut refusal = self.apply(batch).await;
        if matches!(refusal, Err(StoreError::Refused { .. })) {
            // It may have lost a race to a replica that wrote the same person; on the newer state it is no refusal.
            refusal = self.apply(batch).await;
        }
        match refusal {
            Ok(outcomes) => Ok(outcomes.first().copied().unwrap_or(Applied::AlreadyApplied)),
            Err(StoreError::Refused { rule, .. }) => {
                let change = park(received, ParkReason::Refused(rule));
                self.store.commit(&change).await?;
                log_parked(&change);
                Ok(Applied::Parked)
            }
            Err(error) => Err(error),
        }
    }

    async fn apply_singly(&self, batch: &[Received]) -> Result<Vec<Applied>, StoreError> {
        let mut outcomes = Vec::with_capacity(batch.len());
        for received in batch {
            outcomes.push(self.apply_or_park(received).await?);
        }
        Ok(outcomes)
    }
}

fn log_parked(change: &Change) {
    for parked in &change.parked {
        tracing::warn!(event.id = %parked.message.id, reason = %parked.reason, "an event was parked");
    }
}

fn unavailable(error: StoreError) -> HandlerUnavailable {
    HandlerUnavailable(Box::new(error))
}

#[async_trait]
impl EventHandler for DirectorySync {
    async fn handle(&self, batch: &[Message]) -> Result<Vec<Applied>, HandlerUnavailable> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let received: Vec<Received> = batch.iter().map(receive).collect();
        let applied = match self.apply(&received).await {
            Err(StoreError::Refused { rule, .. }) => {
                tracing::info!(
                    events = received.len(),
                    rule,
                    "a batch was refused, its events go one by one"
                );
                self.apply_singly(&received).await
            }
            applied => applied,
        };
        applied.map_err(unavailable)
    }

    async fn probe(&self) -> Result<(), HandlerUnavailable> {
        self.store.probe().await.map_err(unavailable)
    }
}
