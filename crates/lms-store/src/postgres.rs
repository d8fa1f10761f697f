//! The LMS in PostgreSQL.

mod error;
mod migrate;
mod options;
#[cfg(test)]
mod plans;
mod role;
mod scope;

use async_trait::async_trait;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use events::Message;
use lms::admin::{Remarks, RulesChange, RulesStore, RulesSummary, SavedRules};
use lms::{
    Change, CohortId, CohortSize, CohortView, Footprint, IntegrationSlug, LearnerCohort, LearnerId,
    LearnerMatch, LearnerSearch, LearnerView, LmsReader, LmsStore, MatchPosition, Narrowed, Page, Question,
    Recheck, Registration, ResourceKey, RulesVersion, ScimId, Snapshot, StoreError, Supplement,
    TrainingRecord,
};
use postgres_pool::PostgresPool;
use tokio::runtime::Handle;
use tokio::time::timeout;

pub use migrate::{check, migrate};
pub use options::PostgresOptions;
pub use postgres_pool::{PoolError, Timeouts};

use crate::OpenError;
use crate::commit::commit;
use crate::error::{TransactionError, unavailable};
use crate::rows::Transaction;
use crate::rules::SaveRulesRows;
use crate::{load, read, rules, search};
use scope::Scope;

pub(crate) use error::classify;

/// The LMS in PostgreSQL.
///
/// # Guarantees
/// Works as a role that can delete no learner and write no training record, and whose sessions see the rows of the
/// integrations that they work for; it is not opened as any other.
#[derive(Clone)]
pub struct PostgresLmsStore {
    pool: PostgresPool,
    /// Sees what is due in all integrations, and what administrators did; nothing of learners.
    caretaker: PostgresPool,
}

impl PostgresLmsStore {
    /// Opens a database that [`migrate`] has brought to this version.
    ///
    /// # Errors
    /// `TooPowerful` when a role could destroy what a directory must never reach, or is above the walls between
    /// integrations.
    pub async fn connect(url: &str, options: PostgresOptions) -> Result<Self, OpenError> {
        let pool = PostgresPool::new(url, &options.of_service(), Handle::current())?;
        let caretaker = PostgresPool::new(url, &options.of_caretaker(), Handle::current())?;
        for roles in [&pool, &caretaker] {
            role::verify(&mut *roles.acquire().await?).await?;
        }
        Ok(Self { pool, caretaker })
    }

    /// Asks a question in a session that sees the rows of these integrations only. Who goes away before it is answered
    /// leaves no session behind that is still at it.
    async fn read_within<T>(
        &self,
        scope: Scope,
        question: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let asking =
            async { self.pool.acquire_for(scope.as_str()).await.map_err(unavailable)?.ask(question).await };
        self.answer(asking).await
    }

    async fn read_for<T>(
        &self,
        integration: &IntegrationSlug,
        question: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.read_within(Scope::of(integration), question).await
    }

    /// Asks a question in a session that sees what is due, whosever it is.
    async fn read_for_all<T>(
        &self,
        question: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let asking = async { self.caretaker.acquire().await.map_err(unavailable)?.ask(question).await };
        self.answer(asking).await
    }

    async fn write_for(
        &self,
        integration: &IntegrationSlug,
        transaction: Transaction,
    ) -> Result<(), StoreError> {
        self.write(Scope::of(integration), transaction).await
    }

