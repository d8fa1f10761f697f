mod event_log;
mod overview;
mod snapshots;

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use events::{Envelope, EventId};
use scim::{Filter, Sort, SortValue};
use uuid::Uuid;

use crate::{
    Admission, Change, Committed, Credential, CredentialId, GroupId, GroupRecord, Integration, IntegrationId,
    IntegrationSlug, LogPage, LogQuery, LoggedRequest, Member, NewEvent, Registration, Revocation, Usage,
    UserId, UserView,
};

pub use event_log::{EventLog, LogPosition, LogStep, Replay};
pub use overview::Overview;
pub use snapshots::{GroupMembers, Sequenced, Snapshots, StateReader, WorkerId};

/// Where the resources are.
#[async_trait]
pub trait DirectoryStore: Send + Sync {
    /// The live user of that id, with the groups that the user is in only when `with_groups`.
    async fn user(
        &self,
        of: IntegrationId,
        id: UserId,
        with_groups: bool,
    ) -> Result<Option<UserView>, StoreError>;

    /// The live users that a query selects, with their groups only when `with_groups`.
    ///
    /// # Guarantees
    /// What it selects, and in which order, is what [`scim::Filter::matches`] and [`scim::Sort`] say of the documents. An
    /// equality on an indexed attribute costs no more in a large directory than in a small one; so does a page after
    /// a position in the order of ids.
    async fn users(
        &self,
        of: IntegrationId,
        query: &Query,
        with_groups: bool,
    ) -> Result<Selected<UserView>, QueryError>;

    /// How many live users have one of these ids.
    async fn count_users(&self, of: IntegrationId, ids: &[UserId]) -> Result<u64, StoreError>;

    /// The live group of that id.
    async fn group(&self, of: IntegrationId, id: GroupId) -> Result<Option<GroupRecord>, StoreError>;

    /// The live groups that a query selects, as [`DirectoryStore::users`].
    async fn groups(&self, of: IntegrationId, query: &Query) -> Result<Selected<GroupRecord>, QueryError>;

    /// All members of these groups, in the order of the groups' ids and their own. Costs what it returns.
    async fn members(
        &self,
        of: IntegrationId,
        groups: &[GroupId],
    ) -> Result<Vec<(GroupId, Member)>, StoreError>;

    /// Commits a change whole.
    ///
    /// # Guarantees
    /// Durable when it answers `Ok`. A caller that stops waiting does not cut it in half: it is made whole, or, where it has
    /// not begun, not at all. What it costs grows with the change, not with the directory or the group.
    async fn commit(&self, change: Change) -> Result<Committed, CommitError>;

    /// Answers when the store can be used.
    async fn check(&self) -> Result<(), StoreError>;
}

/// Which resources of one kind, in which order, and which part of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Condition; none selects all.
    pub filter: Option<Filter>,
    /// Order; none is that of ids.
    pub sort: Option<Sort>,
    /// Part.
    pub page: Page,
    /// Whether the size of the whole is asked for.
    pub counted: bool,
}

/// Part of a result.
#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    /// `limit` items after the first `offset`.
    From {
        /// Items passed over.
        offset: u32,
        /// Items at most.
        limit: u32,
    },
    /// `limit` items after a position, or from the beginning.
    After {
        /// The last item before the page.
        position: Option<Position>,
        /// Items at most.
        limit: u32,
    },
}

/// Where an item stands in an order, which [`Sort::compare`] makes total.
#[derive(Clone, Debug, PartialEq)]
pub struct Position {
    /// The value that it is sorted by; none without a sort, and for a resource without a value.
    pub value: Option<SortValue>,
    /// Its id.
    pub id: Uuid,
}

/// Part of a result, and the size of the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected<T> {
    /// How many there are in all; 0 when that was not asked for.
    pub total: u64,
    /// Those of the page.
    pub items: Vec<T>,
}

/// A query was not answered.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// It would look at more resources than one request may.
    #[error("the query would look at too many resources")]
    TooMany,
    /// The store failed.
    #[error("the query could not be answered")]
    Store(#[from] StoreError),
}

/// An attribute whose value one live resource of a type has alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UniqueAttribute {
    /// `userName` of users, without regard to case.
    UserName,
    /// `displayName` of groups, without regard to case: Entra matches groups by it.
    DisplayName,
    /// `externalId`, within a resource type.
    ExternalId,
}

impl UniqueAttribute {
    /// Name in SCIM.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserName => "userName",
            Self::DisplayName => "displayName",
            Self::ExternalId => "externalId",
        }
    }
}

/// A change was not committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The resource has another version than the change was decided on.
    #[error("the resource has changed meanwhile")]
    VersionConflict,
    /// There is no such live resource.
    #[error("the resource does not exist")]
    NotFound,
    /// Another live resource has the value.
    #[error("another resource has the same {0:?}")]
    Taken(UniqueAttribute),
    /// The store failed.
    #[error("the change could not be committed")]
    Store(#[from] StoreError),
}

