//! The LMS in SQLite.

mod error;
mod open;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use events::Message;
use lms::admin::{Remarks, RulesChange, RulesStore, RulesSummary, SavedRules};
use lms::{
    Change, CohortId, CohortView, Footprint, IntegrationSlug, LearnerId, LearnerView, LmsReader, LmsStore,
    Page, Question, Recheck, Registration, ResourceKey, RulesVersion, ScimId, Snapshot, StoreError,
    Supplement, TrainingRecord,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::OpenError;
use crate::commit::commit;
use crate::error::{TransactionError, unavailable};
use crate::rows::Transaction;
use crate::rules::SaveRulesRows;
use crate::{load, read, rules};

pub(crate) use error::classify;

pub(crate) type SqliteLink = SyncConnectionWrapper<diesel::SqliteConnection>;

/// The LMS in SQLite: one connection, one caller at a time.
///
/// # Guarantees
/// A commit that was answered survives a power cut. Triggers refuse the deletion of a learner and any change of a
/// training record, whoever asks.
#[derive(Clone)]
pub struct SqliteLmsStore {
    connection: Arc<Mutex<SqliteLink>>,
}

impl SqliteLmsStore {
    /// Opens or creates a database file, and brings it to this version.
    ///
    /// # Errors
    /// `Migration` leaves the database at the last version that succeeded.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self::with(open::open(&path.to_string_lossy()).await?))
    }

    /// Opens a database in memory that lives as long as the store.
    ///
    /// # Errors
    /// As [`SqliteLmsStore::open`].
    pub async fn open_in_memory() -> Result<Self, OpenError> {
        Ok(Self::with(open::open(":memory:").await?))
    }

    fn with(connection: diesel::SqliteConnection) -> Self {
        Self { connection: Arc::new(Mutex::new(SqliteLink::new(connection))) }
    }

    async fn connection(&self) -> Result<OwnedMutexGuard<SqliteLink>, StoreError> {
        Ok(self.connection.clone().lock_owned().await)
    }

    async fn answer<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        work.await
    }

    /// Runs to the end even if the caller goes away: SQLite would keep the transaction open for the next one.
    async fn write(&self, transaction: Transaction) -> Result<(), StoreError> {
        let connection = self.connection.clone();
        let writing = tokio::spawn(async move {
            let mut connection = connection.lock().await;
            connection
                .immediate_transaction(async |connection| commit(connection, &transaction).await)
                .await
                .map_err(|error: TransactionError| error.into_store_error(classify))
        });
        writing.await.map_err(unavailable)?
    }
}

crate::casework::serve_casework!(SqliteLmsStore);

#[async_trait]
impl LmsStore for SqliteLmsStore {
    async fn register(&self, integrations: &[Registration]) -> Result<(), StoreError> {
        self.write(Transaction::register(integrations)?).await
    }

    async fn load(&self, footprint: &Footprint) -> Result<Snapshot, StoreError> {
        load::snapshot(&mut *self.connection.lock().await, footprint).await
    }

    async fn commit(&self, change: &Change) -> Result<(), StoreError> {
        self.write(Transaction::commit(change)?).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        load::probe(&mut *self.connection.lock().await).await
    }

    async fn supplement(&self, question: &Question) -> Result<Supplement, StoreError> {
        load::supplement(&mut *self.connection.lock().await, question).await
    }

    async fn due_parked(&self, limit: u32) -> Result<Vec<Message>, StoreError> {
        load::due_parked(&mut *self.connection.lock().await, limit).await
    }

    async fn unsettled_detachment(&self) -> Result<Option<IntegrationSlug>, StoreError> {
        self.answer(async { integrations::unsettled(&mut *self.connection().await?).await }).await
    }

    async fn detach_some(&self, integration: &IntegrationSlug, people: u32) -> Result<(), StoreError> {
        self.write(Transaction::Script(integrations::detach_some(integration, people)?)).await
    }

    async fn due_rechecks(&self, limit: u32) -> Result<Vec<Recheck>, StoreError> {
        load::due_rechecks(&mut *self.connection.lock().await, limit).await
    }
}

#[async_trait]
impl LmsReader for SqliteLmsStore {
    async fn learners(
        &self,
        integration: &IntegrationSlug,
        login: Option<&str>,
        page: Page<LearnerId>,
    ) -> Result<Vec<LearnerView>, StoreError> {
        read::learners(&mut *self.connection.lock().await, integration, login, page).await
    }

    async fn cohorts(
        &self,
        integration: &IntegrationSlug,
        page: Page<CohortId>,
    ) -> Result<Vec<CohortView>, StoreError> {
        read::cohorts(&mut *self.connection.lock().await, integration, page).await
    }

    async fn training_records(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
    ) -> Result<Vec<TrainingRecord>, StoreError> {
        read::training_records(&mut *self.connection.lock().await, integration, learner).await
    }
}

#[async_trait]
impl RulesStore for SqliteLmsStore {
    async fn rules_in_force(&self, integration: &IntegrationSlug) -> Result<Option<SavedRules>, StoreError> {
        rules::in_force(&mut *self.connection.lock().await, integration).await
    }

    async fn rules_version(
        &self,
        integration: &IntegrationSlug,
        version: RulesVersion,
    ) -> Result<Option<SavedRules>, StoreError> {
        rules::version(&mut *self.connection.lock().await, integration, version).await
    }

    async fn rules_versions(
        &self,
        integration: &IntegrationSlug,
        page: Page<RulesVersion>,
    ) -> Result<Vec<RulesSummary>, StoreError> {
        rules::versions(&mut *self.connection.lock().await, integration, page).await
    }

    async fn save_rules(&self, change: &RulesChange) -> Result<(), StoreError> {
        self.write(Transaction::SaveRules(SaveRulesRows::new(change).map_err(unavailable)?)).await
    }

    async fn current_groups(
        &self,
        integration: &IntegrationSlug,
        page: Page<ScimId>,
    ) -> Result<Vec<ScimId>, StoreError> {
        rules::current_groups(&mut *self.connection.lock().await, integration, page).await
    }

    async fn user_of(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
    ) -> Result<Option<ScimId>, StoreError> {
        rules::user_of(&mut *self.connection.lock().await, integration, learner).await
    }

    async fn remarks(
        &self,
        user: &ResourceKey,
        learner: LearnerId,
        conflicts: u32,
    ) -> Result<Remarks, StoreError> {
        rules::remarks(&mut *self.connection.lock().await, user, learner, conflicts).await
    }
}
