//! The directory in PostgreSQL.

mod audit_log;
mod cached;
mod commit;
mod credentials;
mod error;
mod event_log;
mod group_commit;
mod groups;
mod integrations;
mod lookup;
mod migrate;
mod options;
mod outbox;
mod overview;
mod provisioning_log;
mod schema;
mod selected;
mod snapshots;
mod states;
mod users;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::QueryDsl;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{
    Admission, Backlog, Change, CommitError, Committed, Credential, CredentialId, DirectoryStore, GroupId,
    GroupMembers, GroupRecord, Integration, IntegrationEvent, IntegrationId, IntegrationSlug,
    IntegrationStore, Member, MemberPosition, Mutation, Outbox, OutboxEvent, Query, QueryError, Registration,
    RelayId, Revocation, Selected, Sequenced, Snapshot, SnapshotId, SnapshotProgress, Snapshots, StateReader,
    StoreError, Usage, UserId, UserRecord, UserView, WorkerId,
};
use events::EventId;
use postgres_pool::{PooledConnection, PostgresPool};
use scim::ResourceKind;
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

use self::group_commit::{LANES, Lanes, MemberQueues, Together};
use self::lookup::Desk;
use options::{LOG_QUESTIONS, QUESTIONS_OF_A_THREAD};

use error::{Failure, QueryFailure, pool_error, unavailable};

pub use migrate::{check, migrate, revert_migrations};
pub use options::PostgresOptions;
pub use postgres_pool::{PoolError, Timeouts};

/// The directory, its outbox and its integrations in PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct PostgresDirectoryStore {
    pool: PostgresPool,
    /// Sees the same, for questions that no index answers, or not for every value.
    searches: PostgresPool,
    /// Sees the events of all integrations, and nothing of what is in them.
    relay: PostgresPool,
    /// Sees integrations and credentials: who signs in must not wait for what others do.
    registry: PostgresPool,
    /// Where commits run, so that a caller that goes away cannot cut one.
    runtime: Handle,
    /// Where single users are asked for and changed.
    near: Near,
    /// Where edits of a group's members meet others to be committed with.
    member_edits: Arc<Mutex<MemberQueues>>,
    /// Wakes a relay of this process.
    committed: Arc<Notify>,
    /// Lets few queries at a time look at all resources of a tenant: the other connections are for who needs little.
    scans: Arc<Semaphore>,
    /// The same for questions about the provisioning log.
    log_questions: Arc<Semaphore>,
}

/// Where the requests are worked on that come most often, for one user each: on the runtime of the thread that took
/// them, if it has one. Threads that wake each other for every request, and for every answer of the server, spend more on that
/// than on the requests.
#[derive(Clone)]
struct Near {
    pool: PostgresPool,
    runtime: Handle,
    /// Where changes of users meet others to be committed with.
    lanes: Arc<Lanes>,
    /// Where questions for few users do.
    desk: Arc<Desk>,
}

impl PostgresDirectoryStore {
    /// Prepares connections to the server, and opens them when they are needed.
    ///
    /// Connections and commits live on the runtime that calls this.
    ///
    /// # Errors
    /// [`PoolError::Address`]. A server that is away, or refuses, is no error here; [`check`] asks it.
    pub async fn connect(url: &str, options: PostgresOptions) -> Result<Self, PoolError> {
        let runtime = Handle::current();
        let pool = |options| PostgresPool::new(url, &options, runtime.clone());
        let scans = Arc::new(Semaphore::new(options.scans()));
        let (relay, registry) = (pool(options.of_relay())?, pool(options.of_registry())?);
        let (searches, log_questions) = (pool(options.of_searches())?, Semaphore::new(LOG_QUESTIONS));
        let pool = pool(options.of_service())?;
        let near = Near {
            pool: pool.clone(),
            runtime: runtime.clone(),
            lanes: Arc::new(Lanes::new(LANES)),
            desk: Arc::new(Desk::new(options.questions())),
        };
        Ok(Self {
            pool,
            searches,
            relay,
            registry,
            runtime,
            near,
            member_edits: Arc::default(),
            committed: Arc::default(),
            scans,
            log_questions: Arc::new(log_questions),
        })
    }

    /// The same directory for one of so many threads that serve, each with a runtime of its own, on which this is called.
    /// The runtime of the process must outlive it. It opens three connections, four where there is one thread alone.
    ///
    /// What is under way when the thread's runtime ends is whole in the database or not there at all.
    ///
    /// # Errors
    /// [`PoolError::Address`].
    pub fn for_thread(&self, threads: usize) -> Result<Self, PoolError> {
        let (lanes, questions) = ((LANES / threads.max(1)).max(1), QUESTIONS_OF_A_THREAD);
        let runtime = Handle::current();
        let near = Near {
            pool: self.pool.elsewhere(lanes + questions, runtime.clone())?,
            runtime,
            lanes: Arc::new(Lanes::new(lanes)),
            desk: Arc::new(Desk::new(questions)),
        };
        Ok(Self { near, ..self.clone() })
    }

