use serde::{Deserialize, Serialize};

use crate::RuleError;

/// Longest window, in minutes: a day.
const LONGEST_WINDOW: u32 = 24 * 60;

/// Holds deactivations when there are suspiciously many of them.
///
/// A wrong scope in Azure deactivates a whole company within minutes. Holding is for the LMS alone: Azure gets its
/// answers as always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Guard {
    /// Most people that may be deactivated within the window.
    pub people: u32,
    /// Most percent of the integration's active learners that may be deactivated within the window.
    pub percent: u32,
    /// Below so many people the percentage says nothing: one of five is twenty percent.
    pub percent_from: u32,
    /// Length of the window, in minutes.
    pub window_minutes: u32,
    /// Whether anything is held at all.
    pub enabled: bool,
}

impl Default for Guard {
    /// 500 people is the threshold that Entra itself proposes against accidental deletions. A quarter of a customer's
    /// people does not leave within an hour, except by mistake or by an act that somebody can confirm.
    fn default() -> Self {
        Self { people: 500, percent: 25, percent_from: 20, window_minutes: 60, enabled: true }
    }
}

impl Guard {
    /// Whether one more may be deactivated after `departed` in the window, when `active` are left.
    pub(crate) fn allows(&self, departed: u64, active: u64) -> bool {
        let after = departed + 1;
        let too_many = after > u64::from(self.people);
        let too_large_a_part = after >= u64::from(self.percent_from)
            && after * 100 > u64::from(self.percent) * (active + departed);
        !self.enabled || !(too_many || too_large_a_part)
    }

    pub(crate) fn check(&self) -> Option<RuleError> {
        let (place, problem) = if !(1..=LONGEST_WINDOW).contains(&self.window_minutes) {
            ("window_minutes", "the window is from 1 to 1440 minutes long")
        } else if self.percent > 100 {
            ("percent", "a percentage is at most 100")
        } else {
            return None;
        };
        Some(RuleError { pointer: format!("/guard/{place}"), problem: problem.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_many_may_go() {
        let guard = Guard::default();
        // Departed, active, whether one more may go.
        for (departed, active, allowed) in [
            (0, 1, true),
            (18, 0, true),
            (19, 0, false),
            (19, 61, true),
            (19, 60, false),
            (499, 10_000, true),
            (500, 10_000, false),
        ] {
            assert_eq!(guard.allows(departed, active), allowed, "{departed} of {active}");
        }
        assert!(Guard { enabled: false, ..guard }.allows(9_999, 1));
    }
}
