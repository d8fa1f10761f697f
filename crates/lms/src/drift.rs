use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Attribute, IntegrationSlug, ScimId};

/// A difference between the directory and the LMS that a snapshot showed. It was repaired in the same commit, unless
/// the guard, an exemption or a decision of a person stands before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// The snapshot.
    pub run: Uuid,
    /// The tenant.
    pub integration: IntegrationSlug,
    /// What differs.
    pub kind: DriftKind,
    /// The user or group; of a membership, the group.
    pub resource: ScimId,
    /// Of a membership, the user.
    pub member: Option<ScimId>,
    /// Of an edited learner, which attributes.
    pub attributes: Vec<Attribute>,
}

/// Hears of drift.
pub trait DriftListener: Send + Sync {
    /// What snapshots showed, once it is on record; at most once: who dies in between has told nobody.
    fn found(&self, drift: &[Drift]);
}

/// Nobody listens.
impl DriftListener for () {
    fn found(&self, _: &[Drift]) {}
}

/// How the LMS differs from the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DriftKind {
    /// The directory has a user of whom the LMS knows nothing.
    MissingUser,
    /// The LMS missed a change of the user.
    StaleUser,
    /// The LMS follows a user whom the directory does not have.
    ExtraUser,
    /// The learner's values differ from what the rules make of the user.
    EditedLearner,
    /// The learner's status differs.
    EditedStatus,
    /// The directory has a group of which the LMS knows nothing.
    MissingGroup,
    /// The LMS missed a change of the group.
    StaleGroup,
    /// The LMS follows a group that the directory does not have.
    ExtraGroup,
    /// The cohort differs from what the rules make of the group.
    EditedCohort,
    /// A member of the group is not in the cohort.
    MissingMembership,
    /// Somebody is in the cohort for the directory's sake who is no member of the group.
    ExtraMembership,
}

impl DriftKind {
    /// Every kind, for tables and tests.
    pub const ALL: [Self; 11] = [
        Self::MissingUser,
        Self::StaleUser,
        Self::ExtraUser,
        Self::EditedLearner,
        Self::EditedStatus,
        Self::MissingGroup,
        Self::StaleGroup,
        Self::ExtraGroup,
        Self::EditedCohort,
        Self::MissingMembership,
        Self::ExtraMembership,
    ];
}
