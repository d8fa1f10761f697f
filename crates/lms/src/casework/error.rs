use std::fmt;

use crate::{HoldState, StoreError};

/// A request of an administrator was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The integration has no such thing.
    #[error("there is no such {0}")]
    NotFound(Case),
    /// What was asked has a flaw of its own.
    #[error("{0}")]
    Invalid(Flaw),
    /// How things are stands against it.
    #[error("{0}")]
    Conflict(Obstacle),
    /// The database did not do it.
    #[error("the LMS database did not do it")]
    Store(#[from] StoreError),
}

/// What was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// A hold of the guard.
    Hold,
    /// A newcomer who waits.
    Newcomer,
    /// A parked event.
    ParkedEvent,
    /// A resource that could not be decided anew.
    StuckResource,
    /// A learner of the integration.
    Learner,
    /// An exemption in force.
    Exemption,
    /// A request for erasure.
    Erasure,
    /// A reconcile run.
    Run,
}

/// What is wrong with a request, whatever the state of things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Others have to know why.
    #[error("a reason or comment is needed")]
    RemarkMissing,
    /// It cannot be kept.
    #[error("a reason or comment is at most 2000 bytes long")]
    RemarkUnfit,
    /// An exemption has an end.
    #[error("ends_at must be in the future, at most 2 years ahead")]
    EndOutOfRange,
    /// Addresses pass from one person to another, and are shared.
    #[error("likeness must be login or employee_number: an e-mail address alone proves nobody")]
    WeakLikeness,
}

/// Why it cannot be done as things are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// Somebody decided the hold the other way.
    #[error("the hold was {} already", HoldWord(*.0))]
    HoldDecided(HoldState),
    /// The newcomer is somebody already.
    #[error("it was decided otherwise who the newcomer is")]
    NewcomerDecided,
    /// The learner is none of those who were proposed.
    #[error("the learner is not proposed for this newcomer")]
    NotProposed,
    /// Of the learner, nobody may know any more who it was.
    #[error("the learner was erased")]
    LearnerErased,
    /// It is somebody of another portal or directory.
    #[error("the learner belongs to another portal or integration")]
    ForeignLearner,
    /// Two living users would be one learner.
    #[error("the learner follows another user, who is active in the directory")]
    FollowsLivingUser,
    /// A learner of the integration who takes part is somebody else.
    #[error("the learner is active")]
    LearnerActive,
    /// There is a request of another kind already.
    #[error("an erasure of the learner was requested already")]
    ErasureRequested,
    /// An erasure needs two people.
    #[error("whoever requested an erasure cannot confirm it")]
    SamePerson,
}

impl Flaw {
    /// The member of the request that it is about.
    pub fn field(self) -> &'static str {
        match self {
            Self::RemarkMissing | Self::RemarkUnfit => "reason",
            Self::EndOutOfRange => "ends_at",
            Self::WeakLikeness => "likeness",
        }
    }
}

impl Obstacle {
    /// A word for it.
    pub fn code(self) -> &'static str {
        match self {
            Self::HoldDecided(_) => "hold_decided",
            Self::NewcomerDecided => "newcomer_decided",
            Self::NotProposed => "not_proposed",
            Self::LearnerErased => "learner_erased",
            Self::ForeignLearner => "foreign_learner",
            Self::FollowsLivingUser => "follows_living_user",
            Self::LearnerActive => "learner_active",
            Self::ErasureRequested => "erasure_requested",
            Self::SamePerson => "same_person",
        }
    }
}

struct HoldWord(HoldState);

impl fmt::Display for HoldWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            HoldState::Open => "opened",
            HoldState::Approved => "approved",
            HoldState::Rejected => "rejected",
        })
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hold => "hold",
            Self::Newcomer => "newcomer who waits",
            Self::ParkedEvent => "parked event",
            Self::StuckResource => "resource that could not be decided anew",
            Self::Learner => "learner of the integration",
            Self::Exemption => "exemption",
            Self::Erasure => "request for erasure",
            Self::Run => "reconcile run; a run is started at the gateway: POST …/snapshots",
        })
    }
}

impl From<Flaw> for CaseError {
    fn from(flaw: Flaw) -> Self {
        Self::Invalid(flaw)
    }
}

impl From<Obstacle> for CaseError {
    fn from(obstacle: Obstacle) -> Self {
        Self::Conflict(obstacle)
    }
}

impl CaseError {
    /// Others were faster again and again.
    pub(super) fn contended() -> Self {
        Self::Store(StoreError::Clash)
    }
}
