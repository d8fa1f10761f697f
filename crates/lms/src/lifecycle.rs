use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Whether a learner takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// May sign in and learn.
    Active,
    /// May not sign in; everything learned is kept.
    Inactive,
    /// The personal columns were emptied by the erasure procedure of the LMS. No event brings them back.
    Erased,
}

/// Why a learner is inactive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InactiveReason {
    /// `active` is false.
    SourceDisabled,
    /// `active` is false and the userName is Microsoft Entra's tombstone name.
    SourceSoftDeleted,
    /// The user was deleted.
    SourceDeleted,
    /// The person left the scope of the integration.
    OutOfScope,
    /// An administrator of the LMS decided it.
    Admin,
    /// The integration was taken away.
    DirectoryDetached,
}

/// A learner's status with its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// Whether the learner takes part.
    pub status: Status,
    /// Why not. Present while inactive.
    pub inactive_reason: Option<InactiveReason>,
    /// When the learner last became inactive; kept after the return.
    pub inactivated_at: Option<DateTime<Utc>>,
    /// When the learner last returned.
    pub reactivated_at: Option<DateTime<Utc>>,
}

/// What the directory says about a person taking part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The user is active.
    Active,
    /// `active` is false.
    Disabled,
    /// As disabled, under a tombstone name.
    SoftDeleted,
    /// The user was deleted.
    Deleted,
}

impl Status {
    /// The word for it in stores and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Erased => "erased",
        }
    }
}

impl Lifecycle {
    /// The lifecycle of somebody who was never here.
    pub(crate) fn unborn() -> Self {
        Self { status: Status::Inactive, inactive_reason: None, inactivated_at: None, reactivated_at: None }
    }

    /// The lifecycle of a learner who is being created.
    pub(crate) fn begin(standing: Standing, at: DateTime<Utc>) -> Self {
        let active = Self {
            status: Status::Active,
            inactive_reason: None,
            inactivated_at: None,
            reactivated_at: None,
        };
        active.follow(standing, at)
    }

    /// The lifecycle after the directory has spoken, unchanged when it said nothing new.
    ///
    /// The directory owns the status: a learner whom an administrator deactivated becomes active again while the
    /// user is active. Erasure is final.
    #[must_use]
    pub(crate) fn follow(self, standing: Standing, at: DateTime<Utc>) -> Self {
        let reason = match standing {
            Standing::Active => None,
            Standing::Disabled => Some(InactiveReason::SourceDisabled),
            Standing::SoftDeleted => Some(InactiveReason::SourceSoftDeleted),
            Standing::Deleted => Some(InactiveReason::SourceDeleted),
        };
        match (self.status, reason) {
            (Status::Erased, _) | (Status::Active, None) => self,
            (Status::Inactive, None) => {
                Self { status: Status::Active, inactive_reason: None, reactivated_at: Some(at), ..self }
            }
            (Status::Active, Some(_)) => {
                Self { status: Status::Inactive, inactive_reason: reason, inactivated_at: Some(at), ..self }
            }
            (Status::Inactive, Some(_)) => Self { inactive_reason: reason, ..self },
        }
    }
}

#[cfg(test)]
mod tests;
