use crate::effect::Settled;
use crate::guard_state::Passage;
use crate::incoming::{IncomingUser, read_user};
use crate::overwrite::{ConflictKind, Contact, overwrite};
use crate::provenance::StatusOrigin;
use crate::text::fits_key;
use crate::working_set::WorkingSet;
use crate::{
    Attribute, Cause, Conflict, EffectOutcome, EffectReason, Field, Learner, LearnerId, Lifecycle, Link,
    ParkReason, Phase, PortalId, Profile, Provenance, ResourceKey, Status, UserLink, VersionedRules, Wait,
    fold,
};

/// Brings the learner in line with the last state of a user, and remembers the link. An error changes nothing.
///
/// Needs nothing but the state, the rules and the learner: so it is done with an event, and again whenever one of the
/// three changes.
pub(crate) fn settle_user(
    set: &mut WorkingSet,
    key: &ResourceKey,
    mut link: UserLink,
) -> Result<Settled, ParkReason> {
    let Some(source) = link.source.clone() else {
        set.users.advance(key.clone(), link);
        return Ok(Settled::because(EffectOutcome::Superseded, EffectReason::NewerIncarnation));
    };
    let known = link.target.and_then(|target| set.users.row(target)).cloned();
    if known.as_ref().is_some_and(|learner| learner.lifecycle.status == Status::Erased) {
        set.users.advance(key.clone(), Link { source: None, wait: None, ..link });
        return Ok(Settled::because(EffectOutcome::Superseded, EffectReason::Erased));
    }
    // Who was nobody when deleted stays so.
    let was_nobody = known.is_none() && set.users.is_known_deleted(key, link.sequence);
    if was_nobody || known.is_none() && set.offer_adoption(key, &mut link) {
        let settled = match link.wait {
            Some(Wait::Adoption { .. }) => Settled::because(EffectOutcome::Waiting, EffectReason::Adoption),
            Some(Wait::Held { .. } | Wait::Exempt) | None => {
                Settled::because(EffectOutcome::Unchanged, EffectReason::Nobody)
            }
        };
        set.users.advance(key.clone(), link);
        return Ok(settled);
    }
    let rules = set.rules_of(&key.integration)?;
    let mut incoming = read_user(&source.state, link.phase, &rules.rules.mapping);
    set.resolve_manager(key, link.target, &mut incoming.profile);
    let contact = contact_of(known.as_ref());
    let portal = set.portal_of(&key.integration)?;
    let before = known.unwrap_or_else(|| blank(portal, key));
    if link.phase == Phase::Deleted && set.users.is_known_deleted(key, link.sequence) {
        // Since the deletion the learner may have given it up.
        incoming.external_id = None;
    }
    let mut learner = identify(before.clone(), key, &incoming, link.phase);
    link.target = Some(learner.id);
    if learner.is_exempt {
        // What is decided about a hold outlasts the exemption.
        link.wait = link.wait.filter(|wait| matches!(wait, Wait::Held { .. })).or(Some(Wait::Exempt));
        let settled = Settled::because(EffectOutcome::Waiting, EffectReason::Exempt);
        return join(set, key, link, learner, settled);
    }
    let lifecycle = live(&before, &incoming, contact, source.cause);
    let was_active = before.lifecycle.status == Status::Active;
    let passage = match (was_active, lifecycle.status == Status::Active) {
        (true, false) => set.guard_state(&key.integration)?.pass(link.wait),
        (false, true) if !set.guard_state(&key.integration)?.has_seat() => return Err(ParkReason::NoSeat),
        (true, true) | (false, true | false) => Passage::Free,
    };
    if let Passage::Held(wait) = passage {
        link.wait = Some(wait);
        let settled = Settled::because(EffectOutcome::Held, EffectReason::Guard);
        return join(set, key, link, learner, settled);
    }
    link.wait = None;
    let mut conflicts = write_profile(&mut learner, &incoming.profile, &rules, contact, source.cause);
    conflicts.extend(write_status(&mut learner, &before, lifecycle, &rules, contact, source.cause));
    check(&learner)?;
    let settled = compare(&before, &learner, contact);
    let is_active = learner.lifecycle.status == Status::Active;
    let settled = join(set, key, link, learner, settled)?;
    set.guard_state(&key.integration)?.count(was_active, is_active, passage);
    set.conflicts.extend(conflicts);
    Ok(settled)
}

fn contact_of(known: Option<&Learner>) -> Contact {
    match known {
        None => Contact::Created,
        Some(learner) if learner.source.is_none() => Contact::Adopted,
        Some(_) => Contact::Repeated,
    }
}

/// Puts the learner and the link in.
fn join(
    set: &mut WorkingSet,
    key: &ResourceKey,
    link: UserLink,
    learner: Learner,
    settled: Settled,
) -> Result<Settled, ParkReason> {
    set.users.put(learner, link.phase)?;
    set.users.advance(key.clone(), link);
    Ok(settled)
}

