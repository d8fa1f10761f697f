#![doc = include_str!("../README.md")]

pub mod admin;
mod attempts;
mod caller;
mod change;
mod cursor;
mod error;
mod event_data;
mod groups;
mod ids;
mod integration;
mod listing;
mod ports;
mod precondition;
mod queues;
mod record;
mod relay;
mod search;
mod snapshot;
mod token;
mod users;

use std::sync::Arc;

pub use caller::Caller;
pub use change::{
    Change, Committed, KeyChange, LogEntry, MemberChange, Mutation, NetMembers, NewEvent, Operation,
};
pub use cursor::CURSOR_SECONDS;
pub use error::DirectoryError;
pub use groups::GroupView;
pub use ids::{GroupId, IntegrationId, UserId, Version};
pub use integration::{Integration, IntegrationSlug, IntegrationState, InvalidSlug};
pub use listing::{Listed, Listing};
pub use ports::{
    Backlog, CommitError, Credential, DirectoryStore, GroupMembers, IntegrationStore, NewToken, Outbox,
    OutboxEvent, Page, Position, Query, QueryError, RelayId, Selected, Sequenced, Snapshots, StateReader,
    StoreError, UniqueAttribute, WorkerId,
};
pub use precondition::IfMatch;
pub use record::{GroupLink, GroupRecord, Member, UserRecord, UserView};
pub use relay::{Pass, Relay, RelayError, RelaySettings};
pub use search::{Found, KindQuery, Search};
pub use snapshot::{
    MemberPosition, Snapshot, SnapshotId, SnapshotPosition, SnapshotProgress, SnapshotSettings, SnapshotStep,
    SnapshotStepError, SnapshotWorker, Told,
};
pub use token::{ProvisioningToken, SecretDigest, TokenId};

/// The service provider's use cases over one store.
#[derive(Clone)]
pub struct Directory {
    store: Arc<dyn DirectoryStore>,
    writers: queues::WriterQueues,
}

impl Directory {
    /// A directory that keeps its resources in `store`.
    pub fn new(store: Arc<dyn DirectoryStore>) -> Self {
        Self { store, writers: queues::WriterQueues::new() }
    }
}
