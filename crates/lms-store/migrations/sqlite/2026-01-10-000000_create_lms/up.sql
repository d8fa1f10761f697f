-- Prefix lms_: what the LMS owns. Prefix sync_: what the user-sync service owns. UUIDs are lower-case text.
create table lms_portal (
    portal_id text not null primary key,
    code text not null,
    environment text not null check (environment in ('production', 'staging')),
    created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    unique (code, environment)
) strict;

create table sync_integration (
    slug text not null primary key,
    portal_id text not null references lms_portal,
    environment text not null check (environment in ('production', 'staging')),
    -- Grows with every commit that was decided by counters: another value means that they are others now.
    revision integer not null default 0,
    -- As the rules in force say it; here, so that a query can look back just so far.
    guard_window_minutes integer not null default 60,
    registered_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) strict;

-- Every version of an integration's rules, the greatest in force; none are the defaults.
create table sync_rules (
    integration text not null references sync_integration,
    version integer not null check (version > 0),
    document text not null,
    saved_by text not null,
    comment text not null default '',
    saved_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    primary key (integration, version)
) strict;

create table lms_learner (
    learner_id text not null primary key,
    portal_id text not null references lms_portal,
    -- Owned by the source.
    login text,
    -- The login as logins are compared (lms::fold), whatever the collation. Written with every event that changes the
    -- learner. Of a login that the LMS writes by hand, this column is behind until the next event of the user; an
    -- erasure empties both.
    login_folded text,
    email text,
    given_name text,
    family_name text,
    display_name text,
    job_title text,
    department text,
    division text,
    organization text,
    cost_center text,
    employee_number text,
    employee_type text,
    hire_date text,
    manager_learner_id text references lms_learner deferrable initially deferred
        check (manager_learner_id <> learner_id),
    office text,
    country text,
    -- Seeded once or filled by the source, then owned by the LMS.
    preferred_language text,
    locale text,
    time_zone text,
    phone text,
    -- Owned by the LMS.
    avatar_url text,
    bio text,
    notification_prefs text not null default '{}',
    accepted_terms_at text,
    last_login_at text,
    custom_fields text not null default '{}',
    password_hash text,
    -- Lifecycle.
    status text not null check (status in ('active', 'inactive', 'erased')),
    inactive_reason text check (inactive_reason in (
        'source_disabled', 'source_soft_deleted', 'source_deleted', 'out_of_scope', 'admin', 'directory_detached')),
    inactivated_at text,
    reactivated_at text,
    erased_at text,
    -- Link to the directory.
    origin text not null check (origin in ('local', 'scim')),
    integration text references sync_integration,
    scim_id text,
    source_object_id text,
    row_version integer not null default 1,
    created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    updated_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    constraint learner_origin_scim check ((origin = 'scim') = (integration is not null and scim_id is not null)),
    constraint learner_active_has_login check (status <> 'active' or login is not null),
    constraint learner_inactive_has_reason check ((status = 'inactive') = (inactive_reason is not null)),
    constraint learner_erased_is_empty check (status <> 'erased' or (login is null and email is null
        and given_name is null and family_name is null and display_name is null and phone is null))
) strict;
create unique index learner_integration_scim_id on lms_learner (scim_id, integration);
create unique index learner_integration_source_object_id on lms_learner (source_object_id, integration);
create unique index learner_portal_active_login on lms_learner (portal_id, login_folded) where status = 'active';
create index learner_integration_login on lms_learner (integration, login_folded, learner_id);
create index learner_integration_page on lms_learner (integration, learner_id);
-- By these, somebody known is proposed for a newcomer.
create index learner_employee_number on lms_learner (employee_number, portal_id) where employee_number is not null;
create index learner_local_login on lms_learner (lower(login), portal_id) where origin = 'local';
create index learner_local_email on lms_learner (lower(email), portal_id) where origin = 'local';
create index learner_manager on lms_learner (manager_learner_id) where manager_learner_id is not null;

-- Counts every write, so that a decision made on an older row is recognised, whoever wrote the newer one.
create trigger learner_touch after update on lms_learner when new.row_version = old.row_version begin
    update lms_learner
    set row_version = old.row_version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    where learner_id = new.learner_id;
end;
create trigger learner_keep before delete on lms_learner begin
    select raise(abort, 'DELETE of lms_learner is forbidden');
end;

