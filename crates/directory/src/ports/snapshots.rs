use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use events::Sequence;
use uuid::Uuid;

use crate::{
    GroupId, GroupRecord, IntegrationId, IntegrationSlug, MemberPosition, Snapshot, SnapshotId,
    SnapshotProgress, StoreError, UserId, UserRecord,
};

/// Where snapshots are kept while they are told, and afterwards.
#[async_trait]
pub trait Snapshots: Send + Sync {
    /// Adds a snapshot, unless one of the same has not ended: then answers that.
    async fn begin(&self, snapshot: &Snapshot) -> Result<Snapshot, StoreError>;

    /// The snapshot of that id.
    async fn snapshot(&self, of: IntegrationId, id: SnapshotId) -> Result<Option<Snapshot>, StoreError>;

    /// The newest snapshots of an integration, newest first.
    async fn latest(&self, of: IntegrationId, limit: u32) -> Result<Vec<Snapshot>, StoreError>;

    /// The enabled integrations that neither were made nor had a snapshot of everything begun since `since`.
    async fn integrations_without(&self, since: DateTime<Utc>) -> Result<Vec<IntegrationSlug>, StoreError>;

    /// Leases a snapshot that has not ended to `worker`: of those that are free or the worker's own, the one whose
    /// turn is the longest ago.
    ///
    /// # Guarantees
    /// No two workers hold the same one while a lease lasts; time is the store's. Nothing is locked afterwards.
    async fn claim_next(&self, worker: WorkerId, lease: Duration) -> Result<Option<Snapshot>, StoreError>;

    /// Puts the event into the outbox and moves the snapshot on, in one transaction; answers whether it did.
    ///
    /// # Guarantees
    /// It does so only for the worker that claimed it last, and only when the event before this one was the last: no
    /// number is told twice and none is left out.
    async fn advance(&self, worker: WorkerId, progress: &SnapshotProgress) -> Result<bool, StoreError>;
}

/// What exists, with the sequences that events carry, a page at a time.
///
/// # Guarantees
/// A page is as of one moment, its sequences included, in the order of ids, and costs in proportion to its size.
#[async_trait]
pub trait StateReader: Send + Sync {
    /// The first `limit` live users behind `after`.
    async fn users_after(
        &self,
        of: IntegrationId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Sequenced<UserRecord>>, StoreError>;

    /// The first `limit` live groups behind `after`.
    async fn groups_after(
        &self,
        of: IntegrationId,
        after: Option<GroupId>,
        limit: u32,
    ) -> Result<Vec<Sequenced<GroupRecord>>, StoreError>;

    /// The first `limit` members from a position on, with their group; `None` when no such group lives.
    async fn members_from(
        &self,
        of: IntegrationId,
        position: MemberPosition,
        limit: u32,
    ) -> Result<Option<Sequenced<GroupMembers>>, StoreError>;
}

/// One worker among many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WorkerId(pub Uuid);

/// Something with the sequence that its newest change has.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequenced<T> {
    /// What it is.
    pub state: T,
    /// Its sequence.
    pub sequence: Sequence,
}

/// Some members of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMembers {
    /// The group.
    pub group: GroupId,
    /// Members in the order of their ids.
    pub members: Vec<UserId>,
}
