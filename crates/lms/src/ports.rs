use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use events::{Environment, EventId, Message, Sequence};
use uuid::Uuid;

use crate::{
    Candidate, Change, Cohort, CohortId, CohortSize, CohortView, EdgeKey, GroupLink, HoldId, IntegrationSlug,
    KnownState, Learner, LearnerCohort, LearnerId, LearnerSearch, LearnerView, MatchPosition, Newcomer,
    PortalId, Recheck, ResourceKey, ScimId, Status, StoreError, TrainingRecord, UserLink, VersionedRules,
};

/// The LMS database.
///
/// There is no way to delete a learner or a cohort, and none to write a training record.
#[async_trait]
pub trait LmsStore: Send + Sync {
    /// Makes integrations and their portals known. Those that are known stay as they are.
    async fn register(&self, integrations: &[Registration]) -> Result<(), StoreError>;

    /// Reads everything that a batch of events is about, in a number of queries that does not grow with the batch.
    ///
    /// # Guarantees
    /// The link of the current user of every answered learner is answered too, and so for cohorts.
    async fn load(&self, footprint: &Footprint) -> Result<Snapshot, StoreError>;

    /// Commits everything or nothing.
    ///
    /// # Guarantees
    /// Memberships of origin scim follow from the edges: a learner is in a cohort while the current user of the
    /// one is a present member of a current group of the other. This holds for all edges and rejoined rows of the
    /// change when it has committed, whatever other replicas commit meanwhile. Whoever names a woken user as manager is
    /// due to be decided anew afterwards.
    ///
    /// # Errors
    /// `Clash` when a row or a counter is no longer what the change was decided on, or an event was handled by someone
    /// else.
    async fn commit(&self, change: &Change) -> Result<(), StoreError>;

    /// Answers when the database works.
    async fn probe(&self) -> Result<(), StoreError>;

    /// Finds out what only the rules can ask for.
    async fn supplement(&self, question: &Question) -> Result<Supplement, StoreError>;

    /// Parked events whose time has come to be given again, the longest parked first.
    ///
    /// An event is due some minutes after it was parked, and later after each time that it was parked again: at most
    /// an hour. One that waits for a seat is due as soon as there is one; one that was given up, when somebody asks.
    async fn due_parked(&self, limit: u32) -> Result<Vec<Message>, StoreError>;

    /// A detached integration whose people and cohorts are not all the LMS's own yet.
    async fn unsettled_detachment(&self) -> Result<Option<IntegrationSlug>, StoreError>;

    /// Makes so many people of a detached integration the LMS's own; once there are none left, all else. Nothing about
    /// them changes but whose they are.
    async fn detach_some(&self, integration: &IntegrationSlug, people: u32) -> Result<(), StoreError>;

    /// Resources that are to be decided anew, the oldest request first. Exemptions whose end has come ask for it here.
    async fn due_rechecks(&self, limit: u32) -> Result<Vec<Recheck>, StoreError>;
}

/// Which events were handled.
///
/// It spares the work of deciding what comes again. What is older than the state that it would change is refused without
/// it, by its sequence.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// The instant by the database's clock. By it is judged what is forgotten: a process whose own clock is wrong must not
    /// forget what is young.
    async fn now(&self) -> Result<DateTime<Utc>, StoreError>;

    /// Forgets some of the events that were handled before an instant, so many at most; answers how many.
    async fn forget_handled(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;
}

/// What waits for a person, in all integrations together.
#[async_trait]
pub trait Waiting: Send + Sync {
    /// How much of it there is now.
    async fn counts(&self) -> Result<WaitingCounts, StoreError>;
}

/// Counts of what waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingCounts {
    /// Events that were parked.
    pub parked: u64,
    /// Holds that nobody has decided.
    pub open_holds: u64,
}

