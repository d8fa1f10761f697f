use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Attribute, Cohort, CohortId, CohortStatus, InactiveReason, Learner, LearnerId, OnLeave, Profile, Role,
    ScimId, Status,
};

/// A learner as the private API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    // What is flattened may say nothing of the members beside it.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, serde_json::Value>))]
    #[serde(flatten)]
    pub profile: Profile,
}

impl LearnerView {
    /// Shows a learner who belongs to a SCIM user.
    pub fn new(mut learner: Learner) -> Option<Self> {
        let manager = learner.profile.value(Attribute::Manager).and_then(|id| id.parse().ok());
        learner.profile.set(Attribute::Manager, None);
        Some(Self {
            learner_id: learner.id,
            scim_id: learner.source?.scim_id,
            external_id: learner.external_id,
            status: learner.lifecycle.status,
            inactive_reason: learner.lifecycle.inactive_reason,
            manager_learner_id: manager.map(LearnerId),
            profile: learner.profile,
        })
    }
}

/// A cohort as the private API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// What leaving it does to enrolments that came from it.
    pub on_leave: OnLeave,
    /// The role that its members of the directory have.
    pub grants_role: Option<Role>,
    /// Learners in it by whatever origin, each once, ordered.
    pub members: Vec<LearnerId>,
}

impl CohortView {
    /// Shows a cohort that belongs to a SCIM group, with its members.
    pub fn new(cohort: Cohort, members: Vec<LearnerId>) -> Option<Self> {
        Some(Self {
            cohort_id: cohort.id,
            scim_id: cohort.source?.scim_id,
            external_id: cohort.external_id,
            name: cohort.name,
            slug: cohort.slug,
            status: cohort.status,
            on_leave: cohort.on_leave,
            grants_role: cohort.grants_role,
            members,
        })
    }
}

/// A cohort with how many are in it, where nobody has to know who: a cohort may have as many members as the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CohortSize {
    /// The cohort.
    pub cohort_id: CohortId,
    /// SCIM group that it belongs to.
    pub scim_id: ScimId,
    /// The group's externalId.
    pub external_id: Option<String>,
    /// The group's displayName, as the directory last said it.
    pub group_name: Option<String>,
    /// Name as shown.
    pub name: String,
    /// Whether it is in use.
    pub status: CohortStatus,
    /// What leaving it does to enrolments that came from it.
    pub on_leave: OnLeave,
    /// The role that its members of the directory have.
    pub grants_role: Option<Role>,
    /// Learners in it by whatever origin, each once.
    pub members: u64,
}

impl CohortSize {
    /// Shows a cohort that belongs to a SCIM group, with the group's name and the number of its members.
    pub fn new(cohort: Cohort, group_name: Option<String>, members: u64) -> Option<Self> {
        Some(Self {
            cohort_id: cohort.id,
            scim_id: cohort.source?.scim_id,
            external_id: cohort.external_id,
            group_name,
            name: cohort.name,
            status: cohort.status,
            on_leave: cohort.on_leave,
            grants_role: cohort.grants_role,
            members,
        })
    }
}

/// A cohort that a learner is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LearnerCohort {
    /// The cohort.
    pub cohort_id: CohortId,
    /// SCIM group that it belongs to.
    pub scim_id: ScimId,
    /// Name as shown.
    pub name: String,
    /// Whether it is in use.
    pub status: CohortStatus,
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
