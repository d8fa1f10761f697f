//! What a commit writes. What a membership of origin scim is stands in the view `sync.derived_membership`, and in
//! `is_effective!` for one cohort and one learner.

use crate::statement::Statement;

/// Columns of a learner that are written, but for the row's identity.
macro_rules! learner_columns {
    () => {
        "integration, scim_id, source_object_id, status, inactive_reason, inactivated_at, reactivated_at, login,
         login_folded, email_folded, display_name_folded, full_name_folded, family_name_folded, email, given_name, family_name, display_name, job_title, department, division, organization,
         cost_center, employee_number, employee_type, hire_date, manager_learner_id, office, country,
         preferred_language, locale, time_zone, phone"
    };
}

macro_rules! learner_rows {
    () => {
        "{rows: learner_id uuid, portal_id uuid, row_version bigint, integration text, scim_id uuid,
            source_object_id text, status text, inactive_reason text, inactivated_at timestamptz,
            reactivated_at timestamptz, login text, login_folded text, email_folded text, display_name_folded text,
            full_name_folded text, family_name_folded text, email text, given_name text, family_name text,
            display_name text, job_title text, department text, division text, organization text, cost_center text,
            employee_number text, employee_type text, hire_date date, manager_learner_id uuid, office text,
            country text, preferred_language text, locale text, time_zone text, phone text}"
    };
}

macro_rules! link_rows {
    () => {
        "{rows: integration text, kind text, scim_id uuid, learner_id uuid, cohort_id uuid, epoch integer,
            incarnation integer, version bigint, phase text, state text, event_id uuid, request_id uuid,
            changed_at timestamptz, manager_scim_id uuid, waits text, hold_id uuid, is_new_person boolean,
            replaced_epoch integer, replaced_incarnation integer, replaced_version bigint}"
    };
}

/// Whether the cohort and the learner of `membership` belong together by some edge, of whichever integration. A scalar
/// subquery, so that no planner turns it into a join over all edges.
macro_rules! is_effective {
    () => {
        "coalesce((select {true} from sync.standing_membership as standing
            where standing.cohort_id = membership.cohort_id and standing.learner_id = membership.learner_id
            limit 1), {false})"
    };
}
pub(crate) use is_effective;

pub(crate) static REGISTER_PORTALS: Statement = Statement::new(
    "insert into lms.portal (portal_id, code, environment)
     select portal_id, portal_code, environment
     from {rows: portal_id uuid, portal_code text, environment text} where true
     on conflict do nothing",
);

pub(crate) static REGISTER_INTEGRATIONS: Statement = Statement::new(
    "insert into sync.integration (slug, portal_id, environment)
     select r.slug, portal.portal_id, r.environment
     from {rows: slug text, portal_code text, environment text}
     join lms.portal as portal on portal.code = r.portal_code and portal.environment = r.environment
     where true
     order by r.slug
     on conflict do nothing",
);

/// Counters have not moved since the decision.
pub(crate) static CHECK_REVISIONS: Statement = Statement::new(
    "update sync.integration as integration set revision = integration.revision + 1
     from {rows: slug text, revision bigint}
     where integration.slug = r.slug and integration.revision = r.revision",
);

/// The rules of the decision are in force, and the integration is as detached as it was.
pub(crate) static CHECK_RULES: Statement = Statement::new(
    "select {object: 'slug', r.slug}
     from {rows: slug text, version integer, is_detached boolean}
     join sync.integration as integration on integration.slug = r.slug
     where (integration.state = 'detached') = r.is_detached and r.version = (select coalesce(max(rules.version), 0) from sync.rules as rules
         where rules.integration = r.slug)",
);

