//! What a batch of events has to know. Every list is looked up by the leading columns of an index.
//!
//! Behind row-level security PostgreSQL looks into an index by plain comparisons only, with a column of another relation
//! or with a subquery: beside a bound that is computed in place, it would read the whole integration.

use crate::statement::Statement;
use crate::statements::is_effective;

/// The parameter's only row, for lists: compared as constants, so that an index gives the order.
macro_rules! given {
    ($columns:literal) => {
        concat!("with given as (select * from {rows: ", $columns, "}) ")
    };
}
pub(crate) use given;

macro_rules! learner_members {
    () => {
        "'learner_id', learner.learner_id, 'portal_id', learner.portal_id, 'row_version', learner.row_version,
            'integration', learner.integration, 'scim_id', learner.scim_id,
            'source_object_id', learner.source_object_id, 'status', learner.status,
            'inactive_reason', learner.inactive_reason, 'inactivated_at', learner.inactivated_at,
            'reactivated_at', learner.reactivated_at, 'login', learner.login, 'login_folded', learner.login_folded,
            'email_folded', learner.email_folded, 'display_name_folded', learner.display_name_folded,
            'full_name_folded', learner.full_name_folded, 'family_name_folded', learner.family_name_folded,
            'email', learner.email, 'given_name', learner.given_name, 'family_name', learner.family_name,
            'display_name', learner.display_name, 'job_title', learner.job_title, 'department', learner.department,
            'division', learner.division, 'organization', learner.organization, 'cost_center', learner.cost_center,
            'employee_number', learner.employee_number, 'employee_type', learner.employee_type,
            'hire_date', learner.hire_date, 'manager_learner_id', learner.manager_learner_id,
            'office', learner.office, 'country', learner.country, 'preferred_language', learner.preferred_language,
            'locale', learner.locale, 'time_zone', learner.time_zone, 'phone', learner.phone,
            'provenance', provenance.document, 'is_exempt', exemption.learner_id is not null"
    };
}
pub(crate) use learner_members;

macro_rules! learner_object {
    () => {
        concat!("{object: ", learner_members!(), "}")
    };
}

macro_rules! learner_memory {
    () => {
        " left join sync.provenance as provenance on provenance.learner_id = learner.learner_id
          left join sync.exemption as exemption
              on exemption.learner_id = learner.learner_id and exemption.ends_at > {now} "
    };
}
pub(crate) use learner_memory;

macro_rules! cohort_object {
    () => {
        "{object: 'cohort_id', cohort.cohort_id, 'portal_id', cohort.portal_id, 'integration', cohort.integration,
            'scim_id', cohort.scim_id, 'source_object_id', cohort.source_object_id, 'name', cohort.name,
            'slug', cohort.slug, 'status', cohort.status, 'on_leave', cohort.on_leave,
            'grants_role', cohort.grants_role, 'row_version', cohort.row_version}"
    };
}

macro_rules! link_object {
    () => {
        "{object: 'integration', link.integration, 'kind', link.kind, 'scim_id', link.scim_id,
            'learner_id', link.learner_id, 'cohort_id', link.cohort_id, 'epoch', link.epoch,
            'incarnation', link.incarnation, 'version', link.version, 'phase', link.phase, 'state', link.state,
            'event_id', link.event_id, 'request_id', link.request_id, 'changed_at', link.changed_at,
            'waits', link.waits, 'hold_id', link.hold_id, 'hold_state', hold.state,
            'is_new_person', link.is_new_person}"
    };
}
pub(crate) use link_object;

pub(crate) static HANDLED: Statement = Statement::new(
    "select {object: 'event_id', inbox.event_id}
     from {rows: event_id uuid, integration text}
     join sync.inbox as inbox on inbox.event_id = r.event_id and inbox.integration = r.integration",
);

