use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::overwrite::ConflictKind;
use crate::{Attribute, CohortId, DriftKind, LearnerId, ScimId};

/// An edit that was undone, or a clearing that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConflictEntry {
    /// Number of the entry.
    pub conflict_id: i64,
    /// Whose value.
    pub learner_id: LearnerId,
    /// Which one; none for the status.
    pub attribute: Option<Attribute>,
    /// What was done.
    pub kind: ConflictKind,
    /// What the LMS had. Empty after an erasure.
    pub lms_value: Option<String>,
    /// What the directory said. Empty after an erasure.
    pub source_value: Option<String>,
    /// In which version of the rules.
    pub rules_version: i64,
    /// The event that the directory's value came with.
    pub event_id: Uuid,
    /// The request of the directory that caused the event.
    pub request_id: Uuid,
    /// When.
    pub noticed_at: DateTime<Utc>,
}

/// What an administrator should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindingEntry {
    /// Number of the entry.
    pub finding_id: i64,
    /// A word for the kind.
    pub kind: String,
    /// Learner whom it is about.
    pub learner_id: Option<LearnerId>,
    /// Cohort that it is about.
    pub cohort_id: Option<CohortId>,
    /// What it is, in words.
    pub detail: String,
    /// When.
    pub noticed_at: DateTime<Utc>,
    /// When it held no more.
    pub resolved_at: Option<DateTime<Utc>>,
}

/// A snapshot of the directory, and what comparing it showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReconcileRun {
    /// The snapshot, by the id that the gateway gave it.
    pub run_id: Uuid,
    /// When the directory began to read; known at the end.
    pub began_at: Option<DateTime<Utc>>,
    /// When the first part came.
    pub first_part_at: DateTime<Utc>,
    /// Parts that were compared.
    pub parts_seen: u64,
    /// Parts that there are; known at the end.
    pub parts_total: Option<u64>,
    /// Whether all of them were compared.
    pub is_finished: bool,
    /// Users that the directory holds; known at the end.
    pub users: Option<u64>,
    /// Groups that it holds.
    pub groups: Option<u64>,
    /// Memberships that it holds.
    pub members: Option<u64>,
    /// How many differences of each kind were found.
    pub drift: Vec<DriftCount>,
}

/// How many differences of a kind were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriftCount {
    /// The kind.
    pub kind: DriftKind,
    /// How many.
    pub count: u64,
}

/// A difference that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriftEntry {
    /// Number of the entry.
    pub drift_id: i64,
    /// What differs.
    pub kind: DriftKind,
    /// The user or group; of a membership, the group.
    pub scim_id: ScimId,
    /// Of a membership, the user.
    pub member_scim_id: Option<ScimId>,
    /// Of an edited learner, which attributes.
    pub attributes: Vec<Attribute>,
    /// When.
    pub found_at: DateTime<Utc>,
}
