use events::v1::{IntegrationChange, IntegrationState as Told};
use events::{Applied, Sequence};
use serde::{Deserialize, Serialize};

use crate::effect::Settled;
use crate::{EffectOutcome, EffectReason, Field};

/// Whether an integration's directory is let in, as the gateway says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IntegrationState {
    /// It is.
    Enabled,
    /// Not for now; it is asked to come again.
    Paused,
    /// Not for now.
    Disabled,
    /// Never again: what it left belongs to the LMS.
    Detached,
}

/// The state of an integration, and how far it was followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownState {
    /// The state.
    pub state: IntegrationState,
    /// Position of the event that told it; none was heard of one that is just known to exist.
    pub sequence: Option<Sequence>,
}

impl KnownState {
    /// Takes in what an event tells. A detachment is for ever, and comes in whatever its age.
    pub(crate) fn follow(&mut self, change: IntegrationChange, sequence: Sequence) -> (Applied, Settled) {
        if self.state == IntegrationState::Detached {
            let reason = EffectReason::Detached;
            return (Applied::Stale, Settled::because(EffectOutcome::Superseded, reason));
        }
        let told = match Told::try_from(change.state) {
            Ok(Told::Enabled) => IntegrationState::Enabled,
            Ok(Told::Paused) => IntegrationState::Paused,
            Ok(Told::Disabled) => IntegrationState::Disabled,
            Ok(Told::Detached) => IntegrationState::Detached,
            // Of a later version, or set up otherwise: nothing that holds here.
            Ok(Told::Unspecified) | Err(_) => {
                return (Applied::Executed, Settled::done(EffectOutcome::Unchanged, Vec::new()));
            }
        };
        if told != IntegrationState::Detached && self.sequence.is_some_and(|known| known >= sequence) {
            return (Applied::Stale, Settled::outdated());
        }
        let (outcome, changed) = match told == self.state {
            true => (EffectOutcome::Unchanged, Vec::new()),
            false => (EffectOutcome::Updated, vec![Field::State]),
        };
        *self = Self { state: told, sequence: Some(sequence) };
        let reason = Some(EffectReason::State(told));
        (Applied::Executed, Settled { reason, ..Settled::done(outcome, changed) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(version: i64) -> Sequence {
        Sequence { epoch: 0, incarnation: 1, version }
    }

    fn told(state: Told) -> IntegrationChange {
        IntegrationChange { state: state.into() }
    }

    #[test]
    fn the_newest_state_holds_and_a_detachment_for_ever() {
        let mut known = KnownState { state: IntegrationState::Enabled, sequence: None };
        assert_eq!(known.follow(told(Told::Paused), at(2)).0, Applied::Executed);
        assert_eq!(known.follow(told(Told::Enabled), at(1)).0, Applied::Stale);
        assert_eq!(known.state, IntegrationState::Paused);
        assert_eq!(known.follow(IntegrationChange { state: 99 }, at(3)).0, Applied::Executed);
        assert_eq!(known.state, IntegrationState::Paused);
        assert_eq!(known.follow(told(Told::Detached), at(1)).0, Applied::Executed);
        assert_eq!(known.follow(told(Told::Enabled), at(9)).0, Applied::Stale);
        assert_eq!(known.state, IntegrationState::Detached);
    }
}