pub(crate) static INTEGRATIONS: Statement = Statement::new(
    "select {object: 'slug', integration.slug, 'portal_id', integration.portal_id, 'portal_code', portal.code,
        'environment', integration.environment, 'state', integration.state, 'epoch', integration.state_epoch,
        'incarnation', integration.state_incarnation, 'version', integration.state_version, 'revision', integration.revision,
        'rules_version', rules.version, 'rules', rules.document, 'active', coalesce(headcount.active, 0),
        'departed', (select coalesce(sum(departure.people), 0) from sync.departure as departure
            where departure.integration = integration.slug
                and departure.minute > (select {minutes_ago: integration.guard_window_minutes})),
        'seat_limit', portal.seat_limit,
        'seats_taken', (select coalesce(sum(taken.active), 0) from lms.headcount as taken
            where taken.portal_id = integration.portal_id),
        'open_hold', hold.hold_id}
     from {rows: slug text}
     join sync.integration as integration on integration.slug = r.slug
     join lms.portal as portal on portal.portal_id = integration.portal_id
     left join sync.rules as rules on rules.integration = integration.slug and rules.version
         = (select max(newest.version) from sync.rules as newest where newest.integration = integration.slug)
     left join lms.headcount as headcount
         on headcount.portal_id = integration.portal_id and headcount.integration = integration.slug
     left join sync.hold as hold on hold.integration = integration.slug and hold.state = 'open'",
);

pub(crate) static LINKS: Statement = Statement::new(concat!(
    "select ",
    link_object!(),
    " from {rows: integration text, kind text, scim_id uuid}
     join sync.link as link
         on link.scim_id = r.scim_id and link.kind = r.kind and link.integration = r.integration
     left join sync.hold as hold on hold.hold_id = link.hold_id"
));

/// Those that exist, as far as is known; of one range, so that the planner knows that it is one.
pub(crate) static LINKS_IN_RANGE: Statement = Statement::new(concat!(
    "select ",
    link_object!(),
    " from (select * from {rows: integration text, kind text, after uuid, through uuid} limit 1) as range
     join sync.link as link on link.kind = range.kind and link.integration = range.integration
         and link.scim_id > range.after and link.scim_id <= range.through
     left join sync.hold as hold on hold.hold_id = link.hold_id
     where link.phase = 'current'"
));

/// Of the integration, or of the LMS alone if a link leads there.
pub(crate) static LEARNERS_BY_ID: Statement = Statement::new(concat!(
    "select ",
    learner_object!(),
    " from {rows: integration text, learner_id uuid}
     join lms.learner as learner on learner.learner_id = r.learner_id
         and (learner.integration = r.integration or learner.integration is null)",
    learner_memory!()
));

pub(crate) static LEARNERS_BY_EXTERNAL_ID: Statement = Statement::new(concat!(
    "select ",
    learner_object!(),
    " from {rows: integration text, external_id text}
     join lms.learner as learner
         on learner.source_object_id = r.external_id and learner.integration = r.integration",
    learner_memory!()
));

/// Of the integration, or of the LMS alone.
pub(crate) static COHORTS_BY_ID: Statement = Statement::new(concat!(
    "select ",
    cohort_object!(),
    " from {rows: integration text, cohort_id uuid}
     join lms.cohort as cohort on cohort.cohort_id = r.cohort_id
         and (cohort.integration = r.integration or cohort.integration is null)"
));

pub(crate) static COHORTS_BY_SCIM_ID: Statement = Statement::new(concat!(
    "select ",
    cohort_object!(),
    " from {rows: integration text, scim_id uuid}
     join lms.cohort as cohort on cohort.scim_id = r.scim_id and cohort.integration = r.integration"
));

pub(crate) static COHORTS_BY_EXTERNAL_ID: Statement = Statement::new(concat!(
    "select ",
    cohort_object!(),
    " from {rows: integration text, external_id text}
     join lms.cohort as cohort
         on cohort.source_object_id = r.external_id and cohort.integration = r.integration"
));