/// What the LMS holds, for those who look.
#[async_trait]
pub trait LmsReader: Send + Sync {
    /// Learners of an integration in the order of their ids, after the cursor.
    ///
    /// # Guarantees
    /// What it costs grows with the page, not with the learners, whatever they are narrowed to.
    async fn learners(
        &self,
        integration: &IntegrationSlug,
        narrowed: Narrowed<'_>,
        page: Page<LearnerId>,
    ) -> Result<Vec<LearnerView>, StoreError>;

    /// Matches of a search among the learners of an integration, in the order of their positions, `limit` at most after
    /// one. A learner matches by each value that begins so.
    ///
    /// # Guarantees
    /// What it costs grows with the limit, not with the learners.
    async fn search(
        &self,
        integration: &IntegrationSlug,
        search: &LearnerSearch,
        after: Option<&MatchPosition>,
        limit: u32,
    ) -> Result<Vec<LearnerMatch>, StoreError>;

    /// Cohorts of an integration in the order of their ids, after the cursor, each with its members.
    async fn cohorts(
        &self,
        integration: &IntegrationSlug,
        page: Page<CohortId>,
    ) -> Result<Vec<CohortView>, StoreError>;

    /// The same, each with the number of its members.
    async fn cohort_sizes(
        &self,
        integration: &IntegrationSlug,
        page: Page<CohortId>,
    ) -> Result<Vec<CohortSize>, StoreError>;

    /// Cohorts that the integration brought and the learner is in, by whatever origins, in the order of their ids after
    /// the cursor.
    ///
    /// # Guarantees
    /// What it costs grows with the cohorts of the learner, not with those that there are nor with their members.
    async fn cohorts_of(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
        page: Page<CohortId>,
    ) -> Result<Vec<LearnerCohort>, StoreError>;

    /// Training records of a learner of the integration, the oldest first.
    async fn training_records(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
    ) -> Result<Vec<TrainingRecord>, StoreError>;
}

/// A value of a learner that begins as was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearnerMatch {
    /// Where it stands.
    pub position: MatchPosition,
    /// Whether no value of the learner that matches stands before it.
    pub is_first: bool,
    /// The learner, if the directory brought them.
    pub learner: Option<LearnerView>,
}

/// Which learners are listed.
#[derive(Clone, Copy, Debug)]
pub enum Narrowed<'a> {
    /// All of them, the erased too.
    No,
    /// Those whose login has the same [`fold`](crate::fold), of one status or of any.
    ToLogin(&'a str, Option<Status>),
    /// Those of a status.
    ToStatus(Status),
    /// The one that is this user of the directory, of one status or of any.
    ToScimId(ScimId, Option<Status>),
}

/// Part of a list: so many rows after a cursor.
#[derive(Clone, Copy, Debug)]
pub struct Page<Id> {
    /// Last id of the page before; `None` for the first page.
    pub after: Option<Id>,
    /// Most rows to answer.
    pub limit: u32,
}

/// An integration as an event tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The integration.
    pub integration: IntegrationSlug,
    /// Code of its portal.
    pub portal_code: String,
    /// Its environment.
    pub environment: Environment,
    /// Id for the portal, if the LMS does not have it yet.
    pub portal: PortalId,
}

/// What a batch of events is about.
#[derive(Clone, Debug, Default)]
pub struct Footprint {
    /// The events themselves.
    pub events: BTreeSet<EventId>,
    /// Integrations that they come from. A store may answer with nothing of others.
    pub integrations: BTreeSet<IntegrationSlug>,
    /// Users that they are about.
    pub users: BTreeSet<ResourceKey>,
    /// Groups that they are about.
    pub groups: BTreeSet<ResourceKey>,
    /// External ids of those users.
    pub user_external_ids: BTreeSet<(IntegrationSlug, String)>,
    /// External ids of those groups.
    pub group_external_ids: BTreeSet<(IntegrationSlug, String)>,
    /// Ranges of ids that snapshots tell of.
    pub ranges: Vec<Range>,
}