create table lms_cohort (
    cohort_id text not null primary key,
    portal_id text not null references lms_portal,
    name text not null,
    slug text not null,
    status text not null check (status in ('active', 'archived')),
    origin text not null check (origin in ('local', 'scim')),
    integration text references sync_integration,
    scim_id text,
    source_object_id text,
    row_version integer not null default 1,
    created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    updated_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    constraint cohort_origin_scim check ((origin = 'scim') = (integration is not null and scim_id is not null))
) strict;
create unique index cohort_portal_slug on lms_cohort (portal_id, slug);
create unique index cohort_integration_scim_id on lms_cohort (scim_id, integration);
create unique index cohort_integration_source_object_id on lms_cohort (source_object_id, integration);
create index cohort_integration_page on lms_cohort (integration, cohort_id);

create trigger cohort_touch after update on lms_cohort when new.row_version = old.row_version begin
    update lms_cohort
    set row_version = old.row_version + 1, updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    where cohort_id = new.cohort_id;
end;

-- A person is in the cohort while any origin says so.
create table lms_cohort_membership (
    cohort_id text not null references lms_cohort,
    learner_id text not null references lms_learner,
    origin text not null check (origin in ('scim', 'manual', 'rule')),
    since text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    primary key (cohort_id, learner_id, origin)
) strict, without rowid;
create index cohort_membership_learner on lms_cohort_membership (learner_id);

create table lms_training_record (
    record_id text not null primary key,
    learner_id text not null references lms_learner on delete restrict,
    course_id text not null,
    course_title text not null,
    completed_at text not null,
    score real,
    passed integer not null check (passed in (0, 1)),
    certificate_number text,
    expires_at text,
    evidence text not null default '{}',
    corrects_record_id text references lms_training_record,
    recorded_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) strict;
create index training_record_learner on lms_training_record (learner_id, completed_at, record_id);

create trigger training_record_keep_values before update on lms_training_record begin
    select raise(abort, 'UPDATE of lms_training_record is forbidden');
end;
create trigger training_record_keep before delete on lms_training_record begin
    select raise(abort, 'DELETE of lms_training_record is forbidden');
end;

-- Deactivations that wait for a person, because there are suspiciously many of them.
create table sync_hold (
    hold_id text not null primary key,
    integration text not null references sync_integration,
    state text not null default 'open' check (state in ('open', 'approved', 'rejected')),
    -- Deactivations of the window before the hold, and active learners of the integration then.
    departed integer not null,
    active integer not null,
    opened_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    decided_by text,
    decided_at text,
    decision_comment text,
    check ((state = 'open') = (decided_at is null))
) strict;
create unique index hold_open on sync_hold (integration) where state = 'open';
create index hold_page on sync_hold (integration, opened_at, hold_id);

-- How many were deactivated in each minute.
create table sync_departure (
    integration text not null references sync_integration,
    minute text not null,
    people integer not null,
    primary key (integration, minute)
) strict;

-- How far each SCIM resource was followed, and what it last said. Stays after a deletion, so that what comes late is
-- recognised.
create table sync_link (
    integration text not null references sync_integration,
    kind text not null check (kind in ('user', 'group')),
    scim_id text not null,
    learner_id text references lms_learner,
    cohort_id text references lms_cohort,
    epoch integer not null,
    incarnation integer not null,
    version integer not null,
    phase text not null check (phase in ('current', 'deleted', 'superseded')),
    -- The last state, as the event's data spells it, and where it came from. None of erased people.
    state text,
    event_id text,
    request_id text,
    changed_at text,
    manager_scim_id text,
    -- Why the learner does not follow.
    waits text check (waits in ('held', 'adoption', 'exempt')),
    hold_id text references sync_hold,
    is_new_person integer not null default 0,
    primary key (scim_id, kind, integration),
    check (kind = 'user' or (learner_id is null and manager_scim_id is null and waits is null)),
    check (kind = 'group' or cohort_id is null),
    check ((state is null) = (event_id is null) and (state is null) = (request_id is null)
        and (state is null) = (changed_at is null)),
    check ((waits = 'held') = (hold_id is not null))
) strict;
create index link_learner on sync_link (learner_id) where learner_id is not null;
create index link_cohort on sync_link (cohort_id) where cohort_id is not null;
create index link_manager on sync_link (manager_scim_id, integration) where manager_scim_id is not null;
create index link_manager_page on sync_link (integration, manager_scim_id) where manager_scim_id is not null;
create index link_hold on sync_link (hold_id, scim_id) where hold_id is not null;
create index link_waits on sync_link (integration, waits, scim_id) where waits is not null;