/// A membership that another edge stands behind is none of this edge's: one of another group of the cohort, or of a newer
/// self of the learner. Who was deleted and is held keeps the memberships, though no range lists them.
pub(crate) static EDGES_IN_RANGES: Statement = Statement::new(concat!(
    "select {object: 'integration', derived.integration, 'scim_group_id', derived.scim_group_id,
        'scim_user_id', derived.scim_user_id, 'epoch', derived.epoch, 'incarnation', derived.incarnation,
        'version', derived.version, 'present', derived.present, 'is_effective', derived.is_effective,
        'is_member', membership.learner_id is not null and (derived.is_effective or not ",
    is_effective!(),
    "), 'learner_id', derived.learner_id}
     from {rows: integration text, scim_group_id uuid, after uuid, through uuid}
     join sync.derived_membership as derived
         on derived.scim_group_id = r.scim_group_id and derived.integration = r.integration
         and derived.scim_user_id > r.after and derived.scim_user_id <= r.through
     left join lms.cohort_membership as membership on membership.cohort_id = derived.cohort_id
         and membership.learner_id = derived.learner_id and membership.origin = 'scim'
     where coalesce((select link.phase <> 'deleted' or coalesce(link.waits, '') not in ('held', 'exempt') from sync.link as link
         where link.scim_id = derived.scim_user_id and link.kind = 'user'
             and link.integration = derived.integration), {true})"
));

/// Memberships that no edge stands behind, asked for once a group: with its first range.
pub(crate) static MEMBERSHIPS_WITHOUT_EDGE: Statement = Statement::new(concat!(
    "select {object: 'integration', r.integration, 'scim_group_id', r.scim_group_id,
        'scim_user_id', learner.scim_id, 'present', {false}, 'is_effective', {false}, 'is_member', {true},
        'learner_id', learner.learner_id}
     from {rows: integration text, scim_group_id uuid}
     join sync.link as source on source.scim_id = r.scim_group_id and source.kind = 'group'
         and source.integration = r.integration
     join lms.cohort_membership as membership
         on membership.cohort_id = source.cohort_id and membership.origin = 'scim'
     join lms.learner as learner
         on learner.learner_id = membership.learner_id and learner.integration = r.integration
     where not ",
    is_effective!(),
    " and not exists (select 1 from sync.edge as edge
         where edge.scim_group_id = r.scim_group_id and edge.scim_user_id = learner.scim_id
             and edge.integration = r.integration)"
));

pub(crate) static MANAGERS: Statement = Statement::new(
    "select {object: 'integration', link.integration, 'scim_id', link.scim_id, 'learner_id', link.learner_id}
     from {rows: integration text, scim_id uuid}
     join sync.link as link
         on link.scim_id = r.scim_id and link.kind = 'user' and link.integration = r.integration
     where (link.phase = 'current' or link.waits in ('held', 'exempt')) and link.learner_id is not null",
);

/// Local learners of the portal, and inactive ones of the integration.
pub(crate) static CANDIDATES_BY_EMPLOYEE_NUMBER: Statement = Statement::new(
    "select {object: 'integration', r.integration, 'scim_id', r.scim_id, 'learner_id', learner.learner_id}
     from {rows: integration text, scim_id uuid, portal_id uuid, value text}
     join lms.learner as learner on learner.employee_number = r.value and learner.portal_id = r.portal_id
     where (learner.origin = 'local' and learner.status <> 'erased')
         or (learner.integration = r.integration and learner.status = 'inactive')",
);

pub(crate) static CANDIDATES_BY_LOGIN: Statement = Statement::new(
    "select {object: 'integration', r.integration, 'scim_id', r.scim_id, 'learner_id', learner.learner_id}
     from {rows: integration text, scim_id uuid, portal_id uuid, value text}
     join lms.learner as learner on lower(learner.login) = lower(r.value) and learner.portal_id = r.portal_id
     where learner.origin = 'local' and learner.status <> 'erased'",
);