/// Ids of one kind between two bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The tenant.
    pub integration: IntegrationSlug,
    /// Ids of what.
    pub kind: IdRange,
    /// Itself not included; none: from the beginning.
    pub after: Option<Uuid>,
    /// Itself included; none: to the end.
    pub through: Option<Uuid>,
}

/// What the ids of a range are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdRange {
    /// SCIM users.
    Users,
    /// SCIM groups.
    Groups,
    /// SCIM users as members of a group.
    Members(ScimId),
}

impl Range {
    /// Whether the id lies in the range.
    pub fn contains(&self, id: Uuid) -> bool {
        self.after.is_none_or(|after| id > after) && self.through.is_none_or(|through| id <= through)
    }
}

/// What a store knows about a footprint; it may answer more.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Those of the events that are done with.
    pub handled: BTreeSet<EventId>,
    /// Known integrations.
    pub integrations: BTreeMap<IntegrationSlug, KnownIntegration>,
    /// Links of users, also of those that lie in a range and exist as far as is known.
    pub user_links: BTreeMap<ResourceKey, UserLink>,
    /// Links of groups, likewise.
    pub group_links: BTreeMap<ResourceKey, GroupLink>,
    /// Learners that are linked, or that hold one of the external ids.
    pub learners: Vec<Stored<Learner>>,
    /// Cohorts that are linked, that belong to one of the groups, or that hold one of the external ids.
    pub cohorts: Vec<Stored<Cohort>>,
    /// Edges and memberships of the ranges of members.
    pub edges: Vec<StoredEdge>,
}

/// An edge as it is stored, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEdge {
    /// Group and user.
    pub key: EdgeKey,
    /// Its position; none of a membership without an edge.
    pub sequence: Option<Sequence>,
    /// Whether the user is a member of the group.
    pub present: bool,
    /// Whether the learner is in the cohort for the directory's sake, and for that of no other edge.
    pub is_member: bool,
    /// Whether the learner should be.
    pub is_effective: bool,
    /// The learner, if the user is one.
    pub learner: Option<LearnerId>,
}

/// What the rules ask for, once the links are known.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Users who are nobody yet.
    pub newcomers: Vec<Newcomer>,
    /// Users who are named as managers.
    pub managers: BTreeSet<ResourceKey>,
    /// Cohorts of the LMS that rules link groups to.
    pub cohorts: BTreeSet<CohortId>,
}

impl Question {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.newcomers.is_empty() && self.managers.is_empty() && self.cohorts.is_empty()
    }
}

/// Answers to a [`Question`].
#[derive(Clone, Debug, Default)]
pub struct Supplement {
    /// Whom newcomers may be, in the order of the learners' ids.
    pub candidates: BTreeMap<ResourceKey, Vec<Candidate>>,
    /// Learners of those managers who exist.
    pub managers: BTreeMap<ResourceKey, LearnerId>,
    /// Those of the cohorts that the LMS keeps.
    pub cohorts: Vec<Stored<Cohort>>,
}

/// An integration that is registered.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownIntegration {
    /// Its portal.
    pub portal: PortalId,
    /// Code of the portal.
    pub portal_code: String,
    /// Its environment.
    pub environment: Environment,
    /// Its state.
    pub state: KnownState,
    /// What holds for it.
    pub rules: Arc<VersionedRules>,
    /// Grows with every commit that was decided by the counters.
    pub revision: i64,
    /// Its learners who are active.
    pub active: u64,
    /// Its learners who were deactivated by the directory within the guard's window.
    pub departed: u64,
    /// Free seats of the portal; none when there is no limit.
    pub free_seats: Option<u64>,
    /// The hold that is open.
    pub open_hold: Option<HoldId>,
}

/// A row as it was read.
#[derive(Clone, Debug)]
pub struct Stored<T> {
    /// The row.
    pub row: T,
    /// Its version, for the commit.
    pub version: RowVersion,
    /// Whether the columns that are derived from the row agree with it. One that somebody wrote by hand may not, and
    /// is written again.
    pub is_consistent: bool,
}

/// Counts every write to a row, whoever wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowVersion(pub i64);