    /// Runs a query that changes no resource, in a session that sees the rows of one integration only.
    async fn for_tenant<T>(
        &self,
        of: IntegrationId,
        query: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, QueryFailure>,
    ) -> Result<T, StoreError> {
        self.for_tenant_in(&self.pool, of, query).await
    }

    /// The same in a session of that pool.
    async fn for_tenant_in<T>(
        &self,
        pool: &PostgresPool,
        of: IntegrationId,
        query: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, QueryFailure>,
    ) -> Result<T, StoreError> {
        self.ask(pool.acquire_for(&of.0.to_string()).await, query).await
    }

    /// Runs a query in a session that sees no integration's rows.
    async fn for_nobody<T>(
        &self,
        query: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, QueryFailure>,
    ) -> Result<T, StoreError> {
        self.ask(self.registry.acquire().await, query).await
    }

    /// As [`Self::for_nobody`], where those who sign in must not have to wait for it.
    async fn beside_sign_in<T>(
        &self,
        query: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, QueryFailure>,
    ) -> Result<T, StoreError> {
        self.ask(self.pool.acquire_for(&uuid::Uuid::nil().to_string()).await, query).await
    }

    /// Runs a query in a session that sees the work that waits in all integrations.
    async fn as_relay<T>(
        &self,
        query: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, QueryFailure>,
    ) -> Result<T, StoreError> {
        self.ask(self.relay.acquire().await, query).await
    }

    async fn ask<T>(
        &self,
        acquired: Result<PooledConnection, PoolError>,
        query: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, QueryFailure>,
    ) -> Result<T, StoreError> {
        let asking = acquired.map_err(pool_error)?.ask(query);
        match tokio::time::timeout(self.pool.answer_timeout(), asking).await {
            Ok(answer) => Ok(answer?),
            Err(elapsed) => Err(unavailable(elapsed)),
        }
    }

    /// The connections that answer a query, and leave to look at all resources of a tenant, when the query does that.
    async fn place(
        &self,
        kind: ResourceKind,
        of: IntegrationId,
        query: &Query,
    ) -> Result<(&PostgresPool, Option<SemaphorePermit<'_>>), StoreError> {
        let (is_scan, depends_on_values) = selected::demands(kind, of, query);
        let pool = if depends_on_values { &self.searches } else { &self.pool };
        if !is_scan {
            return Ok((pool, None));
        }
        let leave = tokio::time::timeout(self.pool.answer_timeout(), self.scans.acquire()).await;
        match leave {
            Ok(permit) => Ok((pool, permit.ok())),
            Err(elapsed) => Err(unavailable(elapsed)),
        }
    }

    async fn commit_one(&self, pool: &PostgresPool, change: &Change) -> Result<Committed, CommitError> {
        let of = change.integration.0.to_string();
        let connection = pool.acquire_for(&of).await.map_err(pool_error)?;
        let committing = connection.ask(async |connection| commit_repeatedly(connection, change).await);
        match tokio::time::timeout(self.pool.answer_timeout(), committing).await {
            Ok(Ok(committed)) => {
                if let Committed::Applied(_) = committed {
                    self.committed.notify_one();
                }
                Ok(committed)
            }
            Ok(Err(failure)) => Err(failure.into()),
            Err(elapsed) => {
                let source = Box::new(elapsed);
                Err(CommitError::Store(StoreError::Unavailable { outcome_unknown: true, source }))
            }
        }
    }
}

impl PostgresDirectoryStore {
    /// Commits a change that goes with no other.
    async fn commit_alone(&self, change: Change) -> Result<Committed, CommitError> {
        let store = self.clone();
        self.runtime
            .spawn(async move { store.commit_one(&store.pool, &change).await })
            .await
            .unwrap_or_else(|error| Err(StoreError::Unexpected(Box::new(error)).into()))
    }

    /// Commits changes of one integration in one go; see [`commit::commit_several`].
    async fn commit_together(&self, pool: &PostgresPool, of: IntegrationId, changes: &[Change]) -> Together {
        let connection = match pool.acquire_for(&of.0.to_string()).await {
            Ok(connection) => connection,
            Err(error) => {
                return Together::Failed { outcome_unknown: false, cause: pool_error(error).into() };
            }
        };
        let committing =
            connection.ask(async |connection| commit::commit_several(connection, of, changes).await);
        match tokio::time::timeout(self.pool.answer_timeout(), committing).await {
            Ok(Ok(outcomes)) => {
                self.committed.notify_one();
                let outcomes = outcomes.into_iter().map(|outcome| outcome.map_err(CommitError::from));
                Together::Done(outcomes.collect())
            }
            Ok(Err(failure)) if failure.is_certain() && !failure.is_away() => Together::OneByOne,
            // Somebody holds one of these users. Edits of a group would all wait for the same lock again.
            Ok(Err(failure)) if failure.is_for_a_lock() && are_of_different_rows(changes) => {
                Together::OneByOne
            }
            Ok(Err(failure)) => {
                Together::Failed { outcome_unknown: !failure.is_certain(), cause: failure.into() }
            }
            Err(elapsed) => Together::Failed { outcome_unknown: true, cause: unavailable(elapsed).into() },
        }
    }
}