pub(crate) static CANDIDATES_BY_EMAIL: Statement = Statement::new(
    "select {object: 'integration', r.integration, 'scim_id', r.scim_id, 'learner_id', learner.learner_id}
     from {rows: integration text, scim_id uuid, portal_id uuid, value text}
     join lms.learner as learner on lower(learner.email) = lower(r.value) and learner.portal_id = r.portal_id
     where learner.origin = 'local' and learner.status <> 'erased'",
);

/// Due after one minute, then four, nine and so on, at most an hour, unless it was given up; what waits for a seat when
/// there is one; what an administrator asked for at once.
pub(crate) static DUE_PARKED: Statement = Statement::new(
    "select {object: 'event_id', parked.event_id, 'routing_key', parked.routing_key,
        'content_type', parked.content_type, 'attributes', parked.attributes, 'body_hex', {hex: parked.body}}
     from sync.parked_event as parked
     where (parked.last_parked_at <= {minutes_ago: case when parked.attempts > 7 then 60
             else parked.attempts * parked.attempts end} and parked.reason_code <> 'given_up')
         or parked.is_urgent
         or (parked.reason_code = 'no_seat' and exists (
             select 1 from sync.integration as integration
             join lms.portal as portal on portal.portal_id = integration.portal_id
             where integration.slug = parked.integration and (portal.seat_limit is null or portal.seat_limit
                 > (select coalesce(sum(taken.active), 0) from lms.headcount as taken
                     where taken.portal_id = portal.portal_id))))
     order by parked.last_parked_at, parked.event_id
     limit (select max_rows from {rows: max_rows integer})",
);

/// Learners whose exemption is over follow the directory again, also when it said nothing meanwhile.
pub(crate) static RECHECK_EXEMPTED: Statement = Statement::new(
    "insert into sync.recheck (integration, kind, scim_id)
     select link.integration, link.kind, link.scim_id
     from sync.exemption as exemption
     join sync.link as link on link.learner_id = exemption.learner_id
     where not exemption.is_over and exemption.ends_at <= {now} and link.phase <> 'superseded'
     on conflict do nothing",
);

/// Not before they do.
pub(crate) static END_EXEMPTIONS: Statement = Statement::new(
    "update sync.exemption as exemption set is_over = {true}
     where not is_over and ends_at <= {now} and not exists (
         select 1 from sync.link as link
         where link.learner_id = exemption.learner_id and link.waits = 'exempt')",
);

pub(crate) static DUE_RECHECKS: Statement = Statement::new(
    "select {object: 'integration', recheck.integration, 'kind', recheck.kind, 'scim_id', recheck.scim_id,
        'request', recheck.not_before}
     from sync.recheck as recheck
     where recheck.not_before <= {now}
     order by recheck.not_before, recheck.scim_id
     limit (select max_rows from {rows: max_rows integer})",
);

pub(crate) static LEARNERS: Statement = Statement::new(concat!(
    given!("integration text, after uuid, max_rows integer"),
    "select ",
    learner_object!(),
    " from lms.learner as learner",
    learner_memory!(),
    " where learner.integration = (select integration from given)
         and learner.learner_id > (select coalesce(after, '00000000-0000-0000-0000-000000000000') from given)
     order by learner.learner_id
     limit (select max_rows from given)"
));

pub(crate) static LEARNERS_BY_LOGIN: Statement = Statement::new(concat!(
    given!("integration text, login_folded text, status text, after uuid, max_rows integer"),
    "select ",
    learner_object!(),
    " from lms.learner as learner",
    learner_memory!(),
    " where learner.integration = (select integration from given)
         and learner.login_folded = (select login_folded from given)
         and learner.status = coalesce((select status from given), learner.status)
         and learner.learner_id > (select coalesce(after, '00000000-0000-0000-0000-000000000000') from given)
     order by learner.learner_id
     limit (select max_rows from given)"
));

