use events::v1::{User, UserChange};
use events::{Applied, Envelope, EventType, Sequence};

use crate::effect::Settled;
use crate::register::Position;
use crate::settle_user::settle_user;
use crate::text::some_text;
use crate::working_set::WorkingSet;
use crate::{
    Cause, EffectOutcome, EffectReason, HoldState, LearnerId, Link, ParkReason, Phase, ResourceKey, Source,
    Status, UserLink, Wait,
};

/// What the directory says of a user, in an event or in a part of a snapshot.
#[derive(Clone, Debug)]
pub(crate) struct UserStatement<'a> {
    pub(crate) user: &'a User,
    pub(crate) phase: Phase,
    pub(crate) sequence: Sequence,
    pub(crate) cause: Cause,
}

impl<'a> UserStatement<'a> {
    /// What an event says, whatever its age.
    ///
    /// # Errors
    /// `MissingState` when it carries no state.
    pub(crate) fn of_event(envelope: &Envelope, change: &'a UserChange) -> Result<Self, ParkReason> {
        let (state, phase) = match envelope.event_type {
            EventType::UserDeprovisioned => (&change.before, Phase::Deleted),
            _ => (&change.after, Phase::Current),
        };
        let user = state.as_ref().ok_or(ParkReason::MissingState)?;
        Ok(Self { user, phase, sequence: envelope.sequence, cause: Cause::from(envelope) })
    }
}

/// Decides what a statement about a user means for a learner.
///
/// A learner who was erased stays so: the statement is done with, and nothing that it carries is kept.
///
/// Every statement about a living user has the memberships derived from the edges anew, which puts right what was done by
/// hand to those of origin scim, at the cost of the groups of one person. Group events do not: theirs would be the cost of
/// all members.
///
/// A deletion of a user of whom nothing was ever heard creates the learner as inactive, from the last state that the
/// event carries: in order it would have existed, and its link makes the events that come late recognisable.
pub(crate) fn follow_user(
    set: &mut WorkingSet,
    key: &ResourceKey,
    statement: &UserStatement<'_>,
) -> Result<(Applied, Settled), ParkReason> {
    let external_id = some_text(&statement.user.external_id);
    let target = match set.users.position(key, external_id.as_deref(), statement.sequence) {
        Position::Repeated => return Ok((Applied::AlreadyApplied, Settled::repeated())),
        Position::Outdated => return Ok((Applied::Stale, Settled::outdated())),
        Position::Contested => match leaver(set, key, statement) {
            Some(target) => return Ok(follow_superseded(set, key, target, statement)),
            None => return Err(ParkReason::ContestedExternalId),
        },
        Position::Superseded(target) => return Ok(follow_superseded(set, key, target, statement)),
        Position::Known(target) => Some(target),
        Position::Unknown => None,
    };
    let erased = target.and_then(|id| set.users.row(id)).filter(|row| row.lifecycle.status == Status::Erased);
    if let Some(learner) = erased {
        let link = without_state(learner.id, statement.sequence, statement.phase);
        set.users.advance(key.clone(), link);
        return Ok((Applied::Stale, Settled::because(EffectOutcome::Superseded, EffectReason::Erased)));
    }
    let link = Link {
        target,
        sequence: statement.sequence,
        phase: statement.phase,
        source: Some(Source { state: statement.user.clone(), cause: statement.cause }),
        wait: set.users.link(key).and_then(|link| link.wait).filter(still_stands),
    };
    let settled = settle_user(set, key, link)?;
    set.users.rejoin_followed(key);
    Ok((Applied::Executed, settled))
}

fn follow_superseded(
    set: &mut WorkingSet,
    key: &ResourceKey,
    target: LearnerId,
    statement: &UserStatement<'_>,
) -> (Applied, Settled) {
    let phase = if statement.phase == Phase::Deleted { Phase::Deleted } else { Phase::Superseded };
    set.users.advance(key.clone(), without_state(target, statement.sequence, phase));
    (Applied::Stale, Settled::because(EffectOutcome::Superseded, EffectReason::NewerIncarnation))
}

/// The learner whom another account of the same incarnation was given by decision, if this one is out of use: it claims
/// nothing by that.
fn leaver(set: &WorkingSet, key: &ResourceKey, statement: &UserStatement<'_>) -> Option<LearnerId> {
    let is_over = statement.phase == Phase::Deleted || statement.user.active == Some(false);
    let link = set.users.link(key).filter(|link| is_over && link.phase != Phase::Current);
    link.and_then(|link| link.target)
}

/// What was decided about the state before says nothing about a newer one; what is not decided waits on.
fn still_stands(wait: &Wait) -> bool {
    match wait {
        Wait::Held { state, .. } => *state == HoldState::Open,
        Wait::Adoption { .. } => true,
        Wait::Exempt => false,
    }
}

fn without_state(target: LearnerId, sequence: Sequence, phase: Phase) -> UserLink {
    Link { target: Some(target), sequence, phase, source: None, wait: None }
}
