//! The directory in an SQLite file.

mod audit_log;
mod commit;
mod connections;
mod credentials;
mod error;
mod event_log;
mod functions;
mod group_commit;
mod groups;
mod integrations;
mod outbox;
mod overview;
mod provisioning_log;
mod schema;
mod selected;
mod snapshots;
mod states;
mod users;
mod values;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::{QueryDsl, RunQueryDsl, SqliteConnection};
use directory::{
    Admission, Backlog, Change, CommitError, Committed, Credential, CredentialId, DirectoryStore, GroupId,
    GroupMembers, GroupRecord, Integration, IntegrationEvent, IntegrationId, IntegrationSlug,
    IntegrationStore, Member, MemberPosition, Outbox, OutboxEvent, Query, QueryError, Registration, RelayId,
    Revocation, Selected, Sequenced, Snapshot, SnapshotId, SnapshotProgress, Snapshots, StateReader,
    StoreError, Usage, UserId, UserRecord, UserView, WorkerId,
};
use events::EventId;
use tokio::sync::Notify;

use connections::Connections;
use error::Failure;
use group_commit::Queue;

/// The directory, its outbox and its integrations in one SQLite file. Cheap to clone.
#[derive(Clone)]
pub struct SqliteDirectoryStore {
    connections: Connections,
    /// Changes that wait for the connection that writes.
    queue: Queue,
    /// Wakes a relay of this process.
    committed: Arc<Notify>,
}

impl SqliteDirectoryStore {
    /// Opens the file, creates it if there is none, and brings it to this program's version.
    ///
    /// All work runs on the runtime that calls this, which must be one with several threads. The file must be the
    /// directory's alone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file cannot be opened, [`StoreError::Unexpected`] when it holds something
    /// else.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        Self::over(Some(path.into())).await
    }

    /// Opens a database that lives as long as the store.
    ///
    /// # Errors
    /// As [`SqliteDirectoryStore::open`].
    pub async fn open_in_memory() -> Result<Self, StoreError> {
        Self::over(None).await
    }

    async fn over(path: Option<PathBuf>) -> Result<Self, StoreError> {
        let connections = Connections::open(path).await?;
        Ok(Self { connections, queue: Queue::default(), committed: Arc::default() })
    }

    async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.connections.read(query).await.map_err(StoreError::from)
    }

    async fn write<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.connections.write(query).await.map_err(StoreError::from)
    }
}

#[async_trait]
impl DirectoryStore for SqliteDirectoryStore {
    async fn user(
        &self,
        of: IntegrationId,
        id: UserId,
        with_groups: bool,
    ) -> Result<Option<UserView>, StoreError> {
        self.read(move |connection| users::find(connection, of, id, with_groups)).await
    }

    async fn users(
        &self,
        of: IntegrationId,
        query: &Query,
        with_groups: bool,
    ) -> Result<Selected<UserView>, QueryError> {
        let query = query.clone();
        self.read(move |connection| users::select(connection, of, &query, with_groups))
            .await?
            .ok_or(QueryError::TooMany)
    }

    async fn count_users(&self, of: IntegrationId, ids: &[UserId]) -> Result<u64, StoreError> {
        let ids = ids.to_vec();
        self.read(move |connection| users::count(connection, of, &ids)).await
    }

    async fn group(&self, of: IntegrationId, id: GroupId) -> Result<Option<GroupRecord>, StoreError> {
        self.read(move |connection| groups::find(connection, of, id)).await
    }

    async fn groups(&self, of: IntegrationId, query: &Query) -> Result<Selected<GroupRecord>, QueryError> {
        let query = query.clone();
        self.read(move |connection| groups::select(connection, of, &query)).await?.ok_or(QueryError::TooMany)
    }

    async fn members(
        &self,
        of: IntegrationId,
        groups: &[GroupId],
    ) -> Result<Vec<(GroupId, Member)>, StoreError> {
        let groups = groups.to_vec();
        self.read(move |connection| groups::members(connection, of, &groups)).await
    }

    async fn commit(&self, change: Change) -> Result<Committed, CommitError> {
        self.queue.commit(&self.connections, &self.committed, change).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        let epoch = schema::source_epoch::table.select(schema::source_epoch::epoch);
        self.read(move |connection| Ok(epoch.first::<i32>(connection).map(|_| ())?)).await
    }
}

#[async_trait]
impl Outbox for SqliteDirectoryStore {
    async fn claim(
        &self,
        relay: RelayId,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<OutboxEvent>, StoreError> {
        self.write(move |connection| outbox::claim(connection, relay, limit, lease)).await
    }

    async fn mark_published(&self, relay: RelayId, sent: &[EventId]) -> Result<u64, StoreError> {
        let sent = sent.to_vec();
        self.write(move |connection| outbox::mark_published(connection, relay, &sent)).await
    }

    async fn release(&self, relay: RelayId, unsent: &[EventId]) -> Result<(), StoreError> {
        let unsent = unsent.to_vec();
        self.write(move |connection| outbox::release(connection, relay, &unsent)).await
    }

    async fn unsent_up_to(&self, limit: u32) -> Result<u32, StoreError> {
        self.read(move |connection| outbox::unsent_up_to(connection, limit)).await
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        self.read(outbox::backlog).await
    }

    async fn wait_for_events(&self, at_most: Duration) {
        // An elapsed time is an answer too.
        let _ = tokio::time::timeout(at_most, self.committed.notified()).await;
    }
}

#[async_trait]
impl IntegrationStore for SqliteDirectoryStore {
    async fn integration(&self, slug: &IntegrationSlug) -> Result<Option<Integration>, StoreError> {
        let slug = slug.clone();
        self.read(move |connection| integrations::find(connection, &slug)).await
    }