-- Whom a newcomer may be, for a person to decide.
create table sync_adoption (
    integration text not null references sync_integration,
    scim_id text not null,
    learner_id text not null references lms_learner,
    -- What they have in common: a JSON array of words.
    matched text not null,
    proposed_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    primary key (scim_id, learner_id, integration)
) strict;
create index adoption_learner on sync_adoption (learner_id);

-- Who set which attribute of a learner, and why: digests, no values.
create table sync_provenance (
    learner_id text not null primary key references lms_learner,
    document text not null
) strict;

create table sync_exemption (
    learner_id text not null primary key references lms_learner,
    reason text not null check (reason <> ''),
    ends_at text not null,
    granted_by text not null,
    granted_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    -- The learner follows the directory again.
    is_over integer not null default 0
) strict;
create index exemption_end on sync_exemption (ends_at) where not is_over;

-- What was undone or refused in a learner, for those who ask. Holds values: an erasure removes them.
create table sync_conflict (
    conflict_id integer primary key,
    integration text not null references sync_integration,
    learner_id text not null references lms_learner,
    -- None: the status.
    attribute text,
    kind text not null check (kind in ('reverted', 'clear_refused')),
    lms_value text,
    source_value text,
    rules_version integer not null,
    event_id text not null,
    request_id text not null,
    noticed_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) strict;
create index conflict_learner on sync_conflict (learner_id, conflict_id);
create index conflict_integration on sync_conflict (integration, conflict_id);

-- Resources that are to be decided anew from their last state.
create table sync_recheck (
    integration text not null references sync_integration,
    kind text not null check (kind in ('user', 'group')),
    scim_id text not null,
    requested_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    not_before text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    attempts integer not null default 0,
    -- Why it could not be done.
    reason_code text,
    reason text,
    primary key (scim_id, kind, integration)
) strict;
create index recheck_due on sync_recheck (not_before, scim_id);
create index recheck_stuck on sync_recheck (integration, scim_id) where reason is not null;

-- A snapshot of the directory as it is compared, part by part.
create table sync_reconcile_run (
    run_id text not null primary key,
    integration text not null references sync_integration,
    first_part_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    -- Known when the snapshot has ended.
    parts integer,
    users integer,
    groups integer,
    members integer,
    began_at text
) strict;
create index reconcile_run_page on sync_reconcile_run (integration, first_part_at, run_id);
create table sync_reconcile_part (
    run_id text not null references sync_reconcile_run,
    number integer not null,
    compared_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    primary key (run_id, number)
) strict;
create table sync_drift (
    drift_id integer primary key,
    run_id text not null references sync_reconcile_run,
    kind text not null,
    scim_id text not null,
    member_scim_id text,
    -- A JSON array of words.
    attributes text not null default '[]',
    found_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) strict;
create index drift_run on sync_drift (run_id, kind, drift_id);

-- An erasure needs two people.
create table sync_erasure (
    erasure_id integer primary key,
    integration text not null references sync_integration,
    learner_id text not null references lms_learner,
    reason text not null check (reason <> ''),
    requested_by text not null,
    requested_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    confirmed_by text,
    confirmed_at text,
    cancelled_by text,
    cancelled_at text,
    check (confirmed_by <> requested_by),
    check ((confirmed_by is null) = (confirmed_at is null)),
    check ((cancelled_by is null) = (cancelled_at is null)),
    check (confirmed_at is null or cancelled_at is null)
) strict;
create unique index erasure_learner on sync_erasure (learner_id) where cancelled_at is null;

-- Without foreign keys to users or groups: an edge may arrive before either.
create table sync_edge (
    integration text not null references sync_integration,
    scim_group_id text not null,
    scim_user_id text not null,
    epoch integer not null,
    incarnation integer not null,
    version integer not null,
    present integer not null,
    primary key (scim_group_id, scim_user_id, integration)
) strict;
create index edge_user on sync_edge (scim_user_id, scim_group_id, integration);