fn blank(portal: PortalId, key: &ResourceKey) -> Learner {
    Learner {
        id: LearnerId::of_user(&key.integration, key.scim_id),
        portal,
        source: Some(key.clone()),
        external_id: None,
        lifecycle: Lifecycle::unborn(),
        profile: Profile::default(),
        provenance: Provenance::default(),
        is_exempt: false,
    }
}

fn identify(learner: Learner, key: &ResourceKey, incoming: &IncomingUser, phase: Phase) -> Learner {
    let external_id = match phase {
        // By it, a person who returns is found.
        Phase::Deleted => incoming.external_id.clone().or_else(|| learner.external_id.clone()),
        // The state says what the external id is, also that there is none any more.
        Phase::Current | Phase::Superseded => incoming.external_id.clone(),
    };
    Learner { source: Some(key.clone()), external_id, ..learner }
}

fn live(before: &Learner, incoming: &IncomingUser, contact: Contact, cause: Cause) -> Lifecycle {
    match contact {
        Contact::Created => Lifecycle::begin(incoming.standing, cause.at),
        Contact::Adopted | Contact::Repeated => before.lifecycle.follow(incoming.standing, cause.at),
    }
}

fn write_profile(
    learner: &mut Learner,
    incoming: &Profile,
    rules: &VersionedRules,
    contact: Contact,
    cause: Cause,
) -> Vec<Conflict> {
    let (profile, provenance) = (&mut learner.profile, &mut learner.provenance);
    let disagreements = overwrite(profile, provenance, incoming, rules, contact, cause);
    let integration = learner.source.as_ref().map(|source| source.integration.clone());
    let conflicts = disagreements.into_iter().filter_map(|disagreement| {
        Some(Conflict {
            integration: integration.clone()?,
            learner: learner.id,
            attribute: Some(disagreement.attribute),
            kind: disagreement.kind,
            lms_value: disagreement.lms_value,
            source_value: disagreement.source_value,
            rules: rules.version,
            cause,
        })
    });
    conflicts.collect()
}

/// The directory owns the status; who was deactivated or activated by hand follows it again.
fn write_status(
    learner: &mut Learner,
    before: &Learner,
    lifecycle: Lifecycle,
    rules: &VersionedRules,
    contact: Contact,
    cause: Cause,
) -> Option<Conflict> {
    learner.lifecycle = lifecycle;
    let (was, is) = (before.lifecycle.status, lifecycle.status);
    let written = before.provenance.status().map(|origin| origin.written);
    if written != Some(is) {
        learner.provenance.record_status(StatusOrigin { written: is, rules: rules.version, cause });
    }
    let is_edited = contact == Contact::Repeated && written.is_some_and(|written| written != was);
    let source = learner.source.as_ref().filter(|_| is_edited && was != is)?;
    Some(Conflict {
        integration: source.integration.clone(),
        learner: learner.id,
        attribute: None,
        kind: ConflictKind::Reverted,
        lms_value: Some(was.as_str().to_owned()),
        source_value: Some(is.as_str().to_owned()),
        rules: rules.version,
        cause,
    })
}

fn check(learner: &Learner) -> Result<(), ParkReason> {
    let login = learner.profile.value(Attribute::Login);
    if learner.lifecycle.status == Status::Active && login.is_none() {
        return Err(ParkReason::MissingAttribute(Attribute::Login));
    }
    // Folding may lengthen it.
    let employee_number = learner.profile.value(Attribute::EmployeeNumber);
    if !fits_key(login.map(fold).as_deref())
        || !fits_key(learner.external_id.as_deref())
        || !fits_key(employee_number)
        || !fits_key(learner.profile.value(Attribute::Email))
    {
        return Err(ParkReason::UnfitKey);
    }
    Ok(())
}

fn compare(before: &Learner, after: &Learner, contact: Contact) -> Settled {
    let has_changed =
        |attribute: &Attribute| before.profile.value(*attribute) != after.profile.value(*attribute);
    let changed: Vec<Field> = Attribute::ALL.into_iter().filter(has_changed).map(Field::Attribute).collect();
    let is_status_changed = before.lifecycle.status != after.lifecycle.status;
    let outcome = match contact {
        Contact::Created => EffectOutcome::Created,
        Contact::Adopted => EffectOutcome::Adopted,
        Contact::Repeated if is_status_changed && after.lifecycle.status == Status::Active => {
            EffectOutcome::Reactivated
        }
        Contact::Repeated if is_status_changed => EffectOutcome::Deactivated,
        Contact::Repeated if changed.is_empty() => EffectOutcome::Unchanged,
        Contact::Repeated => EffectOutcome::Updated,
    };
    Settled { is_status_changed, ..Settled::done(outcome, changed) }
}
