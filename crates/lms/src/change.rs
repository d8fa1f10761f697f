use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use events::v1::{Group, User};
use events::{Applied, EventId, Message, Sequence, Subject, SubjectKind};
use uuid::Uuid;

use crate::overwrite::ConflictKind;
use crate::{
    Attribute, Candidate, Cause, Cohort, CohortId, Drift, Edge, Effect, HoldId, IntegrationSlug,
    IntegrationState, Learner, LearnerId, Link, Occasion, ParkReason, ResourceKey, RowVersion, RulesVersion,
};

/// Everything that a batch of events means, to be committed whole.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Integrations that it touches. A store may refuse rows of others, but for what is parked or postponed.
    pub integrations: BTreeSet<IntegrationSlug>,
    /// Counters that it was decided on, by integration; another value now is a clash.
    pub revisions: BTreeMap<IntegrationSlug, i64>,
    /// Rules that it was decided by, by integration; another version in force now is a clash.
    pub rules: BTreeMap<IntegrationSlug, RulesVersion>,
    /// Those of them that were decided as detached; a detachment since is a clash.
    pub detached: BTreeSet<IntegrationSlug>,
    /// Whom named managers were decided to be, before the change; somebody else, or nobody, now is a clash.
    pub managers: BTreeMap<ResourceKey, Option<LearnerId>>,
    /// States of integrations. A detachment is never undone, and a store keeps the newest of all others.
    pub states: BTreeMap<IntegrationSlug, (IntegrationState, Sequence)>,
    /// Events that are done with.
    pub handled: Vec<HandledEvent>,
    /// Events that wait for a person.
    pub parked: Vec<ParkedEvent>,
    /// Learners to insert or replace.
    pub learners: Vec<Write<Learner>>,
    /// Cohorts to insert or replace.
    pub cohorts: Vec<Write<Cohort>>,
    /// How far users were followed.
    pub user_links: Vec<LinkWrite<LearnerId, User>>,
    /// How far groups were followed.
    pub group_links: Vec<LinkWrite<CohortId, Group>>,
    /// Edges; a store keeps the newer of these and its own.
    pub edges: Vec<Edge>,
    /// Learners whose memberships have to be derived from the edges anew.
    pub rejoined_learners: BTreeSet<LearnerId>,
    /// Cohorts whose memberships have to be derived from the edges anew.
    pub rejoined_cohorts: BTreeSet<CohortId>,
    /// Edits that were undone, and the like.
    pub conflicts: Vec<Conflict>,
    /// Learners who became inactive because the directory said so, by integration.
    pub departures: BTreeMap<IntegrationSlug, u32>,
    /// Holds that begin.
    pub holds: Vec<OpenedHold>,
    /// Newcomers who may be somebody known, with all whom they may be.
    pub adoptions: Vec<(ResourceKey, Vec<Candidate>)>,
    /// Users who came to be, or ceased to be, a learner: whoever names them as manager is to be decided anew.
    pub woken: BTreeSet<ResourceKey>,
    /// Resources that were to be decided anew, and are.
    pub rechecked: Vec<Recheck>,
    /// Resources that were to be decided anew and could not, with the reason.
    pub postponed: Vec<(Recheck, ParkReason)>,
    /// Parts of snapshots that were compared.
    pub chunks: Vec<ComparedChunk>,
    /// Snapshots whose number of parts is known now.
    pub ended_runs: Vec<EndedRun>,
    /// What was found different.
    pub drift: Vec<Drift>,
    /// What came of the events. Of what is parked again, a store keeps the first alone.
    pub effects: Vec<Effect>,
}

/// A row to be written.
#[derive(Clone, Debug)]
pub struct Write<T> {
    /// The row after the change.
    pub row: T,
    /// Version of the row that the decision was made on; `None` inserts.
    pub replaces: Option<RowVersion>,
}

/// A link to be written.
#[derive(Clone, Debug)]
pub struct LinkWrite<Target, State> {
    /// Which resource.
    pub key: ResourceKey,
    /// The link after the change.
    pub link: Link<Target, State>,
    /// Position that the decision was made on; `None` inserts.
    pub replaces: Option<Sequence>,
}

/// An event that is done with.
#[derive(Clone, Debug)]
pub struct HandledEvent {
    /// The event.
    pub id: EventId,
    /// Its tenant.
    pub integration: IntegrationSlug,
    /// What it was about.
    pub subject: Subject,
    /// Its position.
    pub sequence: Sequence,
    /// What came of it.
    pub outcome: Applied,
}

/// An event that waits for a person.
#[derive(Clone, Debug)]
pub struct ParkedEvent {
    /// The message as it came.
    pub message: Message,
    /// The tenant, as far as the message could be read.
    pub integration: Option<IntegrationSlug>,
    /// What it is about, likewise.
    pub subject: Option<Subject>,
    /// Which request it goes back to, likewise.
    pub occasion: Option<Occasion>,
    /// Why it cannot be applied.
    pub reason: ParkReason,
}

/// A disagreement between the LMS and the directory, for those who ask why a value changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The tenant.
    pub integration: IntegrationSlug,
    /// Whose value.
    pub learner: LearnerId,
    /// Which one; none for the status.
    pub attribute: Option<Attribute>,
    /// What was done.
    pub kind: ConflictKind,
    /// What the LMS had.
    pub lms_value: Option<String>,
    /// What the directory says.
    pub source_value: Option<String>,
    /// In which version of the rules.
    pub rules: RulesVersion,
    /// The event that the directory's value came with.
    pub cause: Cause,
}

/// A hold of the mass-change guard that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedHold {
    /// The hold.
    pub id: HoldId,
    /// Whose deactivations are held.
    pub integration: IntegrationSlug,
    /// Deactivations of the window before it.
    pub departed: u64,
    /// Learners of the integration who are active.
    pub active: u64,
}

/// A resource that is to be decided anew from its last state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recheck {
    /// Which resource.
    pub key: ResourceKey,
    /// User or group.
    pub kind: SubjectKind,
    /// Mark of the request, for the store alone: a newer request for the same resource has another.
    pub request: String,
}

/// A part of a snapshot that was compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedChunk {
    /// The snapshot.
    pub run: Uuid,
    /// The tenant.
    pub integration: IntegrationSlug,
    /// Number of the part, from 1.
    pub number: u32,
}

/// A snapshot whose number of parts is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedRun {
    /// The snapshot.
    pub run: Uuid,
    /// The tenant.
    pub integration: IntegrationSlug,
    /// Parts.
    pub chunks: u32,
    /// Users that the directory holds.
    pub users: u32,
    /// Groups that it holds.
    pub groups: u32,
    /// Memberships that it holds.
    pub members: u64,
    /// When it began to read.
    pub began_at: Option<DateTime<Utc>>,
}