/// The store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It is away, busy or full; the same call may succeed later. Nothing was changed, unless `outcome_unknown`.
    #[error("the store is not available")]
    Unavailable {
        /// Whether a commit may have happened all the same.
        outcome_unknown: bool,
        /// What the driver said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It answered in a way that this program does not expect.
    #[error("the store answered unexpectedly")]
    Unexpected(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Where events wait for the relay.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Leases up to `limit` unsent events to `relay`; fewer only when no more are free.
    ///
    /// # Guarantees
    /// Of each integration the oldest first, and of each at least its share of the limit: one that has much to tell
    /// holds up no other. What is published once more comes last. No two relays hold the same event while a lease lasts;
    /// time is the store's. Nothing is locked afterwards.
    async fn claim(
        &self,
        relay: RelayId,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<OutboxEvent>, StoreError>;

    /// Marks events as sent, those only that `relay` still holds; answers how many.
    async fn mark_published(&self, relay: RelayId, sent: &[EventId]) -> Result<u64, StoreError>;

    /// Ends the lease of events that `relay` still holds and that were not sent, so that any relay may claim them at
    /// once.
    async fn release(&self, relay: RelayId, unsent: &[EventId]) -> Result<(), StoreError>;

    /// How many events were never sent, `limit` at most; costs no more when there are many.
    async fn unsent_up_to(&self, limit: u32) -> Result<u32, StoreError>;

    /// How much waits.
    async fn backlog(&self) -> Result<Backlog, StoreError>;

    /// Returns when this process committed events, or after `at_most`.
    async fn wait_for_events(&self, at_most: Duration);
}

/// One relay among many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RelayId(pub Uuid);

/// An event that waits.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxEvent {
    /// Its context.
    pub envelope: Envelope,
    /// Its data in the proto3 JSON mapping.
    pub data: String,
}

/// What waits in an outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Events not sent, those included that are to be sent once more.
    pub unsent: u64,
    /// Age of the oldest that was never sent, in seconds.
    pub oldest_age_seconds: u64,
}

/// Where integrations and their credentials are.
#[async_trait]
pub trait IntegrationStore: Send + Sync {
    /// The integration of that slug.
    async fn integration(&self, slug: &IntegrationSlug) -> Result<Option<Integration>, StoreError>;

    /// Integrations in the order of their slugs: `limit` of them behind `after`, those of `portals` only.
    async fn integrations(
        &self,
        portals: Option<&[String]>,
        after: Option<&IntegrationSlug>,
        limit: u32,
    ) -> Result<Vec<Integration>, StoreError>;

    /// The integration of that slug with its credentials: those that are not revoked first, the newest first. Of more than
    /// 100 some are left out that were revoked or have expired.
    async fn registration(&self, slug: &IntegrationSlug) -> Result<Option<Registration>, StoreError>;

    /// A number that grows with every change to an integration or a credential, uses of credentials excepted.
    ///
    /// # Guarantees
    /// What was read after the number was asked for is at least as new as the number says.
    async fn registry_version(&self) -> Result<i64, StoreError>;

    /// Adds an integration, and tells the event with it, if there is one; answers whether it did. One with the same
    /// slug stays as it is.
    async fn add_integration(
        &self,
        integration: &Integration,
        event: Option<&IntegrationEvent>,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Writes what can be changed of an integration, if its version is the one before `changed.version`; answers
    /// whether it was. The event, if any, is told with it, and with the integration's version.
    async fn change_integration(
        &self,
        changed: &Integration,
        event: Option<&IntegrationEvent>,
    ) -> Result<bool, StoreError>;

    /// Adds a credential, if it may join those of its integration. One with the same id stays as it is.
    ///
    /// # Guarantees
    /// Nobody else adds one to the integration between [`Credential::admission`] and the row.
    async fn add_credential(&self, credential: &Credential) -> Result<Admission, StoreError>;

    /// Revokes a credential; answers whether there is one. One that is revoked already stays as it is.
    async fn revoke_credential(
        &self,
        of: IntegrationId,
        id: &CredentialId,
        revocation: &Revocation,
    ) -> Result<bool, StoreError>;

    /// The credentials of these integrations that can be used at an instant.
    async fn usable_credentials(
        &self,
        of: &[IntegrationId],
        at: DateTime<Utc>,
    ) -> Result<Vec<Credential>, StoreError>;

    /// Adds uses to what is known of credentials.
    async fn add_uses(&self, uses: &[(CredentialId, Usage)]) -> Result<(), StoreError>;
}

/// Where the provisioning log is.
#[async_trait]
pub trait ProvisioningLog: Send + Sync {
    /// Adds entries. A request that has one already, because it changed something, is passed over.
    async fn append(&self, entries: &[LoggedRequest]) -> Result<(), StoreError>;

    /// Entries of an integration, newest first.
    ///
    /// # Guarantees
    /// It looks at [`LogQuery::looks`] entries at most, or at so many as the page holds of each outcome that is asked for. Where
    /// one condition is given besides the integration, and it is not `kind`, `without_health_checks` or an operation that a
    /// directory asks for all day long, it looks at no more than it answers.
    async fn entries(&self, of: IntegrationId, query: &LogQuery) -> Result<LogPage, StoreError>;

    /// Forgets up to `limit` entries of an integration that are older; answers how many.
    async fn forget(&self, of: IntegrationId, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;
}

/// An event about an integration itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationEvent {
    /// The event.
    pub event: NewEvent,
    /// When.
    pub at: DateTime<Utc>,
    /// Id of the request that caused it.
    pub txn: Uuid,
}
