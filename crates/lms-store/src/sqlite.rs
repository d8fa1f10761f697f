//! The LMS in SQLite.

mod error;
mod link;
mod open;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use diesel::connection::SimpleConnection;
use events::Message;
use lms::admin::{Remarks, RulesChange, RulesStore, RulesSummary, SavedRules};
use lms::{
    Change, CohortId, CohortSize, CohortView, Footprint, IntegrationSlug, LearnerCohort, LearnerId,
    LearnerMatch, LearnerSearch, LearnerView, LmsReader, LmsStore, MatchPosition, Narrowed, Page, Question,
    Recheck, Registration, ResourceKey, RulesVersion, ScimId, Snapshot, StoreError, Supplement,
    TrainingRecord,
};
use tokio::sync::Mutex;

use crate::OpenError;
use crate::commit::commit;
use crate::error::{TransactionError, unavailable};
use crate::rows::Transaction;
use crate::rules::SaveRulesRows;
use crate::{load, read, rules, search};

pub(crate) use error::classify;
pub(crate) use link::SqliteLink;

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

    /// No session is another's here.
    async fn read_for<T>(
        &self,
        _: &IntegrationSlug,
        question: impl AsyncFnOnce(&mut SqliteLink) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.read_for_all(question).await
    }

    async fn write_for(&self, _: &IntegrationSlug, transaction: Transaction) -> Result<(), StoreError> {
        self.write(transaction).await
    }

    async fn read_for_all<T>(
        &self,
        question: impl AsyncFnOnce(&mut SqliteLink) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        question(&mut *self.connection.lock().await).await
    }

    /// Runs to the end even if the caller goes away: SQLite would keep the transaction open for the next one.
    async fn write(&self, transaction: Transaction) -> Result<(), StoreError> {
        let connection = self.connection.clone();
        let writing = tokio::spawn(async move {
            let mut connection = connection.lock().await;
            let written = write(&mut connection, &transaction).await;
            written.map_err(|error: TransactionError| error.into_store_error(classify))
        });
        writing.await.map_err(unavailable)?
    }
}

async fn write(connection: &mut SqliteLink, transaction: &Transaction) -> Result<(), TransactionError> {
    connection.run(|connection| connection.batch_execute("begin immediate")).await?;
    let committed = match commit(connection, transaction).await {
        Ok(()) => connection.run(|connection| connection.batch_execute("commit")).await.map_err(Into::into),
        Err(error) => Err(error),
    };
    if committed.is_err() {
        // SQLite has ended it by itself where it found the disk full.
        let _ended = connection.run(|connection| connection.batch_execute("rollback")).await;
    }
    committed
}

crate::casework::serve_casework!(SqliteLmsStore);

#[async_trait]
impl LmsStore for SqliteLmsStore {
    async fn register(&self, integrations: &[Registration]) -> Result<(), StoreError> {
        self.write(Transaction::register(integrations)?).await
    }

    async fn load(&self, footprint: &Footprint) -> Result<Snapshot, StoreError> {
        self.read_for_all(async |connection| load::snapshot(connection, footprint).await).await
    }

    async fn commit(&self, change: &Change) -> Result<(), StoreError> {
        self.write(Transaction::commit(change)?).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.read_for_all(async |connection| load::probe(connection).await).await
    }

    async fn supplement(&self, question: &Question) -> Result<Supplement, StoreError> {
        self.read_for_all(async |connection| load::supplement(connection, question).await).await
    }

    async fn due_parked(&self, limit: u32) -> Result<Vec<Message>, StoreError> {
        self.read_for_all(async |connection| load::due_parked(connection, limit).await).await
    }

    async fn unsettled_detachment(&self) -> Result<Option<IntegrationSlug>, StoreError> {
        self.read_for_all(async |connection| integrations::unsettled(connection).await).await
    }

    async fn detach_some(&self, integration: &IntegrationSlug, people: u32) -> Result<(), StoreError> {
        self.write(Transaction::Script(integrations::detach_some(integration, people)?)).await
    }

    async fn due_rechecks(&self, limit: u32) -> Result<Vec<Recheck>, StoreError> {
        self.read_for_all(async |connection| load::due_rechecks(connection, limit).await).await
    }
}

#[async_trait]
impl LmsReader for SqliteLmsStore {
    async fn learners(
        &self,
        integration: &IntegrationSlug,
        narrowed: Narrowed<'_>,
        page: Page<LearnerId>,
    ) -> Result<Vec<LearnerView>, StoreError> {
        self.read_for_all(async |connection| read::learners(connection, integration, narrowed, page).await)
            .await
    }

    async fn search(
        &self,
        integration: &IntegrationSlug,
        search: &LearnerSearch,
        after: Option<&MatchPosition>,
        limit: u32,
    ) -> Result<Vec<LearnerMatch>, StoreError> {
        self.read_for_all(async |connection| {
            search::search(connection, integration, search, after, limit).await
        })
        .await
    }

    async fn cohorts(
        &self,
        integration: &IntegrationSlug,
        page: Page<CohortId>,
    ) -> Result<Vec<CohortView>, StoreError> {
        self.read_for_all(async |connection| read::cohorts(connection, integration, page).await).await
    }

    async fn cohort_sizes(
        &self,
        integration: &IntegrationSlug,
        page: Page<CohortId>,
    ) -> Result<Vec<CohortSize>, StoreError> {
        self.read_for_all(async |connection| read::cohort_sizes(connection, integration, page).await).await
    }

    async fn cohorts_of(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
        page: Page<CohortId>,
    ) -> Result<Vec<LearnerCohort>, StoreError> {
        self.read_for_all(async |connection| read::cohorts_of(connection, integration, learner, page).await)
            .await
    }

    async fn training_records(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
    ) -> Result<Vec<TrainingRecord>, StoreError> {
        self.read_for_all(async |connection| read::training_records(connection, integration, learner).await)
            .await
    }
}

#[async_trait]
impl RulesStore for SqliteLmsStore {
    async fn rules_in_force(&self, integration: &IntegrationSlug) -> Result<Option<SavedRules>, StoreError> {
        self.read_for_all(async |connection| rules::in_force(connection, integration).await).await
    }

    async fn rules_version(
        &self,
        integration: &IntegrationSlug,
        version: RulesVersion,
    ) -> Result<Option<SavedRules>, StoreError> {
        self.read_for_all(async |connection| rules::version(connection, integration, version).await).await
    }

    async fn rules_versions(
        &self,
        integration: &IntegrationSlug,
        page: Page<RulesVersion>,
    ) -> Result<Vec<RulesSummary>, StoreError> {
        self.read_for_all(async |connection| rules::versions(connection, integration, page).await).await
    }

    async fn save_rules(&self, change: &RulesChange) -> Result<(), StoreError> {
        self.write(Transaction::SaveRules(SaveRulesRows::new(change).map_err(unavailable)?)).await
    }

    async fn current_groups(
        &self,
        integration: &IntegrationSlug,
        page: Page<ScimId>,
    ) -> Result<Vec<ScimId>, StoreError> {
        self.read_for_all(async |connection| rules::current_groups(connection, integration, page).await).await
    }

    async fn user_of(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
    ) -> Result<Option<ScimId>, StoreError> {
        self.read_for_all(async |connection| rules::user_of(connection, integration, learner).await).await
    }

    async fn remarks(
        &self,
        user: &ResourceKey,
        learner: LearnerId,
        conflicts: u32,
    ) -> Result<Remarks, StoreError> {
        self.read_for_all(async |connection| rules::remarks(connection, user, learner, conflicts).await).await
    }
}
