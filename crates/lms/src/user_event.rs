use chrono::{DateTime, Utc};
use events::v1::UserChange;
use events::{Applied, Envelope, EventType};

use crate::incoming::{IncomingUser, Presence, read_user};
use crate::overwrite::{Contact, overwrite};
use crate::register::{Position, Register};
use crate::text::fits_key;
use crate::{
    Attribute, Learner, LearnerId, Lifecycle, Link, Ownership, ParkReason, PortalId, Profile, ResourceKey,
    Status, fold,
};

/// Decides what a user event means for a learner.
///
/// A learner who was erased stays so: the event is done with, and nothing that it carries is kept.
///
/// Every event of a living user has the memberships derived from the edges anew, which puts right what was done by hand
/// to those of origin scim, at the cost of the groups of one person. Group events do not: theirs would be the cost of
/// all members.
///
/// A deletion of a user of whom nothing was ever heard creates the learner as inactive, from the last state that the
/// event carries: in order it would have existed, and its link makes the events that come late recognisable.
pub(crate) fn follow_user(
    register: &mut Register<Learner>,
    ownership: &Ownership,
    portal: PortalId,
    envelope: &Envelope,
    change: &UserChange,
) -> Result<Applied, ParkReason> {
    let incoming = incoming_user(envelope.event_type, change)?;
    let presence = incoming.presence;
    let key = ResourceKey::of(envelope);
    let target = match register.position(&key, incoming.external_id.as_deref(), envelope.sequence) {
        Position::Repeated => return Ok(Applied::AlreadyApplied),
        Position::Outdated => return Ok(Applied::Stale),
        Position::Contested => return Err(ParkReason::ContestedExternalId),
        Position::Superseded(target) => {
            register.advance(key, link(target, envelope));
            return Ok(Applied::Stale);
        }
        Position::Known(target) => Some(target),
        Position::Unknown => None,
    };
    let known = target.and_then(|id| register.row(id)).cloned();
    let learner = match known {
        Some(learner) if learner.lifecycle.status == Status::Erased => {
            register.advance(key, link(learner.id, envelope));
            return Ok(Applied::Stale);
        }
        Some(learner) => meet_again(learner, &key, incoming, ownership, envelope.time),
        None => welcome(portal, &key, incoming, ownership, envelope.time),
    };
    check(&learner)?;
    let id = learner.id;
    register.put(learner, presence)?;
    register.advance(key, link(id, envelope));
    if presence == Presence::Present {
        register.rejoin(id);
    }
    Ok(Applied::Executed)
}

/// The user that an event carries, whatever its age.
///
/// # Errors
/// `MissingState` when it carries none.
pub(crate) fn incoming_user(event_type: EventType, change: &UserChange) -> Result<IncomingUser, ParkReason> {
    let (state, presence) = match event_type {
        EventType::UserDeprovisioned => (&change.before, Presence::Deleted),
        _ => (&change.after, Presence::Present),
    };
    let state = state.as_ref().ok_or(ParkReason::MissingState)?;
    Ok(read_user(state, presence))
}

fn meet_again(
    mut learner: Learner,
    key: &ResourceKey,
    incoming: IncomingUser,
    ownership: &Ownership,
    at: DateTime<Utc>,
) -> Learner {
    write_profile(&mut learner, &incoming.profile, ownership, Contact::Repeated);
    learner.lifecycle = learner.lifecycle.follow(incoming.standing, at);
    learner.scim_id = key.scim_id;
    learner.external_id = match incoming.presence {
        // The state says what the external id is, also that there is none any more.
        Presence::Present => incoming.external_id,
        // By it, a person who returns is found.
        Presence::Deleted => incoming.external_id.or(learner.external_id),
    };
    learner
}

fn welcome(
    portal: PortalId,
    key: &ResourceKey,
    incoming: IncomingUser,
    ownership: &Ownership,
    at: DateTime<Utc>,
) -> Learner {
    let mut learner = Learner {
        id: LearnerId::of_user(&key.integration, key.scim_id),
        portal,
        integration: key.integration.clone(),
        scim_id: key.scim_id,
        external_id: incoming.external_id,
        lifecycle: Lifecycle::begin(incoming.standing, at),
        profile: Profile::default(),
    };
    write_profile(&mut learner, &incoming.profile, ownership, Contact::First);
    learner
}

fn write_profile(learner: &mut Learner, incoming: &Profile, ownership: &Ownership, contact: Contact) {
    let decided = overwrite(&learner.profile, incoming, ownership, contact);
    for change in decided.changes {
        learner.profile.set(change.attribute, change.value);
    }
    if !decided.refused.is_empty() {
        tracing::warn!(
            learner.id = %learner.id.0,
            integration.slug = %learner.integration,
            attributes = ?decided.refused,
            "the directory emptied attributes that a learner must keep"
        );
    }
}

fn check(learner: &Learner) -> Result<(), ParkReason> {
    let login = learner.profile.value(Attribute::Login);
    if learner.lifecycle.status == Status::Active && login.is_none() {
        return Err(ParkReason::MissingAttribute(Attribute::Login));
    }
    // Folding may lengthen it.
    if !fits_key(login.map(fold).as_deref()) || !fits_key(learner.external_id.as_deref()) {
        return Err(ParkReason::UnfitKey);
    }
    Ok(())
}

fn link(target: LearnerId, envelope: &Envelope) -> Link<LearnerId> {
    let tombstoned = envelope.event_type == EventType::UserDeprovisioned;
    Link { target, sequence: envelope.sequence, tombstoned }
}