    async fn integrations(
        &self,
        portals: Option<&[String]>,
        after: Option<&IntegrationSlug>,
        limit: u32,
    ) -> Result<Vec<Integration>, StoreError> {
        let (portals, after) = (portals.map(<[String]>::to_vec), after.cloned());
        self.read(move |connection| integrations::list(connection, portals.as_deref(), after.as_ref(), limit))
            .await
    }

    async fn registration(&self, slug: &IntegrationSlug) -> Result<Option<Registration>, StoreError> {
        let slug = slug.clone();
        self.read(move |connection| credentials::registration(connection, &slug)).await
    }

    async fn registry_version(&self) -> Result<i64, StoreError> {
        self.read(integrations::registry_version).await
    }

    async fn add_integration(
        &self,
        integration: &Integration,
        event: Option<&IntegrationEvent>,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let (integration, event) = (integration.clone(), event.cloned());
        let told = event.is_some();
        let added = self
            .write(move |connection| integrations::add(connection, &integration, event.as_ref(), at))
            .await?;
        if added && told {
            self.committed.notify_one();
        }
        Ok(added)
    }

    async fn change_integration(
        &self,
        changed: &Integration,
        event: Option<&IntegrationEvent>,
    ) -> Result<bool, StoreError> {
        let (changed, event) = (changed.clone(), event.cloned());
        let told = event.is_some();
        let is_changed =
            self.write(move |connection| integrations::change(connection, &changed, event.as_ref())).await?;
        if is_changed && told {
            self.committed.notify_one();
        }
        Ok(is_changed)
    }

    async fn add_credential(&self, credential: &Credential) -> Result<Admission, StoreError> {
        let credential = credential.clone();
        self.write(move |connection| credentials::add(connection, &credential)).await
    }

    async fn revoke_credential(
        &self,
        of: IntegrationId,
        id: &CredentialId,
        revocation: &Revocation,
    ) -> Result<bool, StoreError> {
        let (id, revocation) = (id.clone(), revocation.clone());
        self.write(move |connection| credentials::revoke(connection, of, &id, &revocation)).await
    }

    async fn usable_credentials(
        &self,
        of: &[IntegrationId],
        at: DateTime<Utc>,
    ) -> Result<Vec<Credential>, StoreError> {
        let of = of.to_vec();
        self.read(move |connection| credentials::usable(connection, &of, at)).await
    }

    async fn add_uses(&self, uses: &[(CredentialId, Usage)]) -> Result<(), StoreError> {
        let uses = uses.to_vec();
        self.write(move |connection| credentials::add_uses(connection, &uses)).await
    }
}

#[async_trait]
impl Snapshots for SqliteDirectoryStore {
    async fn begin(&self, snapshot: &Snapshot) -> Result<Snapshot, StoreError> {
        let snapshot = snapshot.clone();
        self.write(move |connection| snapshots::begin(connection, &snapshot)).await
    }

    async fn snapshot(&self, of: IntegrationId, id: SnapshotId) -> Result<Option<Snapshot>, StoreError> {
        self.read(move |connection| snapshots::find(connection, of, id)).await
    }

    async fn latest(&self, of: IntegrationId, limit: u32) -> Result<Vec<Snapshot>, StoreError> {
        self.read(move |connection| snapshots::latest(connection, of, limit)).await
    }

    async fn integrations_without(&self, since: DateTime<Utc>) -> Result<Vec<IntegrationSlug>, StoreError> {
        self.read(move |connection| snapshots::integrations_without(connection, since)).await
    }

    async fn claim_next(&self, worker: WorkerId, lease: Duration) -> Result<Option<Snapshot>, StoreError> {
        self.write(move |connection| snapshots::claim_next(connection, worker, lease)).await
    }

    async fn advance(&self, worker: WorkerId, progress: &SnapshotProgress) -> Result<bool, StoreError> {
        let progress = progress.clone();
        let told = self.write(move |connection| snapshots::advance(connection, worker, &progress)).await?;
        if told {
            self.committed.notify_one();
        }
        Ok(told)
    }
}

#[async_trait]
impl StateReader for SqliteDirectoryStore {
    async fn users_after(
        &self,
        of: IntegrationId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Sequenced<UserRecord>>, StoreError> {
        self.read(move |connection| states::users_after(connection, of, after, limit)).await
    }

    async fn groups_after(
        &self,
        of: IntegrationId,
        after: Option<GroupId>,
        limit: u32,
    ) -> Result<Vec<Sequenced<GroupRecord>>, StoreError> {
        self.read(move |connection| states::groups_after(connection, of, after, limit)).await
    }

    async fn members_from(
        &self,
        of: IntegrationId,
        position: MemberPosition,
        limit: u32,
    ) -> Result<Option<Sequenced<GroupMembers>>, StoreError> {
        self.read(move |connection| states::members_from(connection, of, position, limit)).await
    }
}
