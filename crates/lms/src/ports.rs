use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use events::{Environment, EventId, Message};

use crate::{
    Change, Cohort, CohortId, CohortView, GroupLink, IntegrationSlug, Learner, LearnerId, LearnerView,
    PortalId, ResourceKey, StoreError, TrainingRecord, UserLink,
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
    /// one is a present member of the current group of the other, and neither is deleted. This holds for all edges
    /// and rejoined rows of the change when it has committed, whatever other replicas commit meanwhile.
    ///
    /// # Errors
    /// `Clash` when a row is no longer what the change replaces, or an event was handled by someone else.
    async fn commit(&self, change: &Change) -> Result<(), StoreError>;

    /// Answers when the database works.
    async fn probe(&self) -> Result<(), StoreError>;

    /// Parked events whose time has come to be given again, the longest parked first.
    ///
    /// An event is due some minutes after it was parked, and later after each time that it was parked again: at most
    /// an hour.
    async fn due_parked(&self, limit: u32) -> Result<Vec<Message>, StoreError>;
}

/// What the LMS holds, for those who look.
#[async_trait]
pub trait LmsReader: Send + Sync {
    /// Learners of an integration in the order of their ids, after the cursor. `login` narrows to those whose
    /// login has the same [`fold`](crate::fold).
    async fn learners(
        &self,
        integration: &IntegrationSlug,
        login: Option<&str>,
        page: Page<LearnerId>,
    ) -> Result<Vec<LearnerView>, StoreError>;

    /// Cohorts of an integration in the order of their ids, after the cursor, each with its members.
    async fn cohorts(
        &self,
        integration: &IntegrationSlug,
        page: Page<CohortId>,
    ) -> Result<Vec<CohortView>, StoreError>;

    /// Training records of a learner of the integration, the oldest first.
    async fn training_records(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
    ) -> Result<Vec<TrainingRecord>, StoreError>;
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
    /// Integrations that they come from.
    pub integrations: BTreeSet<IntegrationSlug>,
    /// Users that they are about.
    pub users: BTreeSet<ResourceKey>,
    /// Groups that they are about.
    pub groups: BTreeSet<ResourceKey>,
    /// External ids of those users.
    pub user_external_ids: BTreeSet<(IntegrationSlug, String)>,
    /// External ids of those groups.
    pub group_external_ids: BTreeSet<(IntegrationSlug, String)>,
}

/// What a store knows about a footprint; it may answer more.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Those of the events that are done with.
    pub handled: BTreeSet<EventId>,
    /// Known integrations.
    pub integrations: BTreeMap<IntegrationSlug, KnownIntegration>,
    /// Links of users.
    pub user_links: BTreeMap<ResourceKey, UserLink>,
    /// Links of groups.
    pub group_links: BTreeMap<ResourceKey, GroupLink>,
    /// Learners that are linked, or that hold one of the external ids.
    pub learners: Vec<Stored<Learner>>,
    /// Cohorts that are linked, or that hold one of the external ids.
    pub cohorts: Vec<Stored<Cohort>>,
}

/// An integration that is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownIntegration {
    /// Its portal.
    pub portal: PortalId,
    /// Code of the portal.
    pub portal_code: String,
    /// Its environment.
    pub environment: Environment,
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