    /// Runs to the end even if the caller goes away: a commit is never cut in half.
    async fn write(&self, scope: Scope, transaction: Transaction) -> Result<(), StoreError> {
        let pool = self.pool.clone();
        let writing = tokio::spawn(async move {
            let connection = pool.acquire_for(scope.as_str()).await.map_err(unavailable)?;
            let written = connection.ask(async |connection| {
                connection.transaction(async |connection| commit(connection, &transaction).await).await
            });
            written.await.map_err(|error: TransactionError| error.into_store_error(classify))
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
        self.write(Scope::of_registrations(integrations), Transaction::register(integrations)?).await
    }

    async fn load(&self, footprint: &Footprint) -> Result<Snapshot, StoreError> {
        self.read_within(Scope::of_footprint(footprint), async |connection| {
            load::snapshot(connection, footprint).await
        })
        .await
    }

    async fn commit(&self, change: &Change) -> Result<(), StoreError> {
        self.write(Scope::of_change(change), Transaction::commit(change)?).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        let probe = async |connection: &mut AsyncPgConnection| load::probe(connection).await;
        self.answer(async { self.pool.acquire().await.map_err(unavailable)?.ask(probe).await }).await
    }

    async fn supplement(&self, question: &Question) -> Result<Supplement, StoreError> {
        self.read_within(Scope::of_question(question), async |connection| {
            load::supplement(connection, question).await
        })
        .await
    }

    async fn due_parked(&self, limit: u32) -> Result<Vec<Message>, StoreError> {
        self.read_for_all(async |connection| load::due_parked(connection, limit).await).await
    }

    async fn unsettled_detachment(&self) -> Result<Option<IntegrationSlug>, StoreError> {
        self.read_for_all(async |connection| integrations::unsettled(connection).await).await
    }

    async fn detach_some(&self, integration: &IntegrationSlug, people: u32) -> Result<(), StoreError> {
        self.write_for(integration, Transaction::Script(integrations::detach_some(integration, people)?))
            .await
    }

    async fn due_rechecks(&self, limit: u32) -> Result<Vec<Recheck>, StoreError> {
        self.read_for_all(async |connection| load::due_rechecks(connection, limit).await).await
    }
}

#[async_trait]
impl LmsReader for PostgresLmsStore {
    async fn learners(
        &self,
        integration: &IntegrationSlug,
        narrowed: Narrowed<'_>,
        page: Page<LearnerId>,
    ) -> Result<Vec<LearnerView>, StoreError> {
        self.read_for(integration, async |connection| {
            read::learners(connection, integration, narrowed, page).await
        })
        .await
    }

    async fn search(
        &self,
        integration: &IntegrationSlug,
        search: &LearnerSearch,
        after: Option<&MatchPosition>,
        limit: u32,
    ) -> Result<Vec<LearnerMatch>, StoreError> {
        self.read_for(integration, async |connection| {
            search::search(connection, integration, search, after, limit).await
        })
        .await
    }

    async fn cohorts(
        &self,
        integration: &IntegrationSlug,
        page: Page<CohortId>,
    ) -> Result<Vec<CohortView>, StoreError> {
        self.read_for(integration, async |connection| read::cohorts(connection, integration, page).await)
            .await
    }

    async fn cohort_sizes(
        &self,
        integration: &IntegrationSlug,
        page: Page<CohortId>,
    ) -> Result<Vec<CohortSize>, StoreError> {
        self.read_for(integration, async |connection| read::cohort_sizes(connection, integration, page).await)
            .await
    }

    async fn cohorts_of(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
        page: Page<CohortId>,
    ) -> Result<Vec<LearnerCohort>, StoreError> {
        self.read_for(integration, async |connection| {
            read::cohorts_of(connection, integration, learner, page).await
        })
        .await
    }

    async fn training_records(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
    ) -> Result<Vec<TrainingRecord>, StoreError> {
        self.read_for(integration, async |connection| {
            read::training_records(connection, integration, learner).await
        })
        .await
    }
}

#[async_trait]
impl RulesStore for PostgresLmsStore {
    async fn rules_in_force(&self, integration: &IntegrationSlug) -> Result<Option<SavedRules>, StoreError> {
        self.read_for(integration, async |connection| rules::in_force(connection, integration).await).await
    }

    async fn rules_version(
        &self,
        integration: &IntegrationSlug,
        version: RulesVersion,
    ) -> Result<Option<SavedRules>, StoreError> {
        self.read_for(integration, async |connection| rules::version(connection, integration, version).await)
            .await
    }

    async fn rules_versions(
        &self,
        integration: &IntegrationSlug,
        page: Page<RulesVersion>,
    ) -> Result<Vec<RulesSummary>, StoreError> {
        self.read_for(integration, async |connection| rules::versions(connection, integration, page).await)
            .await
    }

    async fn save_rules(&self, change: &RulesChange) -> Result<(), StoreError> {
        let rows = SaveRulesRows::new(change).map_err(unavailable)?;
        self.write_for(&change.integration, Transaction::SaveRules(rows)).await
    }

    async fn current_groups(
        &self,
        integration: &IntegrationSlug,
        page: Page<ScimId>,
    ) -> Result<Vec<ScimId>, StoreError> {
        self.read_for(integration, async |connection| {
            rules::current_groups(connection, integration, page).await
        })
        .await
    }

    async fn user_of(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
    ) -> Result<Option<ScimId>, StoreError> {
        self.read_for(integration, async |connection| rules::user_of(connection, integration, learner).await)
            .await
    }

    async fn remarks(
        &self,
        user: &ResourceKey,
        learner: LearnerId,
        conflicts: u32,
    ) -> Result<Remarks, StoreError> {
        self.read_for(&user.integration, async |connection| {
            rules::remarks(connection, user, learner, conflicts).await
        })
        .await
    }
}
