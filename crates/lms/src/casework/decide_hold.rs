use super::{Case, CaseError, Hold, Holds, MAX_DECISIONS, Obstacle, read_remark};
use crate::{HoldId, HoldState, IntegrationSlug};

/// What a person says of a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The deactivations are meant, and happen.
    Approve,
    /// They are not: the learners stay as they are until the directory says something new about them.
    Reject,
}

/// A verdict, and who gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldDecision {
    /// The verdict.
    pub verdict: Verdict,
    /// Who.
    pub by: String,
    /// Why, in the person's words.
    pub comment: String,
}

impl Verdict {
    /// What the hold becomes.
    pub fn state(self) -> HoldState {
        match self {
            Self::Approve => HoldState::Approved,
            Self::Reject => HoldState::Rejected,
        }
    }
}

/// Decides a hold. Deciding it again the same way changes nothing.
///
/// # Errors
/// `NotFound` when the integration has no such hold; `Conflict` when it was decided the other way; `Invalid` without a
/// comment.
pub async fn decide_hold(
    holds: &dyn Holds,
    integration: &IntegrationSlug,
    hold: HoldId,
    decision: HoldDecision,
) -> Result<Hold, CaseError> {
    let decision = HoldDecision { comment: read_remark(&decision.comment)?, ..decision };
    for _ in 0..MAX_DECISIONS {
        let found = holds.hold(integration, hold).await?.ok_or(CaseError::NotFound(Case::Hold))?;
        if !is_to_be_closed(found.state, decision.verdict)? {
            return Ok(found);
        }
        match holds.close_hold(integration, hold, &decision).await {
            // Somebody else did; the next round sees how.
            Ok(()) | Err(crate::StoreError::Clash) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(CaseError::contended())
}

fn is_to_be_closed(state: HoldState, verdict: Verdict) -> Result<bool, Obstacle> {
    match state {
        HoldState::Open => Ok(true),
        // Some of those who stayed may have left indeed.
        HoldState::Rejected if verdict == Verdict::Approve => Ok(true),
        decided if decided == verdict.state() => Ok(false),
        decided => Err(Obstacle::HoldDecided(decided)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_hold_is_closed_once() {
        assert_eq!(is_to_be_closed(HoldState::Open, Verdict::Approve), Ok(true));
        assert_eq!(is_to_be_closed(HoldState::Approved, Verdict::Approve), Ok(false));
        assert_eq!(
            is_to_be_closed(HoldState::Approved, Verdict::Reject),
            Err(Obstacle::HoldDecided(HoldState::Approved))
        );
        assert_eq!(is_to_be_closed(HoldState::Rejected, Verdict::Reject), Ok(false));
        assert_eq!(is_to_be_closed(HoldState::Rejected, Verdict::Approve), Ok(true));
    }
}