-- The one definition of a membership of origin scim: every writer of lms_cohort_membership reads it. A cohort may have
-- several groups: who is a member of one of them is in it. Whose deletion is held, or who is exempt, is in it, too.
-- Subqueries instead of joins: each is one look-up in a unique index, whatever a planner believes about the tables.
create view sync_derived_membership as
select
    edge.integration,
    edge.scim_group_id,
    edge.scim_user_id,
    edge.epoch,
    edge.incarnation,
    edge.version,
    edge.present,
    (select link.cohort_id from sync_link as link
     where link.integration = edge.integration and link.kind = 'group' and link.scim_id = edge.scim_group_id)
        as cohort_id,
    (select link.learner_id from sync_link as link
     where link.integration = edge.integration and link.kind = 'user' and link.scim_id = edge.scim_user_id)
        as learner_id,
    edge.present
    and coalesce((select link.phase = 'current' and link.cohort_id is not null from sync_link as link
     where link.integration = edge.integration and link.kind = 'group' and link.scim_id = edge.scim_group_id), false)
    and coalesce((select (link.phase = 'current' or coalesce(link.waits, '') in ('held', 'exempt')) and link.learner_id is not null from sync_link as link
     where link.integration = edge.integration and link.kind = 'user' and link.scim_id = edge.scim_user_id), false)
        as is_effective
from sync_edge as edge;

-- Who is in which cohort by an edge, of whichever integration: a cohort of the LMS may follow groups of several, and who
-- leaves one of these groups stays for the sake of another.
create view sync_standing_membership as
select source.cohort_id, person.learner_id
from sync_link as source
join sync_link as person on person.integration = source.integration and person.kind = 'user'
    and (person.phase = 'current' or person.waits in ('held', 'exempt'))
join sync_edge as edge on edge.scim_group_id = source.scim_id and edge.scim_user_id = person.scim_id
    and edge.integration = source.integration
where source.kind = 'group' and source.phase = 'current' and edge.present;

-- Who exists in some directory and is which learner, and for whom a learner is proposed: two integrations of a portal
-- may not make the same learner theirs.
create view sync_living_user as
select link.learner_id, link.integration, link.scim_id
from sync_link as link
where link.kind = 'user' and link.phase = 'current' and link.learner_id is not null;
create view sync_wanted_learner as
select adoption.learner_id, adoption.integration, adoption.scim_id from sync_adoption as adoption;

create table sync_inbox (
    event_id text not null,
    integration text not null references sync_integration,
    subject text not null,
    epoch integer not null,
    incarnation integer not null,
    version integer not null,
    outcome text not null check (outcome in ('executed', 'already_applied', 'stale')),
    applied_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    primary key (event_id, integration)
) strict, without rowid;
-- For the removal of what is old enough.
create index inbox_applied_at on sync_inbox (applied_at);

-- What came of each event, from the request of the directory to the row of the LMS. Names of attributes, no values: an
-- erasure leaves it alone. Each index serves a filter of the API; each list is in the order of the numbers.
create table sync_effect (
    effect_id integer primary key autoincrement,
    integration text not null references sync_integration,
    at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    request_id text not null,
    event_id text not null,
    event_type text not null,
    kind text not null check (kind in ('user', 'group', 'membership', 'integration')),
    -- Of memberships, the group.
    scim_id text,
    learner_id text,
    cohort_id text,
    outcome text not null,
    -- A JSON array of words.
    changed text not null default '[]',
    -- How many joined or left.
    members integer,
    reason text
) strict;
create index effect_page on sync_effect (integration, effect_id);
create index effect_outcome on sync_effect (integration, outcome, effect_id);
create index effect_request on sync_effect (request_id, effect_id);
create index effect_event on sync_effect (event_id);
create index effect_resource on sync_effect (scim_id, effect_id) where scim_id is not null;
create index effect_learner on sync_effect (learner_id, effect_id) where learner_id is not null;
create index effect_cohort on sync_effect (cohort_id, effect_id) where cohort_id is not null;
-- For the bounds of a time, and the removal of what is old enough.
create index effect_at on sync_effect (at);

-- When each effect was: the bounds of a time are bounds of the number, whoever's effect has it.
create view sync_effect_time as select effect.effect_id, effect.at from sync_effect as effect;

-- Who joined or left with an effect: one row for each edge that its event told of, no more than the event itself.
create table sync_effect_member (
    effect_id integer not null references sync_effect on delete cascade,
    scim_user_id text not null,
    primary key (effect_id, scim_user_id)
) strict, without rowid;
create index effect_member_user on sync_effect_member (scim_user_id, effect_id);

-- What administrators asked for, and how it ended. Never changed but to add how, and never removed but by age.
create table sync_act (
    act_id integer primary key autoincrement,
    id text not null unique,
    at text not null,
    subject text not null,
    address text,
    method text not null,
    route text not null,
    -- As the path names it; there may be none of this name.
    integration text,
    target text,
    -- None: not known how it ended.
    status integer,
    -- JSON.
    details text
) strict;
create index act_integration on sync_act (integration, act_id);
create index act_age on sync_act (at, act_id);