async fn commit_repeatedly(
    connection: &mut AsyncPgConnection,
    change: &Change,
) -> Result<Committed, Failure> {
    for _ in 0..commit::REPETITIONS {
        match commit::commit(connection, change).await {
            Err(failure) if failure.may_pass_when_repeated() => {}
            outcome => return outcome,
        }
    }
    commit::commit(connection, change).await
}

#[async_trait]
impl DirectoryStore for PostgresDirectoryStore {
    async fn user(
        &self,
        of: IntegrationId,
        id: UserId,
        with_groups: bool,
    ) -> Result<Option<UserView>, StoreError> {
        self.near.desk.user(self, of, id, with_groups).await
    }

    async fn users(
        &self,
        of: IntegrationId,
        query: &Query,
        with_groups: bool,
    ) -> Result<Selected<UserView>, QueryError> {
        if let Some(selected) = self.near.desk.users(self, of, query, with_groups).await? {
            return Ok(selected);
        }
        let (pool, _leave) = self.place(ResourceKind::User, of, query).await?;
        let select = async |connection: &mut _| users::select(connection, of, query, with_groups).await;
        self.for_tenant_in(pool, of, select).await?.ok_or(QueryError::TooMany)
    }

    async fn count_users(&self, of: IntegrationId, ids: &[UserId]) -> Result<u64, StoreError> {
        self.for_tenant(of, async |connection| users::count(connection, of, ids).await).await
    }

    async fn group(&self, of: IntegrationId, id: GroupId) -> Result<Option<GroupRecord>, StoreError> {
        self.for_tenant(of, async |connection| groups::find(connection, of, id).await).await
    }

    async fn groups(&self, of: IntegrationId, query: &Query) -> Result<Selected<GroupRecord>, QueryError> {
        let (pool, _leave) = self.place(ResourceKind::Group, of, query).await?;
        let select = async |connection: &mut _| groups::select(connection, of, query).await;
        self.for_tenant_in(pool, of, select).await?.ok_or(QueryError::TooMany)
    }

    async fn members(
        &self,
        of: IntegrationId,
        groups: &[GroupId],
    ) -> Result<Vec<(GroupId, Member)>, StoreError> {
        self.for_tenant(of, async |connection| groups::members(connection, of, groups).await).await
    }

