#![doc = include_str!("../README.md")]

pub mod admin;
mod attempts;
mod caller;
mod change;
mod credential;
mod cursor;
mod error;
mod event_data;
mod groups;
mod holder;
mod ids;
mod integration;
mod listing;
mod overview;
mod ports;
mod precondition;
mod provisioning_log;
mod queues;
mod record;
mod registry;
mod relay;
mod scopes;
mod search;
mod setup_findings;
mod sign_in;
mod snapshot;
mod token;
mod usage_meter;
mod users;

use std::sync::Arc;

pub use caller::{Caller, Entrance};
pub use change::{
    Change, Committed, KeyChange, LoggedChange, MemberChange, Mutation, NetMembers, NewEvent, Operation,
};
pub use credential::{
    Admission, Credential, CredentialKind, InvalidTenantId, LastUse, Proof, Registration, Revocation,
    TenantId, Unusable, Usage,
};
pub use cursor::CURSOR_SECONDS;
pub use error::DirectoryError;
pub use groups::GroupView;
pub use ids::{GroupId, IntegrationId, UserId, Version};
pub use integration::{Integration, IntegrationSettings, IntegrationSlug, IntegrationState, InvalidSlug};
pub use listing::{Listed, Listing};
pub use overview::{Activity, Bounded, COUNTED_UP_TO, Milestones, Summary};
pub use ports::{
    Backlog, CommitError, DirectoryStore, EventLog, GroupMembers, IntegrationEvent, IntegrationStore,
    LogPosition, LogStep, Outbox, OutboxEvent, Overview, Page, Position, ProvisioningLog, Query, QueryError,
    RelayId, Replay, Selected, Sequenced, Snapshots, StateReader, StoreError, UniqueAttribute, WorkerId,
};
pub use precondition::IfMatch;
pub use provisioning_log::{
    ChangedAttribute, LogEntry, LogPage, LogQuery, LoggedOperation, LoggedRequest, LookedBack, Mismatch,
    Origin, Outcome, PersonDigest,
};
pub use record::{GroupLink, GroupRecord, Member, UserRecord, UserView};
pub use registry::Registry;
pub use relay::{Pass, Relay, RelayError, RelaySettings};
pub use scopes::{Access, InvalidScopes, Scopes};
pub use search::{Found, KindQuery, Search};
pub use setup_findings::{FoundInSetup, SetupFinding, USERS_SAMPLED, findings_in};
pub use sign_in::{
    AccessGrant, FROM_ANOTHER_NETWORK, OF_ANOTHER_ENVIRONMENT, OF_ANOTHER_INTEGRATION, Refusal, SignInError,
};
pub use snapshot::{
    MemberPosition, Snapshot, SnapshotId, SnapshotPosition, SnapshotProgress, SnapshotSettings, SnapshotStep,
    SnapshotStepError, SnapshotWorker, Told,
};
pub use token::{CredentialId, ProvisioningToken, SecretDigest};
pub use usage_meter::UsageMeter;
pub use users::Modified;

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

    /// The same directory, reached by another way to its store.
    pub fn by_way_of(&self, store: Arc<dyn DirectoryStore>) -> Self {
        Self { store, writers: self.writers.clone() }
    }
}
