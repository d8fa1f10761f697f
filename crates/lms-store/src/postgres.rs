//! The LMS in PostgreSQL.

mod error;
mod migrate;
mod options;
mod role;

use async_trait::async_trait;
use diesel_async::AsyncConnection;
use events::Message;
use lms::admin::{Remarks, RulesChange, RulesStore, RulesSummary, SavedRules};
use lms::{
    Change, CohortId, CohortView, Footprint, IntegrationSlug, LearnerId, LearnerView, LmsReader, LmsStore,
    Page, Question, Recheck, Registration, ResourceKey, RulesVersion, ScimId, Snapshot, StoreError,
    Supplement, TrainingRecord,
};
use postgres_pool::{PooledConnection, PostgresPool};
use tokio::runtime::Handle;
use tokio::time::timeout;

pub use migrate::migrate;
pub use options::PostgresOptions;
pub use postgres_pool::Timeouts;

use crate::OpenError;
use crate::commit::commit;
use crate::error::{TransactionError, unavailable};
use crate::rows::Transaction;
use crate::rules::SaveRulesRows;
use crate::{load, read, rules};

pub(crate) use error::classify;

/// The LMS in PostgreSQL.
///
/// # Guarantees
/// Works as a role that can delete no learner and write no training record; it is not opened as any other.
#[derive(Clone)]
pub struct PostgresLmsStore {
    pool: PostgresPool,
}

impl PostgresLmsStore {
    /// Opens a database that [`migrate`] has brought to this version.
    ///
    /// # Errors
    /// `TooPowerful` when the role could destroy what a directory must never reach.
    pub async fn connect(url: &str, options: PostgresOptions) -> Result<Self, OpenError> {
        let pool = PostgresPool::new(url, &options.into(), Handle::current())?;
        role::verify(&mut *pool.acquire().await?).await?;
        Ok(Self { pool })
    }

    async fn connection(&self) -> Result<PooledConnection, StoreError> {
        self.pool.acquire().await.map_err(unavailable)
    }

    /// Runs to the end even if the caller goes away: a commit is never cut in half.
    async fn write(&self, transaction: Transaction) -> Result<(), StoreError> {
        let pool = self.pool.clone();
        let writing = tokio::spawn(async move {
            let mut connection = pool.acquire().await.map_err(unavailable)?;
            (*connection)
                .transaction(async |connection| commit(connection, &transaction).await)
                .await
                .map_err(|error: TransactionError| error.into_store_error(classify))
        });
        self.answer(async { writing.await.map_err(unavailable)? }).await
    }

    /// Waits for an answer, but not for ever: a server may hang without closing its connections.
    async fn answer<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        timeout(self.pool.answer_timeout(), work).await.map_err(unavailable)?
    }
}

crate::casework::serve_casework!(PostgresLmsStore);

#[async_trait]
impl LmsStore for PostgresLmsStore {
    async fn register(&self, integrations: &[Registration]) -> Result<(), StoreError> {
        self.write(Transaction::register(integrations)?).await
    }

    async fn load(&self, footprint: &Footprint) -> Result<Snapshot, StoreError> {
        self.answer(async { load::snapshot(&mut *self.connection().await?, footprint).await }).await
    }

    async fn commit(&self, change: &Change) -> Result<(), StoreError> {
        self.write(Transaction::commit(change)?).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.answer(async { load::probe(&mut *self.connection().await?).await }).await
    }

    async fn supplement(&self, question: &Question) -> Result<Supplement, StoreError> {
        self.answer(async { load::supplement(&mut *self.connection().await?, question).await }).await
    }

    async fn due_parked(&self, limit: u32) -> Result<Vec<Message>, StoreError> {
        self.answer(async { load::due_parked(&mut *self.connection().await?, limit).await }).await
    }

    async fn unsettled_detachment(&self) -> Result<Option<IntegrationSlug>, StoreError> {
        self.answer(async { integrations::unsettled(&mut *self.connection().await?).await }).await
    }

    async fn detach_some(&self, integration: &IntegrationSlug, people: u32) -> Result<(), StoreError> {
        self.write(Transaction::Script(integrations::detach_some(integration, people)?)).await
    }

    async fn due_rechecks(&self, limit: u32) -> Result<Vec<Recheck>, StoreError> {
        self.answer(async { load::due_rechecks(&mut *self.connection().await?, limit).await }).await
    }
}

#[async_trait]
impl LmsReader for PostgresLmsStore {
    async fn learners(
        &self,
        integration: &IntegrationSlug,
        login: Option<&str>,
        page: Page<LearnerId>,
    ) -> Result<Vec<LearnerView>, StoreError> {
        self.answer(async { read::learners(&mut *self.connection().await?, integration, login, page).await })
            .await
    }

    async fn cohorts(
        &self,
        integration: &IntegrationSlug,
        page: Page<CohortId>,
    ) -> Result<Vec<CohortView>, StoreError> {
        self.answer(async { read::cohorts(&mut *self.connection().await?, integration, page).await }).await
    }

    async fn training_records(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
    ) -> Result<Vec<TrainingRecord>, StoreError> {
        self.answer(async {
            read::training_records(&mut *self.connection().await?, integration, learner).await
        })
        .await
    }
}

#[async_trait]
impl RulesStore for PostgresLmsStore {
    async fn rules_in_force(&self, integration: &IntegrationSlug) -> Result<Option<SavedRules>, StoreError> {
        self.answer(async { rules::in_force(&mut *self.connection().await?, integration).await }).await
    }

    async fn rules_version(
        &self,
        integration: &IntegrationSlug,
        version: RulesVersion,
    ) -> Result<Option<SavedRules>, StoreError> {
        self.answer(async { rules::version(&mut *self.connection().await?, integration, version).await })
            .await
    }

    async fn rules_versions(
        &self,
        integration: &IntegrationSlug,
        page: Page<RulesVersion>,
    ) -> Result<Vec<RulesSummary>, StoreError> {
        self.answer(async { rules::versions(&mut *self.connection().await?, integration, page).await }).await
    }

    async fn save_rules(&self, change: &RulesChange) -> Result<(), StoreError> {
        self.write(Transaction::SaveRules(SaveRulesRows::new(change).map_err(unavailable)?)).await
    }

    async fn current_groups(
        &self,
        integration: &IntegrationSlug,
        page: Page<ScimId>,
    ) -> Result<Vec<ScimId>, StoreError> {
        self.answer(async { rules::current_groups(&mut *self.connection().await?, integration, page).await })
            .await
    }

    async fn user_of(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
    ) -> Result<Option<ScimId>, StoreError> {
        self.answer(async { rules::user_of(&mut *self.connection().await?, integration, learner).await })
            .await
    }

    async fn remarks(
        &self,
        user: &ResourceKey,
        learner: LearnerId,
        conflicts: u32,
    ) -> Result<Remarks, StoreError> {
        self.answer(async { rules::remarks(&mut *self.connection().await?, user, learner, conflicts).await })
            .await
    }
}
