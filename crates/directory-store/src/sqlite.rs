//! The directory in an SQLite file.

mod commit;
mod connections;
mod error;
mod functions;
mod groups;
mod integrations;
mod outbox;
mod schema;
mod selected;
mod users;
mod values;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::{QueryDsl, RunQueryDsl, SqliteConnection};
use directory::{
    Backlog, Change, CommitError, Committed, Credential, DirectoryStore, GroupId, GroupRecord, Integration,
    IntegrationId, IntegrationSlug, IntegrationStore, Member, NewToken, Outbox, OutboxEvent, Query,
    QueryError, RelayId, Selected, StoreError, TokenId, UserId, UserView,
};
use events::EventId;
use scim::{Profile, Schema};
use tokio::sync::Notify;

use connections::Connections;
use error::Failure;

/// The directory, its outbox and its integrations in one SQLite file. Cheap to clone.
#[derive(Clone)]
pub struct SqliteDirectoryStore {
    connections: Connections,
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
        Ok(Self { connections: Connections::open(Some(path.into())).await?, committed: Arc::default() })
    }

    /// Opens a database that lives as long as the store.
    ///
    /// # Errors
    /// As [`SqliteDirectoryStore::open`].
    pub async fn open_in_memory() -> Result<Self, StoreError> {
        Ok(Self { connections: Connections::open(None).await?, committed: Arc::default() })
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
        let wake = Arc::clone(&self.committed);
        let commit = move |connection: &mut SqliteConnection| {
            let committed = commit::commit(connection, &change)?;
            if let Committed::Applied(_) = committed {
                wake.notify_one();
            }
            Ok::<_, Failure>(committed)
        };
        self.connections.write(commit).await.map_err(CommitError::from)
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

    async fn add_integration(&self, integration: &Integration, at: DateTime<Utc>) -> Result<(), StoreError> {
        let integration = integration.clone();
        self.write(move |connection| integrations::add(connection, &integration, at)).await
    }

    async fn set_profile(&self, id: IntegrationId, profile: Profile) -> Result<(), StoreError> {
        self.write(move |connection| integrations::set_profile(connection, id, profile)).await
    }

    async fn set_user_extensions(
        &self,
        id: IntegrationId,
        expected: &[Schema],
        extensions: &[Schema],
    ) -> Result<bool, StoreError> {
        let (expected, extensions) = (expected.to_vec(), extensions.to_vec());
        let set = move |connection: &mut SqliteConnection| {
            integrations::set_user_extensions(connection, id, &expected, &extensions)
        };
        self.write(set).await
    }

    async fn add_token(&self, token: &NewToken) -> Result<(), StoreError> {
        let token = token.clone();
        self.write(move |connection| integrations::add_token(connection, &token)).await
    }

    async fn credential(&self, id: &TokenId) -> Result<Option<Credential>, StoreError> {
        let id = id.clone();
        self.read(move |connection| integrations::credential(connection, &id)).await
    }
}
