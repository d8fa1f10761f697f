use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use events::v1::{SnapshotChunk, SnapshotEnd};
use events::{EventId, EventType, Subject, SubjectKind};

use super::chunk::{self, MEMBERS_TO_READ, Page, RESOURCES_TO_READ};
use super::{MemberPosition, Snapshot, SnapshotPosition, SnapshotProgress, Told, one};
use crate::caller::derived_id;
use crate::{GroupId, NewEvent, Outbox, Snapshots, StateReader, StoreError, UserId, WorkerId};

/// Events that may wait in the outbox before a snapshot does. A change that Entra makes is behind no more than these.
const MOST_UNSENT: u32 = 200;

/// Tells snapshots, one event at a time.
///
/// Any number may work side by side: each snapshot is leased to one of them at a time. One that dies leaves its snapshot
/// to the others when the lease ends; they go on behind the last event that was committed.
pub struct SnapshotWorker {
    id: WorkerId,
    snapshots: Arc<dyn Snapshots>,
    states: Arc<dyn StateReader>,
    outbox: Arc<dyn Outbox>,
    settings: SnapshotSettings,
}

/// How snapshots are told.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotSettings {
    /// How long a claimed snapshot is this worker's. Nothing but wasted work rests on it.
    pub lease: Duration,
    /// How long before a page is read all changes are settled. Longer than any request may take, clocks that differ
    /// included: a user who was created by a request under way must not be taken for one who is gone.
    pub margin: chrono::Duration,
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotStep {
    /// One more event was told; the snapshot as it is now.
    Told(Snapshot),
    /// There is one to tell, but not now: the outbox is full, or another worker has taken it over.
    NotNow,
    /// There is nothing to tell.
    Nothing,
}

/// A step was not made; nothing was told.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotStepError {
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// A resource could not be told as an event. A fault of this program.
    #[error("the event could not be written")]
    Event(#[from] serde_json::Error),
}

impl SnapshotWorker {
    /// A worker known as `id`.
    pub fn new(
        id: WorkerId,
        snapshots: Arc<dyn Snapshots>,
        states: Arc<dyn StateReader>,
        outbox: Arc<dyn Outbox>,
        settings: SnapshotSettings,
    ) -> Self {
        Self { id, snapshots, states, outbox, settings }
    }

    /// One step of the snapshot whose turn it is: claim, read a page, tell it.
    ///
    /// # Errors
    /// When the store failed. Calling it again is always right.
    pub async fn step(&self, now: DateTime<Utc>) -> Result<SnapshotStep, SnapshotStepError> {
        let now = now.trunc_subsecs(3);
        let Some(snapshot) = self.snapshots.claim_next(self.id, self.settings.lease).await? else {
            return Ok(SnapshotStep::Nothing);
        };
        if self.outbox.unsent_up_to(MOST_UNSENT + 1).await? > MOST_UNSENT {
            return Ok(SnapshotStep::NotNow);
        }
        let progress = match self.read(&snapshot).await? {
            Some(page) => told(snapshot, page, now, now - self.settings.margin)?,
            None => ended(snapshot, now)?,
        };
        match self.snapshots.advance(self.id, &progress).await? {
            true => Ok(SnapshotStep::Told(progress.after)),
            false => Ok(SnapshotStep::NotNow),
        }
    }

    /// The next page; `None` when all has been told.
    async fn read(&self, snapshot: &Snapshot) -> Result<Option<Page>, SnapshotStepError> {
        let of = snapshot.integration;
        if let Some(subject) = snapshot.only {
            return self.read_one(snapshot, subject).await;
        }
        match snapshot.position {
            SnapshotPosition::Users { after } => {
                let found = self.states.users_after(of, after, RESOURCES_TO_READ).await?;
                Ok(Some(chunk::of_users(after, &found)?))
            }
            SnapshotPosition::Groups { after } => {
                let found = self.states.groups_after(of, after, RESOURCES_TO_READ).await?;
                Ok(Some(chunk::of_groups(after, &found)?))
            }
            SnapshotPosition::Members(position) => Ok(self.read_members(snapshot, position).await?),
        }
    }

