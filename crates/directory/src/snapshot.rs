//! Telling the state of a whole integration again, as events.
//!
//! ```text
//! request ──▶ Snapshot ──▶ worker: claim ─▶ read a page ─▶ chunk ─▶ advance (event + position, one transaction) ─┐
//!                             ▲                                                                                  │
//!                             └──────────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! Users come first, then groups, then the members of each group: whoever applies the chunks as they come knows a user
//! before the user's groups. Each chunk says by itself what exists in a range of ids, so nothing needs to stand still
//! while a snapshot is told.

mod chunk;
mod one;
mod worker;

use chrono::{DateTime, Utc};
use events::Subject;
use uuid::Uuid;

use crate::{GroupId, IntegrationId, NewEvent, UserId};

pub use worker::{SnapshotSettings, SnapshotStep, SnapshotStepError, SnapshotWorker};

/// Identity of a snapshot: `txn` of all its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotId(pub Uuid);

/// The state of a whole integration, or of one of its resources, on its way out as events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Identity.
    pub id: SnapshotId,
    /// Whose state it is.
    pub integration: IntegrationId,
    /// The user or group that alone is told; of a group the members too.
    pub only: Option<Subject>,
    /// Who asked for it.
    pub requested_by: String,
    /// When.
    pub began: DateTime<Utc>,
    /// What was told last.
    pub position: SnapshotPosition,
    /// How much was told so far.
    pub told: Told,
    /// When its end was told.
    pub finished: Option<DateTime<Utc>>,
}

impl Snapshot {
    /// One that nothing was told of yet.
    pub fn new(
        id: SnapshotId,
        integration: IntegrationId,
        requested_by: String,
        began: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            integration,
            only: None,
            requested_by,
            began,
            position: SnapshotPosition::Users { after: None },
            told: Told::default(),
            finished: None,
        }
    }

    /// The same of one user or group alone.
    #[must_use]
    pub fn of_one(self, subject: Subject) -> Self {
        Self { only: Some(subject), position: one::beginning(subject), ..self }
    }
}

/// Where a snapshot goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotPosition {
    /// With the users behind this one.
    Users {
        /// `None`: from the beginning.
        after: Option<UserId>,
    },
    /// With the groups behind this one.
    Groups {
        /// `None`: from the beginning.
        after: Option<GroupId>,
    },
    /// With members.
    Members(MemberPosition),
}

/// Where a snapshot goes on among the members of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberPosition {
    /// With the first group.
    FirstGroup,
    /// With the group behind this one, whose members have all been told.
    GroupAfter(GroupId),
    /// With the other members of this group.
    Rest {
        /// The group.
        group: GroupId,
        /// The last member that was told.
        after: UserId,
    },
}

/// How much was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Chunks.
    pub chunks: u32,
    /// Users in them.
    pub users: u32,
    /// Groups in them.
    pub groups: u32,
    /// Memberships in them.
    pub members: u64,
}

/// One more event of a snapshot, and where it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotProgress {
    /// The snapshot afterwards.
    pub after: Snapshot,
    /// Number of the event within the snapshot, from 1; the version in its sequence.
    pub number: u32,
    /// The event.
    pub event: NewEvent,
    /// When.
    pub at: DateTime<Utc>,
}
