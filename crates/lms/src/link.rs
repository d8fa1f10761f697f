use events::Sequence;
use events::v1::{Group, User};

use crate::{Cause, CohortId, HoldId, IntegrationSlug, LearnerId, ScimId};

/// What is remembered of a SCIM user or group: how far it was followed, and what it last said.
///
/// Because the last state is kept, everything can be decided anew without the directory: after a change of rules, the
/// end of an exemption, or the decision of a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Link<Target, State> {
    /// Learner or cohort that the resource was joined to; none while that is undecided or not wanted.
    pub target: Option<Target>,
    /// Position of the newest event that was handled.
    pub sequence: Sequence,
    /// Where the resource stands in its life.
    pub phase: Phase,
    /// What the newest event said. Absent for superseded resources and for erased people.
    pub source: Option<Source<State>>,
    /// Why the learner does not follow what was said.
    pub wait: Option<Wait>,
}

/// The last state of a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Source<State> {
    /// The whole resource; of a deleted one, as it last was.
    pub state: State,
    /// The event that carried it.
    pub cause: Cause,
}

/// Where a resource stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It exists.
    Current,
    /// It was deleted. The link stays, so that what comes late is recognised as late.
    Deleted,
    /// What it was joined to belongs to a newer incarnation.
    Superseded,
}

/// Why a learner does not follow the directory for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The mass-change guard holds the deactivation.
    Held {
        /// The hold.
        hold: HoldId,
        /// What was decided about it.
        state: HoldState,
    },
    /// Somebody who is known already may be the same person.
    Adoption {
        /// It was decided that this is somebody new.
        is_new_person: bool,
    },
    /// The learner is exempt.
    Exempt,
}

/// What was decided about a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HoldState {
    /// Nothing yet.
    Open,
    /// The deactivations are meant.
    Approved,
    /// They are not: the learners stay as they are until the directory says something new about them.
    Rejected,
}

/// Link of a SCIM user.
pub type UserLink = Link<LearnerId, User>;
/// Link of a SCIM group.
pub type GroupLink = Link<CohortId, Group>;

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

impl<Target: Copy, State> Link<Target, State> {
    /// What the resource is in the LMS, while it exists, or its deletion waits, and nothing newer took its place.
    pub(crate) fn effective_target(&self) -> Option<Target> {
        let is_kept = matches!(self.wait, Some(Wait::Held { .. } | Wait::Exempt));
        self.target.filter(|_| self.phase == Phase::Current || is_kept)
    }

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
