use events::Sequence;

use crate::{CohortId, IntegrationSlug, LearnerId, ScimId};

/// What remembers how far a SCIM user or group has been followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link<Target> {
    /// Learner or cohort that the resource was joined to.
    pub target: Target,
    /// Position of the newest event that was handled.
    pub sequence: Sequence,
    /// The resource was deleted.
    pub tombstoned: bool,
}

/// Link of a SCIM user.
pub type UserLink = Link<LearnerId>;
/// Link of a SCIM group.
pub type GroupLink = Link<CohortId>;

/// Names a resource of an integration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceKey {
    /// The tenant.
    pub integration: IntegrationSlug,
    /// The resource.
    pub scim_id: ScimId,
}

/// How an event stands to what was handled before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Age {
    /// It is newer, or the first.
    Newer,
    /// It is the one that was handled last.
    Same,
    /// Something newer was handled.
    Older,
}

impl<Target> Link<Target> {
    /// Compares an event of the same resource with the newest handled one.
    pub(crate) fn age_of(&self, sequence: Sequence) -> Age {
        match sequence.cmp(&self.sequence) {
            std::cmp::Ordering::Greater => Age::Newer,
            std::cmp::Ordering::Equal => Age::Same,
            std::cmp::Ordering::Less => Age::Older,
        }
    }
}

/// Position of a resource among those that held one external id, whatever its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Incarnation {
    epoch: i32,
    number: i32,
}

impl From<Sequence> for Incarnation {
    fn from(sequence: Sequence) -> Self {
        Self { epoch: sequence.epoch, number: sequence.incarnation }
    }
}
