use events::v1::{Group, GroupChange};
use events::{Applied, Envelope, EventType};

use crate::cohort::{name_cohort, slug_cohort};
use crate::incoming::Presence;
use crate::register::{Position, Register};
use crate::text::fits_key;
use crate::{Cohort, CohortId, CohortStatus, Link, ParkReason, PortalId, ResourceKey};

/// Decides what a group event means for a cohort.
///
/// A deleted group archives its cohort. A group that returns with the same external id gets the old cohort back.
pub(crate) fn follow_group(
    register: &mut Register<Cohort>,
    portal: PortalId,
    envelope: &Envelope,
    change: &GroupChange,
) -> Result<Applied, ParkReason> {
    let group = incoming_group(envelope.event_type, change)?;
    let external_id = group_external_id(group);
    if !fits_key(external_id) {
        return Err(ParkReason::UnfitKey);
    }
    let key = ResourceKey::of(envelope);
    let target = match register.position(&key, external_id, envelope.sequence) {
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
    let known = target.and_then(|id| register.row(id));
    let id = known.map_or_else(|| CohortId::of_group(&key.integration, key.scim_id), |cohort| cohort.id);
    let presence = presence_of(envelope);
    let kept = match presence {
        // The state says what the external id is, also that there is none any more.
        Presence::Present => None,
        // By it, a group that returns is found.
        Presence::Deleted => known.and_then(|cohort| cohort.external_id.as_deref()),
    };
    let name = name_cohort(&group.display_name);
    let cohort = Cohort {
        id,
        portal: known.map_or(portal, |cohort| cohort.portal),
        integration: key.integration.clone(),
        scim_id: key.scim_id,
        external_id: external_id.or(kept).map(str::to_owned),
        slug: slug_cohort(&name, id),
        name,
        status: match presence {
            Presence::Present => CohortStatus::Active,
            Presence::Deleted => CohortStatus::Archived,
        },
    };
    register.put(cohort, presence)?;
    register.advance(key, link(id, envelope));
    Ok(Applied::Executed)
}

/// The group that an event carries, whatever its age.
///
/// # Errors
/// `MissingState` when it carries none.
pub(crate) fn incoming_group(event_type: EventType, change: &GroupChange) -> Result<&Group, ParkReason> {
    let state = match event_type {
        EventType::GroupDeprovisioned => &change.before,
        _ => &change.after,
    };
    state.as_ref().ok_or(ParkReason::MissingState)
}

/// The group's id at the source.
pub(crate) fn group_external_id(group: &Group) -> Option<&str> {
    Some(group.external_id.as_str()).filter(|id| !id.trim().is_empty())
}

fn link(target: CohortId, envelope: &Envelope) -> Link<CohortId> {
    Link { target, sequence: envelope.sequence, tombstoned: presence_of(envelope) == Presence::Deleted }
}

fn presence_of(envelope: &Envelope) -> Presence {
    match envelope.event_type {
        EventType::GroupDeprovisioned => Presence::Deleted,
        _ => Presence::Present,
    }
}
