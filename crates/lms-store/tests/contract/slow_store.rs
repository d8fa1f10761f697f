//! A replica that is overtaken between its decision and its commit.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use events::{EventHandler, Message};
use lms::{
    Change, DirectorySync, Footprint, IntegrationSlug, LmsStore, Question, Recheck, Registration, Snapshot,
    StoreError, Supplement,
};

use crate::world::World;

/// A replica before whose first commit another one handles these messages.
pub(crate) fn slow_replica(world: &World, meanwhile: Vec<Message>) -> DirectorySync {
    let store = world.store.clone();
    DirectorySync::new(Arc::new(SlowStore { store, meanwhile: Mutex::new(Some(meanwhile)) }))
}

struct SlowStore {
    store: Arc<dyn LmsStore>,
    meanwhile: Mutex<Option<Vec<Message>>>,
}

#[async_trait]
impl LmsStore for SlowStore {
    async fn register(&self, integrations: &[Registration]) -> Result<(), StoreError> {
        self.store.register(integrations).await
    }

    async fn load(&self, footprint: &Footprint) -> Result<Snapshot, StoreError> {
        self.store.load(footprint).await
    }

    async fn commit(&self, change: &Change) -> Result<(), StoreError> {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(messages) = meanwhile {
            DirectorySync::new(self.store.clone()).handle(&messages).await.unwrap();
        }
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