pub(crate) static LEARNERS_BY_STATUS: Statement = Statement::new(concat!(
    given!("integration text, status text, after uuid, max_rows integer"),
    "select ",
    learner_object!(),
    " from lms.learner as learner",
    learner_memory!(),
    " where learner.integration = (select integration from given)
         and learner.status = (select status from given)
         and learner.learner_id > (select coalesce(after, '00000000-0000-0000-0000-000000000000') from given)
     order by learner.learner_id
     limit (select max_rows from given)"
));

/// One at most. A bound or an order that the index of a page could serve would be preferred to the id.
pub(crate) static LEARNERS_BY_SCIM_ID: Statement = Statement::new(concat!(
    given!("integration text, scim_id uuid, status text, after uuid, max_rows integer"),
    "select ",
    learner_object!(),
    " from lms.learner as learner",
    learner_memory!(),
    " where learner.scim_id = (select scim_id from given)
         and learner.integration = (select integration from given)
         and learner.status = coalesce((select status from given), learner.status)
         and coalesce(learner.learner_id > (select after from given), true)
     limit (select max_rows from given)"
));

pub(crate) static COHORTS: Statement = Statement::new(concat!(
    given!("integration text, after uuid, max_rows integer"),
    "select ",
    cohort_object!(),
    " from lms.cohort as cohort
     where cohort.integration = (select integration from given)
         and cohort.cohort_id > (select coalesce(after, '00000000-0000-0000-0000-000000000000') from given)
     order by cohort.cohort_id
     limit (select max_rows from given)"
));

/// Each learner once, by whatever origins.
pub(crate) static MEMBERS: Statement = Statement::new(
    "select {object: 'cohort_id', member.cohort_id, 'learner_id', member.learner_id}
     from (select distinct membership.cohort_id, membership.learner_id
         from {rows: integration text, cohort_id uuid}
         join lms.cohort as cohort on cohort.cohort_id = r.cohort_id and cohort.integration = r.integration
         join lms.cohort_membership as membership on membership.cohort_id = cohort.cohort_id) as member
     order by member.cohort_id, member.learner_id",
);

/// Each cohort once, by whatever origins the learner is in it. A bound or an order of cohorts would have all of them read.
pub(crate) static COHORTS_OF_LEARNER: Statement = Statement::new(concat!(
    given!("integration text, learner_id uuid, after uuid, max_rows integer"),
    "select {object: 'cohort_id', cohort.cohort_id, 'scim_id', cohort.scim_id, 'name', cohort.name,
        'status', cohort.status}
     from (select distinct membership.cohort_id from lms.cohort_membership as membership
         where membership.learner_id = (select learner_id from given)
             and coalesce(membership.cohort_id > (select after from given), true)) as member
     join lms.cohort as cohort on cohort.cohort_id = member.cohort_id
         and cohort.integration = (select integration from given)
     order by member.cohort_id
     limit (select max_rows from given)"
));

pub(crate) static COHORT_SIZES: Statement = Statement::new(
    "select {object: 'cohort_id', cohort.cohort_id, 'members', (
         select count(*) from (
             select distinct membership.learner_id from lms.cohort_membership as membership
             where membership.cohort_id = cohort.cohort_id) as member),
         'group_state', (
             select link.state from sync.link as link
             where link.scim_id = cohort.scim_id and link.kind = 'group' and link.integration = cohort.integration)}
     from {rows: integration text, cohort_id uuid}
     join lms.cohort as cohort on cohort.cohort_id = r.cohort_id and cohort.integration = r.integration",
);

pub(crate) static TRAINING_RECORDS: Statement = Statement::new(
    "select {object: 'record_id', record.record_id, 'learner_id', record.learner_id,
        'course_title', record.course_title, 'completed_at', record.completed_at, 'passed', record.passed,
        'certificate_number', record.certificate_number}
     from {rows: integration text, learner_id uuid}
     join lms.learner as learner on learner.learner_id = r.learner_id and learner.integration = r.integration
     join lms.training_record as record on record.learner_id = learner.learner_id
     order by record.completed_at, record.record_id",
);
