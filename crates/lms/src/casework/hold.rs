use chrono::{DateTime, Utc};
use events::v1::User;
use serde::{Deserialize, Serialize};

use super::{Case, CaseError, Holds};
use crate::incoming::read_user;
use crate::{
    HoldId, HoldState, InactiveReason, IntegrationSlug, LearnerId, Lifecycle, Mapping, Phase, ScimId,
};

/// People of a hold that are shown with it.
const SAMPLE: u32 = 20;

/// A hold of the mass-change guard, for the person who decides it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hold {
    /// The hold.
    pub hold_id: HoldId,
    /// What was decided.
    pub state: HoldState,
    /// Deactivations within the window before it.
    pub departed: u64,
    /// Learners of the integration who were active then.
    pub active: u64,
    /// Those who still wait in it. Rejected, they wait for another word of the directory.
    pub people: u64,
    /// When it began.
    pub opened_at: DateTime<Utc>,
    /// Who decided it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// What that person wrote.
    pub comment: Option<String>,
}

/// Somebody who waits in a hold.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldPerson {
    /// The learner.
    pub learner_id: LearnerId,
    /// The SCIM user.
    pub scim_id: ScimId,
    /// Login of the learner.
    pub login: Option<String>,
    /// Name of the learner.
    pub display_name: Option<String>,
    /// Whether the user was deleted.
    pub phase: Phase,
    /// What the directory last said.
    pub state: Option<User>,
    /// When it said so.
    pub changed_at: Option<DateTime<Utc>>,
}

/// Somebody who waits in a hold, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeldPersonView {
    learner_id: LearnerId,
    scim_id: ScimId,
    login: Option<String>,
    display_name: Option<String>,
    /// What the learner would be inactive for.
    inactive_reason: Option<InactiveReason>,
    changed_at: Option<DateTime<Utc>>,
}

/// A hold with some of its people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HoldDetails {
    /// The hold.
    #[serde(flatten)]
    pub hold: Hold,
    /// Some of those who wait in it.
    pub sample: Vec<HeldPersonView>,
}

/// Shows one hold.
///
/// # Errors
/// `NotFound` when the integration has no such hold.
pub async fn show_hold(
    holds: &dyn Holds,
    integration: &IntegrationSlug,
    hold: HoldId,
) -> Result<HoldDetails, CaseError> {
    let found = holds.hold(integration, hold).await?.ok_or(CaseError::NotFound(Case::Hold))?;
    let people = holds.held_people(integration, hold, SAMPLE).await?;
    Ok(HoldDetails { hold: found, sample: people.into_iter().map(show_person).collect() })
}

fn show_person(person: HeldPerson) -> HeldPersonView {
    HeldPersonView {
        inactive_reason: inactive_reason(&person),
        learner_id: person.learner_id,
        scim_id: person.scim_id,
        login: person.login,
        display_name: person.display_name,
        changed_at: person.changed_at,
    }
}

/// Whether somebody takes part, and why not, follows from the state alone and from no rule.
fn inactive_reason(person: &HeldPerson) -> Option<InactiveReason> {
    let standing = read_user(person.state.as_ref()?, person.phase, &Mapping::default()).standing;
    Lifecycle::begin(standing, person.changed_at?).inactive_reason
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(user_name: &str, active: bool, phase: Phase) -> HeldPerson {
        HeldPerson {
            learner_id: LearnerId(uuid::Uuid::from_u128(1)),
            scim_id: ScimId(uuid::Uuid::from_u128(2)),
            login: None,
            display_name: None,
            phase,
            state: Some(User { user_name: user_name.to_owned(), active: Some(active), ..User::default() }),
            changed_at: Some("2026-03-01T10:00:00Z".parse().unwrap()),
        }
    }

    #[test]
    fn the_reason_is_what_the_directory_said_last() {
        for (person, reason) in [
            (held("ana", false, Phase::Current), Some(InactiveReason::SourceDisabled)),
            (held("ana", true, Phase::Deleted), Some(InactiveReason::SourceDeleted)),
            (held("ana", true, Phase::Current), None),
            (HeldPerson { state: None, ..held("ana", false, Phase::Current) }, None),
        ] {
            assert_eq!(inactive_reason(&person), reason, "{person:?}");
        }
    }
}
