use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::{CohortId, CohortStatus, InactiveReason, LearnerId, Profile, ScimId, Status};

/// A learner as the private API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LearnerView {
    /// The learner.
    pub learner_id: LearnerId,
    /// SCIM user whom the learner belongs to.
    pub scim_id: ScimId,
    /// The user's externalId.
    pub external_id: Option<String>,
    /// Whether the learner takes part.
    pub status: Status,
    /// Why not.
    pub inactive_reason: Option<InactiveReason>,
    /// The manager, once that person is a learner too.
    pub manager_learner_id: Option<LearnerId>,
    /// `login`, `email` and the other fed attributes, each under its own name; absent without a value.
    #[serde(flatten)]
    pub profile: Profile,
}

/// A cohort as the private API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CohortView {
    /// The cohort.
    pub cohort_id: CohortId,
    /// SCIM group that it belongs to.
    pub scim_id: ScimId,
    /// The group's externalId.
    pub external_id: Option<String>,
    /// Name as shown.
    pub name: String,
    /// Name for addresses.
    pub slug: String,
    /// Whether it is in use.
    pub status: CohortStatus,
    /// Learners in it by whatever origin, each once, ordered.
    pub members: Vec<LearnerId>,
}

/// Proof of something learned. Written by the LMS, never by a directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrainingRecord {
    /// The record.
    pub record_id: Uuid,
    /// Who learned.
    pub learner_id: LearnerId,
    /// Title of the course when it was completed.
    pub course_title: String,
    /// When it was completed.
    pub completed_at: DateTime<Utc>,
    /// Whether it was passed.
    pub passed: bool,
    /// Number of the certificate.
    pub certificate_number: Option<String>,
}
