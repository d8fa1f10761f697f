use std::collections::BTreeSet;

use events::{Applied, EventId, Message, Sequence, Subject};

use crate::{
    Cohort, CohortId, Edge, IntegrationSlug, Learner, LearnerId, Link, ParkReason, ResourceKey, RowVersion,
};

/// Everything that a batch of events means, to be committed whole.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Integrations that it touches.
    pub integrations: BTreeSet<IntegrationSlug>,
    /// Events that are done with.
    pub handled: Vec<HandledEvent>,
    /// Events that wait for a person.
    pub parked: Vec<ParkedEvent>,
    /// Learners to insert or replace.
    pub learners: Vec<Write<Learner>>,
    /// Cohorts to insert or replace.
    pub cohorts: Vec<Write<Cohort>>,
    /// How far users were followed.
    pub user_links: Vec<LinkWrite<LearnerId>>,
    /// How far groups were followed.
    pub group_links: Vec<LinkWrite<CohortId>>,
    /// Edges; a store keeps the newer of these and its own.
    pub edges: Vec<Edge>,
    /// Learners whose memberships have to be derived from the edges anew.
    pub rejoined_learners: BTreeSet<LearnerId>,
    /// Cohorts whose memberships have to be derived from the edges anew.
    pub rejoined_cohorts: BTreeSet<CohortId>,
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
pub struct LinkWrite<Target> {
    /// Which resource.
    pub key: ResourceKey,
    /// The link after the change.
    pub link: Link<Target>,
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
    /// Why it cannot be applied.
    pub reason: ParkReason,
}
