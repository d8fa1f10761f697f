//! A store at which something else happens between the steps of a decision.

use std::sync::Arc;

use async_trait::async_trait;
use events::Message;
use lms::{
    Change, Footprint, IntegrationSlug, LmsStore, Question, Recheck, Registration, Snapshot, StoreError,
    Supplement,
};

/// What else happens.
#[async_trait]
pub(crate) trait Meanwhile: Send + Sync {
    /// Before a batch is read.
    fn before_load(&self, _: &Footprint) {}

    /// Once it was read.
    async fn after_load(&self) {}

    /// Before its change is committed.
    async fn before_commit(&self) {}
}

/// The store, and what happens at it.
pub(crate) struct Interrupted<M> {
    pub(crate) store: Arc<dyn LmsStore>,
    pub(crate) meanwhile: M,
}

#[async_trait]
impl<M: Meanwhile> LmsStore for Interrupted<M> {
    async fn register(&self, integrations: &[Registration]) -> Result<(), StoreError> {
        self.store.register(integrations).await
    }

    async fn load(&self, footprint: &Footprint) -> Result<Snapshot, StoreError> {
        self.meanwhile.before_load(footprint);
        let snapshot = self.store.load(footprint).await?;
        self.meanwhile.after_load().await;
        Ok(snapshot)
    }

    async fn commit(&self, change: &Change) -> Result<(), StoreError> {
        self.meanwhile.before_commit().await;
        self.store.commit(change).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.store.probe().await
    }

    async fn supplement(&self, question: &Question) -> Result<Supplement, StoreError> {
        self.store.supplement(question).await
    }

    async fn due_parked(&self, limit: u32) -> Result<Vec<Message>, StoreError> {
        self.store.due_parked(limit).await
    }

    async fn unsettled_detachment(&self) -> Result<Option<IntegrationSlug>, StoreError> {
        self.store.unsettled_detachment().await
    }

    async fn detach_some(&self, integration: &IntegrationSlug, people: u32) -> Result<(), StoreError> {
        self.store.detach_some(integration, people).await
    }

    async fn due_rechecks(&self, limit: u32) -> Result<Vec<Recheck>, StoreError> {
        self.store.due_rechecks(limit).await
    }
}