    /// The next page of a snapshot that tells one resource.
    async fn read_one(
        &self,
        snapshot: &Snapshot,
        subject: Subject,
    ) -> Result<Option<Page>, SnapshotStepError> {
        if one::is_told(subject, snapshot.position) {
            return Ok(None);
        }
        let of = snapshot.integration;
        match snapshot.position {
            SnapshotPosition::Users { after } => {
                let found = self.states.users_after(of, after, 1).await?;
                let found = found.first().filter(|user| user.state.id.0 == subject.id);
                Ok(Some(chunk::of_user(after, UserId(subject.id), found)?))
            }
            SnapshotPosition::Groups { after } => {
                let found = self.states.groups_after(of, after, 1).await?;
                let found = found.first().filter(|group| group.state.id.0 == subject.id);
                Ok(Some(chunk::of_group(after, GroupId(subject.id), found)?))
            }
            SnapshotPosition::Members(position) => {
                let found = self.states.members_from(of, position, MEMBERS_TO_READ).await?;
                // Deleted since the group was told: its own event says so.
                let found = found.filter(|found| found.state.group.0 == subject.id);
                Ok(found.map(|found| chunk::of_members(position, &found)))
            }
        }
    }

    async fn read_members(
        &self,
        snapshot: &Snapshot,
        position: MemberPosition,
    ) -> Result<Option<Page>, StoreError> {
        let of = snapshot.integration;
        if let Some(found) = self.states.members_from(of, position, MEMBERS_TO_READ).await? {
            return Ok(Some(chunk::of_members(position, &found)));
        }
        let MemberPosition::Rest { group, .. } = position else { return Ok(None) };
        // Deleted since its first members were told: its own event says so.
        let next = MemberPosition::GroupAfter(group);
        let found = self.states.members_from(of, next, MEMBERS_TO_READ).await?;
        Ok(found.map(|found| chunk::of_members(next, &found)))
    }
}

fn told(
    snapshot: Snapshot,
    page: Page,
    now: DateTime<Utc>,
    settled_before: DateTime<Utc>,
) -> Result<SnapshotProgress, serde_json::Error> {
    let number = snapshot.told.chunks.saturating_add(1);
    let data = SnapshotChunk {
        snapshot_id: snapshot.id.0.to_string(),
        number,
        settled_before: Some(settled_before.into()),
        content: Some(page.content),
    };
    let event = new_event(&snapshot, EventType::SnapshotChunk, number, serde_json::to_string(&data)?);
    let after = Snapshot { position: page.next, told: snapshot.told.and(page.told), ..snapshot };
    Ok(SnapshotProgress { after, number, event, at: now })
}

fn ended(snapshot: Snapshot, now: DateTime<Utc>) -> Result<SnapshotProgress, serde_json::Error> {
    let Told { chunks, users, groups, members } = snapshot.told;
    let data = SnapshotEnd {
        snapshot_id: snapshot.id.0.to_string(),
        chunks,
        users,
        groups,
        members,
        began_at: Some(snapshot.began.into()),
    };
    let number = chunks.saturating_add(1);
    let event = new_event(&snapshot, EventType::SnapshotEnded, number, serde_json::to_string(&data)?);
    let after = Snapshot { finished: Some(now), ..snapshot };
    Ok(SnapshotProgress { after, number, event, at: now })
}

fn new_event(snapshot: &Snapshot, event_type: EventType, number: u32, data: String) -> NewEvent {
    NewEvent {
        id: EventId(derived_id(snapshot.id.0, snapshot.began, number)),
        event_type,
        subject: Subject { kind: SubjectKind::Integration, id: snapshot.integration.0 },
        data,
    }
}

impl Told {
    fn and(self, more: Self) -> Self {
        Self {
            chunks: self.chunks.saturating_add(more.chunks),
            users: self.users.saturating_add(more.users),
            groups: self.groups.saturating_add(more.groups),
            members: self.members.saturating_add(more.members),
        }
    }
}