-- Kept as it came, so that it can be delivered again.
create table sync_parked_event (
    event_id text not null,
    -- As far as the message could be read.
    integration text,
    subject text,
    reason_code text not null,
    reason text not null,
    routing_key text not null,
    content_type text not null,
    attributes text not null,
    body blob not null,
    attempts integer not null default 1,
    first_parked_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    last_parked_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    -- An administrator wants it tried again in the next round.
    is_urgent integer not null default 0
) strict;
create unique index parked_event_of_integration on sync_parked_event (event_id, coalesce(integration, ''));
create index parked_event_last_parked_at on sync_parked_event (last_parked_at);
create index parked_event_page on sync_parked_event (integration, event_id);
create index parked_event_reason on sync_parked_event (integration, reason_code, event_id);

-- An insert here erases a learner, as in PostgreSQL.
create view sync_erase_learner as
select erasure.integration, erasure.learner_id, erasure.confirmed_by from sync_erasure as erasure where false;

create trigger erase_learner_call instead of insert on sync_erase_learner begin
    select raise(abort, 'an erasure needs a request and the confirmation of another person')
    where not exists (
        select 1 from sync_erasure as erasure
        where erasure.learner_id = new.learner_id and erasure.integration = new.integration
            and erasure.confirmed_at is null and erasure.cancelled_at is null
            and erasure.requested_by <> new.confirmed_by);
    select raise(abort, 'the integration has no such learner')
    where not exists (
        select 1 from lms_learner as learner
        where learner.learner_id = new.learner_id and learner.integration = new.integration
            and learner.status <> 'erased');
    update sync_erasure
    set confirmed_by = new.confirmed_by, confirmed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    where learner_id = new.learner_id and cancelled_at is null;
    update lms_learner
    set login = null, login_folded = null, email = null, given_name = null, family_name = null,
        display_name = null, job_title = null, department = null, division = null, organization = null,
        cost_center = null, employee_number = null, employee_type = null, hire_date = null,
        manager_learner_id = null, office = null, country = null, preferred_language = null, locale = null,
        time_zone = null, phone = null, avatar_url = null, bio = null, notification_prefs = '{}',
        accepted_terms_at = null, last_login_at = null, custom_fields = '{}', password_hash = null,
        source_object_id = null, status = 'erased', inactive_reason = null,
        erased_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    where learner_id = new.learner_id;
    delete from sync_provenance where learner_id = new.learner_id;
    delete from sync_exemption where learner_id = new.learner_id;
    update sync_conflict set lms_value = null, source_value = null where learner_id = new.learner_id;
    delete from sync_parked_event where exists (
        select 1 from sync_link as link
        where link.learner_id = new.learner_id and link.kind = 'user'
            and ((sync_parked_event.integration = link.integration
                    and sync_parked_event.subject = 'Users/' || link.scim_id)
                or ((sync_parked_event.integration = link.integration or sync_parked_event.integration is null)
                    and (sync_parked_event.subject is null or sync_parked_event.subject like 'Integrations/%')
                    and (instr(sync_parked_event.body, cast(link.scim_id as blob)) > 0
                        or instr(sync_parked_event.attributes, link.scim_id) > 0))));
    delete from sync_recheck where kind = 'user' and exists (
        select 1 from sync_link as link
        where link.learner_id = new.learner_id and link.kind = 'user' and link.scim_id = sync_recheck.scim_id
            and link.integration = sync_recheck.integration);
    update sync_link
    set state = null, event_id = null, request_id = null, changed_at = null, manager_scim_id = null, waits = null,
        hold_id = null, is_new_person = 0
    where learner_id = new.learner_id;
    update sync_link
    set state = json_remove(state, '$.enterprise.manager.displayName')
    where state is not null and (manager_scim_id, integration) in (
        select person.scim_id, person.integration from sync_link as person
        where person.learner_id = new.learner_id and person.kind = 'user');
    insert into sync_recheck (integration, kind, scim_id)
    select adoption.integration, 'user', adoption.scim_id
    from sync_adoption as adoption where adoption.learner_id = new.learner_id
    on conflict (scim_id, kind, integration) do update set not_before = excluded.not_before;
    delete from sync_adoption where learner_id = new.learner_id;
end;