    async fn commit(&self, change: Change) -> Result<Committed, CommitError> {
        group_commit::commit(self, change).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.for_nobody(async |connection| {
            let _: i32 =
                schema::source_epoch::table.select(schema::source_epoch::epoch).first(connection).await?;
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl Outbox for PostgresDirectoryStore {
    async fn claim(
        &self,
        relay: RelayId,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<OutboxEvent>, StoreError> {
        self.as_relay(async |connection| outbox::claim(connection, relay, limit, lease).await).await
    }

    async fn mark_published(&self, relay: RelayId, sent: &[EventId]) -> Result<u64, StoreError> {
        self.as_relay(async |connection| outbox::mark_published(connection, relay, sent).await).await
    }

    async fn release(&self, relay: RelayId, unsent: &[EventId]) -> Result<(), StoreError> {
        self.as_relay(async |connection| outbox::release(connection, relay, unsent).await).await
    }

    async fn unsent_up_to(&self, limit: u32) -> Result<u32, StoreError> {
        self.as_relay(async |connection| outbox::unsent_up_to(connection, limit).await).await
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        self.as_relay(async |connection| outbox::backlog(connection).await).await
    }

    async fn wait_for_events(&self, at_most: Duration) {
        // An elapsed time is an answer too.
        let _ = tokio::time::timeout(at_most, self.committed.notified()).await;
    }
}

#[async_trait]
impl IntegrationStore for PostgresDirectoryStore {
    async fn integration(&self, slug: &IntegrationSlug) -> Result<Option<Integration>, StoreError> {
        self.for_nobody(async |connection| integrations::find(connection, slug).await).await
    }

    async fn integrations(
        &self,
        portals: Option<&[String]>,
        after: Option<&IntegrationSlug>,
        limit: u32,
    ) -> Result<Vec<Integration>, StoreError> {
        self.beside_sign_in(async |connection| integrations::list(connection, portals, after, limit).await)
            .await
    }

    async fn registration(&self, slug: &IntegrationSlug) -> Result<Option<Registration>, StoreError> {
        self.for_nobody(async |connection| credentials::registration(connection, slug).await).await
    }

    async fn registry_version(&self) -> Result<i64, StoreError> {
        self.for_nobody(async |connection| integrations::registry_version(connection).await).await
    }

    async fn add_integration(
        &self,
        integration: &Integration,
        event: Option<&IntegrationEvent>,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let added = self
            .for_tenant(integration.id, async |connection| {
                integrations::add(connection, integration, event, at).await
            })
            .await?;
        if added && event.is_some() {
            self.committed.notify_one();
        }
        Ok(added)
    }

    async fn change_integration(
        &self,
        changed: &Integration,
        event: Option<&IntegrationEvent>,
    ) -> Result<bool, StoreError> {
        let is_changed = self
            .for_tenant(changed.id, async |connection| integrations::change(connection, changed, event).await)
            .await?;
        if is_changed && event.is_some() {
            self.committed.notify_one();
        }
        Ok(is_changed)
    }

    async fn add_credential(&self, credential: &Credential) -> Result<Admission, StoreError> {
        // Not among those who sign in: it may have to wait for a lock.
        self.for_tenant(credential.integration, async |connection| {
            credentials::add(connection, credential).await
        })
        .await
    }

    async fn revoke_credential(
        &self,
        of: IntegrationId,
        id: &CredentialId,
        revocation: &Revocation,
    ) -> Result<bool, StoreError> {
        self.for_tenant(of, async |connection| credentials::revoke(connection, of, id, revocation).await)
            .await
    }

    async fn usable_credentials(
        &self,
        of: &[IntegrationId],
        at: DateTime<Utc>,
    ) -> Result<Vec<Credential>, StoreError> {
        self.beside_sign_in(async |connection| credentials::usable(connection, of, at).await).await
    }

    async fn add_uses(&self, uses: &[(CredentialId, Usage)]) -> Result<(), StoreError> {
        self.beside_sign_in(async |connection| credentials::add_uses(connection, uses).await).await
    }
}

#[async_trait]
impl Snapshots for PostgresDirectoryStore {
    async fn begin(&self, snapshot: &Snapshot) -> Result<Snapshot, StoreError> {
        self.for_tenant(snapshot.integration, async |connection| snapshots::begin(connection, snapshot).await)
            .await
    }

    async fn snapshot(&self, of: IntegrationId, id: SnapshotId) -> Result<Option<Snapshot>, StoreError> {
        self.for_tenant(of, async |connection| snapshots::find(connection, of, id).await).await
    }

    async fn latest(&self, of: IntegrationId, limit: u32) -> Result<Vec<Snapshot>, StoreError> {
        self.for_tenant(of, async |connection| snapshots::latest(connection, of, limit).await).await
    }

    async fn integrations_without(&self, since: DateTime<Utc>) -> Result<Vec<IntegrationSlug>, StoreError> {
        self.as_relay(async |connection| snapshots::integrations_without(connection, since).await).await
    }

    async fn claim_next(&self, worker: WorkerId, lease: Duration) -> Result<Option<Snapshot>, StoreError> {
        self.as_relay(async |connection| snapshots::claim_next(connection, worker, lease).await).await
    }

    async fn advance(&self, worker: WorkerId, progress: &SnapshotProgress) -> Result<bool, StoreError> {
        let told = self
            .for_tenant(progress.after.integration, async |connection| {
                snapshots::advance(connection, worker, progress).await
            })
            .await?;
        if told {
            self.committed.notify_one();
        }
        Ok(told)
    }
}

#[async_trait]
impl StateReader for PostgresDirectoryStore {
    async fn users_after(
        &self,
        of: IntegrationId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Sequenced<UserRecord>>, StoreError> {
        self.for_tenant(of, async |connection| states::users_after(connection, of, after, limit).await).await
    }

    async fn groups_after(
        &self,
        of: IntegrationId,
        after: Option<GroupId>,
        limit: u32,
    ) -> Result<Vec<Sequenced<GroupRecord>>, StoreError> {
        self.for_tenant(of, async |connection| states::groups_after(connection, of, after, limit).await).await
    }

    async fn members_from(
        &self,
        of: IntegrationId,
        position: MemberPosition,
        limit: u32,
    ) -> Result<Option<Sequenced<GroupMembers>>, StoreError> {
        self.for_tenant(of, async |connection| states::members_from(connection, of, position, limit).await)
            .await
    }
}

/// Whether each of the changes that go together locks another row than the others.
fn are_of_different_rows(changes: &[Change]) -> bool {
    !changes.iter().any(|change| matches!(change.mutation, Mutation::EditMembers { .. }))
}
