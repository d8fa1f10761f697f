use events::v1::{Group, GroupChange};
use events::{Applied, Envelope, EventType, Sequence};

use crate::effect::Settled;
use crate::register::Position;
use crate::settle_group::settle_group;
use crate::text::{fits_key, some_text};
use crate::working_set::WorkingSet;
use crate::{Cause, EffectOutcome, EffectReason, Link, ParkReason, Phase, ResourceKey, Source};

/// What the directory says of a group, in an event or in a part of a snapshot.
#[derive(Clone, Debug)]
pub(crate) struct GroupStatement<'a> {
    pub(crate) group: &'a Group,
    pub(crate) phase: Phase,
    pub(crate) sequence: Sequence,
    pub(crate) cause: Cause,
}

impl<'a> GroupStatement<'a> {
    /// What an event says, whatever its age.
    ///
    /// # Errors
    /// `MissingState` when it carries no state.
    pub(crate) fn of_event(envelope: &Envelope, change: &'a GroupChange) -> Result<Self, ParkReason> {
        let (state, phase) = match envelope.event_type {
            EventType::GroupDeprovisioned => (&change.before, Phase::Deleted),
            _ => (&change.after, Phase::Current),
        };
        let group = state.as_ref().ok_or(ParkReason::MissingState)?;
        Ok(Self { group, phase, sequence: envelope.sequence, cause: Cause::from(envelope) })
    }
}

/// Decides what a statement about a group means for a cohort.
///
/// A deleted group archives its cohort. A group that returns with the same external id gets the old cohort back.
pub(crate) fn follow_group(
    set: &mut WorkingSet,
    key: &ResourceKey,
    statement: &GroupStatement<'_>,
) -> Result<(Applied, Settled), ParkReason> {
    let external_id = some_text(&statement.group.external_id);
    if !fits_key(external_id.as_deref()) {
        return Err(ParkReason::UnfitKey);
    }
    let target = match set.groups.position(key, external_id.as_deref(), statement.sequence) {
        Position::Repeated => return Ok((Applied::AlreadyApplied, Settled::repeated())),
        Position::Outdated => return Ok((Applied::Stale, Settled::outdated())),
        Position::Contested => return Err(ParkReason::ContestedExternalId),
        Position::Superseded(target) => {
            let phase = if statement.phase == Phase::Deleted { Phase::Deleted } else { Phase::Superseded };
            let sequence = statement.sequence;
            let link = Link { target: Some(target), sequence, phase, source: None, wait: None };
            set.groups.advance(key.clone(), link);
            let settled = Settled::because(EffectOutcome::Superseded, EffectReason::NewerIncarnation);
            return Ok((Applied::Stale, settled));
        }
        Position::Known(target) => Some(target),
        Position::Unknown => None,
    };
    let link = Link {
        target,
        sequence: statement.sequence,
        phase: statement.phase,
        source: Some(Source { state: statement.group.clone(), cause: statement.cause }),
        wait: None,
    };
    let settled = settle_group(set, key, link)?;
    Ok((Applied::Executed, settled))
}
