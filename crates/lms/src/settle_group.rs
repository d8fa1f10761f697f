use crate::cohort::slug_cohort;
use crate::effect::Settled;
use crate::text::some_text;
use crate::working_set::WorkingSet;
use crate::{
    Cohort, CohortId, CohortPlan, CohortStatus, EffectOutcome, EffectReason, Field, GroupFacts, GroupLink,
    OnLeave, ParkReason, Phase, PortalId, ResourceKey, Role,
};

/// Brings the cohort in line with the last state of a group, and remembers the link. An error changes nothing.
pub(crate) fn settle_group(
    set: &mut WorkingSet,
    key: &ResourceKey,
    mut link: GroupLink,
) -> Result<Settled, ParkReason> {
    let Some(source) = link.source.clone() else {
        set.groups.advance(key.clone(), link);
        return Ok(Settled::because(EffectOutcome::Superseded, EffectReason::NewerIncarnation));
    };
    let rules = set.rules_of(&key.integration)?;
    let external_id = some_text(&source.state.external_id);
    let facts = GroupFacts {
        scim_id: key.scim_id,
        external_id: external_id.as_deref(),
        display_name: &source.state.display_name,
    };
    let own = own_cohort(set, key, &link);
    if own.is_none() && link.target.is_none() && set.groups.is_known_deleted(key, link.sequence) {
        // What was nothing when deleted stays so.
        set.groups.advance(key.clone(), link);
        return Ok(Settled::because(EffectOutcome::Unchanged, EffectReason::Nobody));
    }
    let settled = match rules.rules.cohorts.decide(&facts) {
        CohortPlan::Create { name, on_leave, role, .. } => {
            let wanted = Wanted { name, on_leave, role };
            let portal = set.portal_of(&key.integration)?;
            let blank = || blank(portal, CohortId::of_group(&key.integration, key.scim_id));
            let cohort = own.clone().unwrap_or_else(blank);
            let cohort = follow(cohort, key, external_id, wanted, link.phase);
            link.target = Some(cohort.id);
            let settled = compare(own.as_ref(), &cohort);
            set.groups.put(cohort, link.phase)?;
            settled
        }
        CohortPlan::Link { cohort, on_leave, role, .. } => {
            let id = cohort;
            let linked = set.local_cohort(&key.integration, id).ok_or(ParkReason::UnknownCohort)?;
            let is_new = link.target.replace(id) != Some(id);
            let is_archived = archive(set, own);
            let amended = Cohort { on_leave, grants_role: role, ..linked.clone() };
            let settled = compare(Some(&linked), &amended);
            set.groups.amend(amended);
            match settled.outcome {
                _ if is_archived || is_new => Settled { outcome: EffectOutcome::Adopted, ..settled },
                _ => settled,
            }
        }
        CohortPlan::Ignore { .. } => {
            // Of a group that is wanted again, the cohort is found by the group.
            link.target = None;
            let is_archived = archive(set, own);
            let outcome = if is_archived { EffectOutcome::Archived } else { EffectOutcome::Unchanged };
            Settled::because(outcome, EffectReason::NoCohort)
        }
    };
    set.groups.advance(key.clone(), link);
    Ok(settled)
}

fn compare(before: Option<&Cohort>, after: &Cohort) -> Settled {
    let Some(before) = before else { return Settled::done(EffectOutcome::Created, vec![Field::Name]) };
    let differences = [
        (Field::Name, before.name != after.name),
        (Field::OnLeave, before.on_leave != after.on_leave),
        (Field::GrantsRole, before.grants_role != after.grants_role),
        (Field::ExternalId, before.external_id != after.external_id),
    ];
    let changed = differences.into_iter().filter(|(_, is_changed)| *is_changed).map(|(field, _)| field);
    let outcome = match (before.status == after.status, after.status) {
        (false, CohortStatus::Archived) => EffectOutcome::Archived,
        (false, CohortStatus::Active) => EffectOutcome::Reactivated,
        (true, _) if before == after => EffectOutcome::Unchanged,
        (true, _) => EffectOutcome::Updated,
    };
    Settled::done(outcome, changed.collect())
}

struct Wanted {
    name: String,
    on_leave: OnLeave,
    role: Option<Role>,
}

/// The cohort that was made for the group, or for an earlier incarnation of it.
fn own_cohort(set: &WorkingSet, key: &ResourceKey, link: &GroupLink) -> Option<Cohort> {
    let linked = link.target.and_then(|id| set.groups.row(id)).filter(|cohort| cohort.source.is_some());
    linked.or_else(|| set.groups.row_of(key)).cloned()
}

fn blank(portal: PortalId, id: CohortId) -> Cohort {
    Cohort {
        id,
        portal,
        source: None,
        external_id: None,
        name: String::new(),
        slug: String::new(),
        status: CohortStatus::Active,
        on_leave: OnLeave::Keep,
        grants_role: None,
    }
}

fn follow(
    cohort: Cohort,
    key: &ResourceKey,
    external_id: Option<String>,
    wanted: Wanted,
    phase: Phase,
) -> Cohort {
    let (external_id, status) = match phase {
        // By it, a group that returns is found.
        Phase::Deleted => (external_id.or(cohort.external_id), CohortStatus::Archived),
        // The state says what the external id is, also that there is none any more.
        Phase::Current | Phase::Superseded => (external_id, CohortStatus::Active),
    };
    Cohort {
        source: Some(key.clone()),
        external_id,
        slug: slug_cohort(&wanted.name, cohort.id),
        name: wanted.name,
        status,
        on_leave: wanted.on_leave,
        grants_role: wanted.role,
        ..cohort
    }
}

/// A cohort that the rules no longer choose is kept as that of a deleted group is.
fn archive(set: &mut WorkingSet, own: Option<Cohort>) -> bool {
    let Some(cohort) = own.filter(|cohort| cohort.status == CohortStatus::Active) else { return false };
    let id = cohort.id;
    set.groups.amend(Cohort { status: CohortStatus::Archived, ..cohort });
    set.groups.rejoin(id);
    true
}
