use chrono::{DateTime, Utc};
use serde::Serialize;

use super::words::minute;
use crate::{HoldId, HoldState, Wait};

/// Why a person's learner does not follow the directory now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Waiting {
    /// For what it waits.
    pub reason: WaitReason,
    /// The hold of the mass-change guard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_id: Option<HoldId>,
    /// What was decided about the hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_state: Option<HoldState>,
    /// End of the exemption.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// All that in words.
    pub words: String,
}

/// For what a learner waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// The mass-change guard holds the deactivation.
    Held,
    /// Somebody has to say who the person is.
    Adoption,
    /// The learner is exempt.
    Exempt,
}

impl Waiting {
    /// Says why, and until when an exemption lasts if that is known.
    pub(super) fn of(wait: Wait, until: Option<DateTime<Utc>>) -> Self {
        let reason = match wait {
            Wait::Held { .. } => WaitReason::Held,
            Wait::Adoption { .. } => WaitReason::Adoption,
            Wait::Exempt => WaitReason::Exempt,
        };
        let (hold_id, hold_state) = match wait {
            Wait::Held { hold, state } => (Some(hold), Some(state)),
            Wait::Adoption { .. } | Wait::Exempt => (None, None),
        };
        let until = until.filter(|_| wait == Wait::Exempt);
        Self { reason, hold_id, hold_state, until, words: words(wait, until) }
    }
}

fn words(wait: Wait, until: Option<DateTime<Utc>>) -> String {
    match wait {
        Wait::Held { hold, state: HoldState::Open } => {
            format!("The mass-change guard holds the deactivation until somebody decides hold {}.", hold.0)
        }
        Wait::Held { hold, state: HoldState::Approved } => {
            format!("Hold {} was approved; the deactivation is about to be done.", hold.0)
        }
        Wait::Held { hold, state: HoldState::Rejected } => format!(
            "Hold {} was rejected: the learner stays as they are until Azure says something new about them.",
            hold.0
        ),
        Wait::Adoption { is_new_person: false } => {
            "Somebody who is known already may be the same person; nothing is done before somebody decides."
                .to_owned()
        }
        Wait::Adoption { is_new_person: true } => {
            "It was decided that this is somebody new; the learner is about to be created.".to_owned()
        }
        Wait::Exempt => match until {
            Some(until) => format!(
                "The learner is exempt until {}: what Azure says is remembered and not written.",
                minute(until)
            ),
            None => "The learner is exempt: what Azure says is remembered and not written.".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_wait_is_told() {
        let hold = HoldId(Uuid::from_u128(7));
        let until = "2026-04-01T08:30:00Z".parse().ok();
        for (wait, reason, part) in [
            (Wait::Held { hold, state: HoldState::Open }, WaitReason::Held, "until somebody decides hold"),
            (Wait::Held { hold, state: HoldState::Approved }, WaitReason::Held, "about to be done"),
            (
                Wait::Held { hold, state: HoldState::Rejected },
                WaitReason::Held,
                "until Azure says something new",
            ),
            (Wait::Adoption { is_new_person: false }, WaitReason::Adoption, "may be the same person"),
            (Wait::Adoption { is_new_person: true }, WaitReason::Adoption, "somebody new"),
            (Wait::Exempt, WaitReason::Exempt, "exempt until 2026-04-01 08:30 UTC:"),
        ] {
            let waiting = Waiting::of(wait, until);
            assert_eq!(waiting.reason, reason);
            assert!(waiting.words.contains(part), "{}", waiting.words);
            assert_eq!(waiting.hold_id.is_some(), reason == WaitReason::Held);
            assert_eq!(waiting.until.is_some(), reason == WaitReason::Exempt);
        }
    }
}