/// Named managers are who they were decided to be.
pub(crate) static CHECK_MANAGERS: Statement = Statement::new(
    "select {object: 'scim_id', r.scim_id}
     from {rows: integration text, scim_id uuid, learner_id uuid}
     where coalesce(r.learner_id, '00000000-0000-0000-0000-000000000000') = coalesce(
         (select link.learner_id from sync.link as link
             where link.scim_id = r.scim_id and link.kind = 'user' and link.integration = r.integration
                 and (link.phase = 'current' or link.waits in ('held', 'exempt'))),
         '00000000-0000-0000-0000-000000000000')",
);

/// How much of an integration a detachment leaves to the LMS, each number counted up to a limit, if there is one.
///
/// Memberships and roles are counted by cohorts: their keys lie together in one index, those of learners all over it.
macro_rules! detachment_counts {
    ($limit:literal) => {
        concat!(
            "{object: 'active', (select coalesce(sum(headcount.active), 0) from lms.headcount as headcount
                where headcount.integration = integration.slug),
            'inactive', (select count(*) from (select 1 from lms.learner as learner
                where learner.integration = integration.slug and learner.status in ('inactive', 'erased')",
            $limit,
            ") as counted),
            'cohorts', (select count(*) from (select 1 from lms.cohort as cohort
                where cohort.integration = integration.slug",
            $limit,
            ") as counted),
            'memberships', (select count(*) from (select 1 from lms.cohort as cohort
                join lms.cohort_membership as membership
                    on membership.cohort_id = cohort.cohort_id and membership.origin = 'scim'
                where cohort.integration = integration.slug",
            $limit,
            ") as counted),
            'role_grants', (select count(*) from (select 1 from lms.cohort as cohort
                join lms.role_grant as role_grant on role_grant.cohort_id = cohort.cohort_id
                where cohort.integration = integration.slug",
            $limit,
            ") as counted),
            'held', (select count(*) from (select 1 from sync.link as link
                where link.integration = integration.slug and link.waits = 'held'",
            $limit,
            ") as counted),
            'waiting_adoption', (select count(*) from (select 1 from sync.link as link
                where link.integration = integration.slug and link.waits = 'adoption'",
            $limit,
            ") as counted),
            'parked', (select count(*) from (select 1 from sync.parked_event as parked
                where parked.integration = integration.slug",
            $limit,
            ") as counted)}"
        )
    };
}
pub(crate) use detachment_counts;

/// A detachment is for ever; of all other states the newest holds.
pub(crate) static SET_STATES: Statement = Statement::new(concat!(
    "update sync.integration as integration
     set state = r.state, state_epoch = r.epoch, state_incarnation = r.incarnation, state_version = r.version,
         detached_at = case when r.state = 'detached' then {now} end, is_settled = r.state <> 'detached',
         detachment = case when r.state = 'detached' then ",
    detachment_counts!(""),
    " end
     from {rows: slug text, state text, epoch integer, incarnation integer, version bigint}
     where integration.slug = r.slug and integration.state <> 'detached'
         and (r.state = 'detached' or integration.state_epoch is null
             or (integration.state_epoch, integration.state_incarnation, integration.state_version)
                 < (r.epoch, r.incarnation, r.version))"
));

pub(crate) static INSERT_HANDLED: Statement = Statement::new(
    "insert into sync.inbox (event_id, integration, subject, epoch, incarnation, version, outcome)
     select event_id, integration, subject, epoch, incarnation, version, outcome
     from {rows: event_id uuid, integration text, subject text, epoch integer, incarnation integer, version bigint,
        outcome text}
     where true
     on conflict do nothing",
);

/// What is handled waits for nobody any more.
pub(crate) static FORGET_PARKED: Statement = Statement::new(
    "delete from sync.parked_event where event_id in (select event_id from {rows: event_id uuid})",
);

pub(crate) static UPSERT_PARKED: Statement = Statement::new(
    "insert into sync.parked_event as parked
         (event_id, integration, subject, reason_code, reason, routing_key, content_type, attributes, body)
     select event_id, integration, subject, reason_code, reason, routing_key, content_type, attributes,
         {unhex: body_hex}
     from {rows: event_id uuid, integration text, subject text, reason_code text, reason text, routing_key text,
        content_type text, attributes text, body_hex text}
     where true
     on conflict (event_id, coalesce(integration, '')) do update
     set reason_code = excluded.reason_code, reason = excluded.reason, attempts = parked.attempts + 1,
         last_parked_at = {now}, is_urgent = {false}",
);

pub(crate) static INSERT_LEARNERS: Statement = Statement::new(concat!(
    "insert into lms.learner (learner_id, portal_id, origin, ",
    learner_columns!(),
    ") select learner_id, portal_id, 'scim', ",
    learner_columns!(),
    " from ",
    learner_rows!(),
    " where true on conflict (learner_id) do nothing"
));

pub(crate) static UPDATE_LEARNERS: Statement = Statement::new(concat!(
    "update lms.learner as learner
     set origin = 'scim', integration = r.integration, scim_id = r.scim_id, source_object_id = r.source_object_id,
         status = r.status, inactive_reason = r.inactive_reason, inactivated_at = r.inactivated_at,
         reactivated_at = r.reactivated_at, login = r.login, login_folded = r.login_folded,
         email_folded = r.email_folded, display_name_folded = r.display_name_folded,
         full_name_folded = r.full_name_folded, family_name_folded = r.family_name_folded, email = r.email,
         given_name = r.given_name, family_name = r.family_name, display_name = r.display_name,
         job_title = r.job_title, department = r.department, division = r.division, organization = r.organization,
         cost_center = r.cost_center, employee_number = r.employee_number, employee_type = r.employee_type,
         hire_date = r.hire_date, manager_learner_id = r.manager_learner_id, office = r.office, country = r.country,
         preferred_language = r.preferred_language, locale = r.locale, time_zone = r.time_zone, phone = r.phone
     from ",
    learner_rows!(),
    " where learner.learner_id = r.learner_id and learner.row_version = r.row_version"
));

pub(crate) static UPSERT_PROVENANCE: Statement = Statement::new(
    "insert into sync.provenance (learner_id, document)
     select learner_id, document from {rows: learner_id uuid, document text} where true
     on conflict (learner_id) do update set document = excluded.document",
);

pub(crate) static INSERT_COHORTS: Statement = Statement::new(
    "insert into lms.cohort
         (cohort_id, portal_id, integration, scim_id, source_object_id, name, slug, status, on_leave, grants_role,
          origin)
     select cohort_id, portal_id, integration, scim_id, source_object_id, name, slug, status, on_leave, grants_role,
         'scim'
     from {rows: cohort_id uuid, portal_id uuid, integration text, scim_id uuid, source_object_id text, name text,
        slug text, status text, on_leave text, grants_role text}
     where true
     on conflict (cohort_id) do nothing",
);

/// Of a cohort that the LMS keeps, name, slug and status are written as they were.
pub(crate) static UPDATE_COHORTS: Statement = Statement::new(
    "update lms.cohort as cohort
     set scim_id = r.scim_id, source_object_id = r.source_object_id, name = r.name, slug = r.slug, status = r.status,
         on_leave = r.on_leave, grants_role = r.grants_role
     from {rows: cohort_id uuid, scim_id uuid, source_object_id text, name text, slug text, status text,
        on_leave text, grants_role text, row_version bigint}
     where cohort.cohort_id = r.cohort_id and cohort.row_version = r.row_version",
);

pub(crate) static INSERT_HOLDS: Statement = Statement::new(
    "insert into sync.hold (hold_id, integration, departed, active)
     select hold_id, integration, departed, active
     from {rows: hold_id uuid, integration text, departed bigint, active bigint}",
);

pub(crate) static INSERT_LINKS: Statement = Statement::new(concat!(
    "insert into sync.link
         (integration, kind, scim_id, learner_id, cohort_id, epoch, incarnation, version, phase, state, event_id,
          request_id, changed_at, manager_scim_id, waits, hold_id, is_new_person)
     select integration, kind, scim_id, learner_id, cohort_id, epoch, incarnation, version, phase, state, event_id,
         request_id, changed_at, manager_scim_id, waits, hold_id, is_new_person
     from ",
    link_rows!(),
    // Nobody begins to wait in a hold that a person decided meanwhile.
    " where r.hold_id is null or coalesce((select hold.state from sync.hold as hold
             where hold.hold_id = r.hold_id), '') = 'open'
     on conflict do nothing"
));

/// Over the position that the decision was made on, and over no decision of a person that it did not see: who a newcomer
/// is, what becomes of a hold, that a learner is erased.
pub(crate) static UPDATE_LINKS: Statement = Statement::new(concat!(
    "update sync.link as link
     set learner_id = r.learner_id, cohort_id = r.cohort_id, epoch = r.epoch, incarnation = r.incarnation,
         version = r.version, phase = r.phase, state = r.state, event_id = r.event_id, request_id = r.request_id,
         changed_at = r.changed_at, manager_scim_id = r.manager_scim_id, waits = r.waits, hold_id = r.hold_id,
         is_new_person = r.is_new_person
     from ",
    link_rows!(),
    " where link.integration = r.integration and link.kind = r.kind and link.scim_id = r.scim_id
         and (link.epoch, link.incarnation, link.version)
             = (r.replaced_epoch, r.replaced_incarnation, r.replaced_version)
         and (link.kind = 'group' or link.learner_id is null or r.learner_id is not null)
         and not (link.is_new_person and not r.is_new_person and coalesce(r.waits, '') = 'adoption')
         and (r.hold_id is null or case coalesce((select hold.state from sync.hold as hold
                 where hold.hold_id = r.hold_id), '')
             when 'open' then {true}
             when 'rejected' then coalesce(link.hold_id = r.hold_id, {false})
             else {false} end)
         and (r.state is null or r.learner_id is null or coalesce((select learner.status
             from lms.learner as learner where learner.learner_id = r.learner_id), '') <> 'erased')"
));

pub(crate) static FORGET_ADOPTIONS: Statement = Statement::new(
    "delete from sync.adoption
     where (scim_id, integration) in
         (select scim_id, integration from {rows: scim_id uuid, integration text})",
);

pub(crate) static INSERT_ADOPTIONS: Statement = Statement::new(
    "insert into sync.adoption (integration, scim_id, learner_id, matched)
     select integration, scim_id, learner_id, matched
     from {rows: integration text, scim_id uuid, learner_id uuid, matched text}",
);

/// Last writer wins; of equal age, absence.
pub(crate) static UPSERT_EDGES: Statement = Statement::new(
    "insert into sync.edge as edge
         (integration, scim_group_id, scim_user_id, epoch, incarnation, version, present)
     select integration, scim_group_id, scim_user_id, epoch, incarnation, version, present
     from {rows: integration text, scim_group_id uuid, scim_user_id uuid, epoch integer, incarnation integer,
        version bigint, present boolean}
     where true
     on conflict (integration, scim_group_id, scim_user_id) do update
     set epoch = excluded.epoch, incarnation = excluded.incarnation, version = excluded.version,
         present = excluded.present
     where (edge.epoch, edge.incarnation, edge.version, not edge.present)
         < (excluded.epoch, excluded.incarnation, excluded.version, not excluded.present)",
);

pub(crate) static END_MEMBERSHIPS_OF_EDGES: Statement = Statement::new(concat!(
    "delete from lms.cohort_membership as membership
     where membership.origin = 'scim'
         and (membership.cohort_id, membership.learner_id) in (
             select derived.cohort_id, derived.learner_id
             from {rows: integration text, scim_group_id uuid, scim_user_id uuid}
             join sync.derived_membership as derived
                 on derived.integration = r.integration and derived.scim_group_id = r.scim_group_id
                 and derived.scim_user_id = r.scim_user_id
             where not derived.is_effective)
         and not ",
    is_effective!()
));

pub(crate) static BEGIN_MEMBERSHIPS_OF_EDGES: Statement = Statement::new(
    "insert into lms.cohort_membership (cohort_id, learner_id, origin)
     select derived.cohort_id, derived.learner_id, 'scim'
     from {rows: integration text, scim_group_id uuid, scim_user_id uuid}
     join sync.derived_membership as derived
         on derived.integration = r.integration and derived.scim_group_id = r.scim_group_id
         and derived.scim_user_id = r.scim_user_id
     where derived.is_effective
     on conflict do nothing",
);

/// Leaves alone what is right, with the day since when it is.
pub(crate) static END_MEMBERSHIPS_OF_LEARNERS: Statement = Statement::new(concat!(
    "delete from lms.cohort_membership as membership
     where membership.origin = 'scim' and membership.learner_id in (select learner_id from {rows: learner_id uuid})
         and not ",
    is_effective!()
));

pub(crate) static BEGIN_MEMBERSHIPS_OF_LEARNERS: Statement = Statement::new(
    "insert into lms.cohort_membership (cohort_id, learner_id, origin)
     select derived.cohort_id, derived.learner_id, 'scim'
     from {rows: learner_id uuid}
     join sync.link as person on person.learner_id = r.learner_id
     join sync.derived_membership as derived
         on derived.integration = person.integration and derived.scim_user_id = person.scim_id
     where derived.is_effective
     on conflict do nothing",
);

/// Leaves alone what is right: enrolments hang on it.
pub(crate) static END_MEMBERSHIPS_OF_COHORTS: Statement = Statement::new(concat!(
    "delete from lms.cohort_membership as membership
     where membership.origin = 'scim' and membership.cohort_id in (select cohort_id from {rows: cohort_id uuid})
         and not ",
    is_effective!()
));

pub(crate) static BEGIN_MEMBERSHIPS_OF_COHORTS: Statement = Statement::new(
    "insert into lms.cohort_membership (cohort_id, learner_id, origin)
     select derived.cohort_id, derived.learner_id, 'scim'
     from {rows: cohort_id uuid}
     join sync.link as source on source.cohort_id = r.cohort_id
     join sync.derived_membership as derived
         on derived.integration = source.integration and derived.scim_group_id = source.scim_id
     where derived.is_effective
     on conflict do nothing",
);

pub(crate) static INSERT_CONFLICTS: Statement = Statement::new(
    "insert into sync.conflict
         (integration, learner_id, attribute, kind, lms_value, source_value, rules_version, event_id, request_id)
     select integration, learner_id, attribute, kind, lms_value, source_value, rules_version, event_id, request_id
     from {rows: integration text, learner_id uuid, attribute text, kind text, lms_value text, source_value text,
        rules_version integer, event_id uuid, request_id uuid}",
);

pub(crate) static COUNT_DEPARTURES: Statement = Statement::new(
    "insert into sync.departure as departure (integration, minute, people)
     select integration, {minute}, people from {rows: integration text, people bigint} where true
     on conflict (integration, minute) do update set people = departure.people + excluded.people",
);

/// Whoever names these users as manager.
pub(crate) static WAKE_REPORTS: Statement = Statement::new(
    "insert into sync.recheck (integration, kind, scim_id)
     select link.integration, link.kind, link.scim_id
     from {rows: integration text, scim_id uuid}
     join sync.link as link on link.manager_scim_id = r.scim_id and link.integration = r.integration
     where link.phase = 'current'
     on conflict (scim_id, kind, integration) do update set not_before = excluded.not_before",
);

/// But not what was asked for again after it was read: a rule or a decision may have come in between.
pub(crate) static FORGET_RECHECKS: Statement = Statement::new(
    "delete from sync.recheck
     where (scim_id, kind, integration, not_before) in
         (select scim_id, kind, integration, request
         from {rows: scim_id uuid, kind text, integration text, request timestamptz})",
);

pub(crate) static POSTPONE_RECHECKS: Statement = Statement::new(
    "update sync.recheck as recheck
     set attempts = recheck.attempts + 1, reason_code = r.reason_code, reason = r.reason,
         not_before = {in_minutes: case when recheck.attempts > 6 then 60
             else (recheck.attempts + 1) * (recheck.attempts + 1) end}
     from {rows: scim_id uuid, kind text, integration text, request timestamptz, reason_code text, reason text}
     where recheck.scim_id = r.scim_id and recheck.kind = r.kind and recheck.integration = r.integration
         and recheck.not_before = r.request",
);

/// What is parked again is told of the first time only. Of memberships the cohort is found out here: an event about
/// members is decided without it.
pub(crate) static INSERT_EFFECTS: Statement = Statement::new(
    "insert into sync.effect
         (integration, request_id, event_id, event_type, kind, scim_id, learner_id, cohort_id, outcome, changed,
          members, reason)
     select r.integration, r.request_id, r.event_id, r.event_type, r.kind, r.scim_id, r.learner_id,
         coalesce(r.cohort_id, source.cohort_id), r.outcome, r.changed, r.members,
         coalesce(r.reason, case when r.kind = 'membership' and source.cohort_id is null then 'no_cohort' end)
     from {rows: integration text, request_id uuid, event_id uuid, event_type text, kind text, scim_id uuid,
        learner_id uuid, cohort_id uuid, outcome text, changed text, members integer, reason text}
     left join sync.link as source on r.kind = 'membership' and source.scim_id = r.scim_id
         and source.kind = 'group' and source.integration = r.integration and source.phase = 'current'
     where r.outcome <> 'parked' or not (
         coalesce((select parked.attempts from sync.parked_event as parked
             where parked.event_id = r.event_id and parked.integration = r.integration), 0) > 1
         or r.event_type = 'recheck' and coalesce((select recheck.attempts from sync.recheck as recheck
             where recheck.scim_id = r.scim_id and recheck.kind = r.kind and recheck.integration = r.integration), 0)
             > 1)",
);

pub(crate) static INSERT_EFFECT_MEMBERS: Statement = Statement::new(
    "insert into sync.effect_member (effect_id, scim_user_id)
     select effect.effect_id, r.scim_user_id
     from {rows: event_id uuid, outcome text, scim_id uuid, scim_user_id uuid}
     join sync.effect as effect on effect.event_id = r.event_id and effect.kind = 'membership'
         and effect.outcome = r.outcome and effect.scim_id = r.scim_id
     where true
     on conflict do nothing",
);

pub(crate) static BEGIN_RUNS: Statement = Statement::new(
    "insert into sync.reconcile_run (run_id, integration)
     select distinct run_id, integration from {rows: run_id uuid, integration text} where true
     on conflict do nothing",
);

pub(crate) static COUNT_PARTS: Statement = Statement::new(
    "insert into sync.reconcile_part (run_id, number)
     select distinct run_id, number from {rows: run_id uuid, number integer} where true
     on conflict do nothing",
);

pub(crate) static END_RUNS: Statement = Statement::new(
    "update sync.reconcile_run as run
     set parts = r.parts, users = r.users, groups = r.groups, members = r.members, began_at = r.began_at
     from {rows: run_id uuid, parts integer, users bigint, groups bigint, members bigint, began_at timestamptz}
     where run.run_id = r.run_id",
);

pub(crate) static INSERT_DRIFT: Statement = Statement::new(
    "insert into sync.drift (run_id, kind, scim_id, member_scim_id, attributes)
     select run_id, kind, scim_id, member_scim_id, attributes
     from {rows: run_id uuid, kind text, scim_id uuid, member_scim_id uuid, attributes text}",
);
