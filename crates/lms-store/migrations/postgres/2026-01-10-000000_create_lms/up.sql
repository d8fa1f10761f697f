-- Schema lms: what the LMS owns. Schema sync: what the user-sync service owns.
-- Unique indexes begin with the id and end with the integration: one that began with the integration would tempt a
-- planner without statistics to read a whole tenant for one row.
create schema lms;
-- Is there already: the list of migrations stands in it.
create schema if not exists sync;

create function lms.refuse_change() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception '% of %.% is forbidden', tg_op, tg_table_schema, tg_table_name;
end $$;

-- Counts every write, so that a decision made on an older row is recognised, whoever wrote the newer one.
create function lms.touch_row() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    new.row_version := old.row_version + 1;
    new.updated_at := now();
    return new;
end $$;

create table lms.portal (
    portal_id uuid primary key,
    code text not null,
    environment text not null check (environment in ('production', 'staging')),
    created_at timestamptz not null default now(),
    unique (code, environment)
);

create table sync.integration (
    slug text primary key,
    portal_id uuid not null references lms.portal,
    environment text not null check (environment in ('production', 'staging')),
    -- Grows with every commit that was decided by counters: another value means that they are others now.
    revision bigint not null default 0,
    -- As the rules in force say it; here, so that a query can look back just so far.
    guard_window_minutes integer not null default 60,
    registered_at timestamptz not null default now()
);

-- Every version of an integration's rules, the greatest in force; none are the defaults.
create table sync.rules (
    integration text not null references sync.integration,
    version integer not null check (version > 0),
    document text not null,
    saved_by text not null,
    comment text not null default '',
    saved_at timestamptz not null default now(),
    primary key (integration, version)
);

create table lms.learner (
    learner_id uuid primary key,
    portal_id uuid not null references lms.portal,
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
    hire_date date,
    manager_learner_id uuid references lms.learner deferrable initially deferred check (manager_learner_id <> learner_id),
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
    notification_prefs jsonb not null default '{}',
    accepted_terms_at timestamptz,
    last_login_at timestamptz,
    custom_fields jsonb not null default '{}',
    password_hash text,
    -- Lifecycle.
    status text not null check (status in ('active', 'inactive', 'erased')),
    inactive_reason text check (inactive_reason in (
        'source_disabled', 'source_soft_deleted', 'source_deleted', 'out_of_scope', 'admin', 'directory_detached')),
    inactivated_at timestamptz,
    reactivated_at timestamptz,
    erased_at timestamptz,
    -- Link to the directory.
    origin text not null check (origin in ('local', 'scim')),
    integration text references sync.integration,
    scim_id uuid,
    source_object_id text,
    row_version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint learner_origin_scim check ((origin = 'scim') = (integration is not null and scim_id is not null)),
    constraint learner_active_has_login check (status <> 'active' or login is not null),
    constraint learner_inactive_has_reason check ((status = 'inactive') = (inactive_reason is not null)),
    constraint learner_erased_is_empty check (status <> 'erased' or (login is null and email is null
        and given_name is null and family_name is null and display_name is null and phone is null)),
    constraint learner_integration_scim_id unique (scim_id, integration),
    constraint learner_integration_source_object_id unique (source_object_id, integration)
);
create unique index learner_portal_active_login on lms.learner (portal_id, login_folded) where status = 'active';
create index learner_integration_login on lms.learner (integration, login_folded, learner_id);
create index learner_integration_page on lms.learner (integration, learner_id);
-- By these, somebody known is proposed for a newcomer.
create index learner_employee_number on lms.learner (employee_number, portal_id) where employee_number is not null;
create index learner_local_login on lms.learner (lower(login), portal_id) where origin = 'local';
create index learner_local_email on lms.learner (lower(email), portal_id) where origin = 'local';
create index learner_manager on lms.learner (manager_learner_id) where manager_learner_id is not null;

create trigger learner_touch before update on lms.learner for each row execute function lms.touch_row();
create trigger learner_keep before delete on lms.learner for each row execute function lms.refuse_change();
create trigger learner_keep_all before truncate on lms.learner execute function lms.refuse_change();

create table lms.cohort (
    cohort_id uuid primary key,
    portal_id uuid not null references lms.portal,
    name text not null,
    slug text not null,
    status text not null check (status in ('active', 'archived')),
    origin text not null check (origin in ('local', 'scim')),
    integration text references sync.integration,
    scim_id uuid,
    source_object_id text,
    row_version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint cohort_origin_scim check ((origin = 'scim') = (integration is not null and scim_id is not null)),
    constraint cohort_portal_slug unique (portal_id, slug),
    constraint cohort_integration_scim_id unique (scim_id, integration),
    constraint cohort_integration_source_object_id unique (source_object_id, integration)
);
create index cohort_integration_page on lms.cohort (integration, cohort_id);

create trigger cohort_touch before update on lms.cohort for each row execute function lms.touch_row();

-- A person is in the cohort while any origin says so.
create table lms.cohort_membership (
    cohort_id uuid not null references lms.cohort,
    learner_id uuid not null references lms.learner,
    origin text not null check (origin in ('scim', 'manual', 'rule')),
    since timestamptz not null default now(),
    primary key (cohort_id, learner_id, origin)
);
create index cohort_membership_learner on lms.cohort_membership (learner_id);

create table lms.training_record (
    record_id uuid primary key,
    learner_id uuid not null references lms.learner on delete restrict,
    course_id uuid not null,
    course_title text not null,
    completed_at timestamptz not null,
    score numeric(5, 2),
    passed boolean not null,
    certificate_number text,
    expires_at timestamptz,
    evidence jsonb not null default '{}',
    corrects_record_id uuid references lms.training_record,
    recorded_at timestamptz not null default now()
);
create index training_record_learner on lms.training_record (learner_id, completed_at, record_id);

create trigger training_record_append_only before update or delete on lms.training_record
    for each row execute function lms.refuse_change();
create trigger training_record_keep_all before truncate on lms.training_record execute function lms.refuse_change();

-- Deactivations that wait for a person, because there are suspiciously many of them.
create table sync.hold (
    hold_id uuid primary key,
    integration text not null references sync.integration,
    state text not null default 'open' check (state in ('open', 'approved', 'rejected')),
    -- Deactivations of the window before the hold, and active learners of the integration then.
    departed bigint not null,
    active bigint not null,
    opened_at timestamptz not null default now(),
    decided_by text,
    decided_at timestamptz,
    decision_comment text,
    check ((state = 'open') = (decided_at is null))
);
create unique index hold_open on sync.hold (integration) where state = 'open';
create index hold_page on sync.hold (integration, opened_at, hold_id);

-- How many were deactivated in each minute.
create table sync.departure (
    integration text not null references sync.integration,
    minute timestamptz not null,
    people bigint not null,
    primary key (integration, minute)
);

-- How far each SCIM resource was followed, and what it last said. Stays after a deletion, so that what comes late is
-- recognised.
create table sync.link (
    integration text not null references sync.integration,
    kind text not null check (kind in ('user', 'group')),
    scim_id uuid not null,
    learner_id uuid references lms.learner,
    cohort_id uuid references lms.cohort,
    epoch integer not null,
    incarnation integer not null,
    version bigint not null,
    phase text not null check (phase in ('current', 'deleted', 'superseded')),
    -- The last state, as the event's data spells it, and where it came from. None of erased people.
    state text,
    event_id uuid,
    request_id uuid,
    changed_at timestamptz,
    manager_scim_id uuid,
    -- Why the learner does not follow.
    waits text check (waits in ('held', 'adoption', 'exempt')),
    hold_id uuid references sync.hold,
    is_new_person boolean not null default false,
    primary key (scim_id, kind, integration),
    check (kind = 'user' or (learner_id is null and manager_scim_id is null and waits is null)),
    check (kind = 'group' or cohort_id is null),
    check ((state is null) = (event_id is null) and (state is null) = (request_id is null)
        and (state is null) = (changed_at is null)),
    check ((waits = 'held') = (hold_id is not null))
);
create index link_learner on sync.link (learner_id) where learner_id is not null;
create index link_cohort on sync.link (cohort_id) where cohort_id is not null;
create index link_manager on sync.link (manager_scim_id, integration) where manager_scim_id is not null;
-- For the list of those who are named and unknown.
create index link_manager_page on sync.link (integration, manager_scim_id) where manager_scim_id is not null;
create index link_hold on sync.link (hold_id, scim_id) where hold_id is not null;
create index link_waits on sync.link (integration, waits, scim_id) where waits is not null;

-- Whom a newcomer may be, for a person to decide.
create table sync.adoption (
    integration text not null references sync.integration,
    scim_id uuid not null,
    learner_id uuid not null references lms.learner,
    -- What they have in common: a JSON array of words.
    matched text not null,
    proposed_at timestamptz not null default now(),
    primary key (scim_id, learner_id, integration)
);
create index adoption_learner on sync.adoption (learner_id);

-- Who set which attribute of a learner, and why: digests, no values.
create table sync.provenance (
    learner_id uuid primary key references lms.learner,
    document text not null
);

create table sync.exemption (
    learner_id uuid primary key references lms.learner,
    reason text not null check (reason <> ''),
    ends_at timestamptz not null,
    granted_by text not null,
    granted_at timestamptz not null default now(),
    -- The learner follows the directory again.
    is_over boolean not null default false
);
create index exemption_end on sync.exemption (ends_at) where not is_over;

-- What was undone or refused in a learner, for those who ask. Holds values: an erasure removes them.
create table sync.conflict (
    conflict_id bigint generated always as identity primary key,
    integration text not null references sync.integration,
    learner_id uuid not null references lms.learner,
    -- None: the status.
    attribute text,
    kind text not null check (kind in ('reverted', 'clear_refused')),
    lms_value text,
    source_value text,
    rules_version integer not null,
    event_id uuid not null,
    request_id uuid not null,
    noticed_at timestamptz not null default now()
);
create index conflict_learner on sync.conflict (learner_id, conflict_id);
create index conflict_integration on sync.conflict (integration, conflict_id);

-- Resources that are to be decided anew from their last state.
create table sync.recheck (
    integration text not null references sync.integration,
    kind text not null check (kind in ('user', 'group')),
    scim_id uuid not null,
    requested_at timestamptz not null default now(),
    not_before timestamptz not null default now(),
    attempts integer not null default 0,
    -- Why it could not be done.
    reason_code text,
    reason text,
    primary key (scim_id, kind, integration)
);
create index recheck_due on sync.recheck (not_before, scim_id);
create index recheck_stuck on sync.recheck (integration, scim_id) where reason is not null;

-- A snapshot of the directory as it is compared, part by part.
create table sync.reconcile_run (
    run_id uuid primary key,
    integration text not null references sync.integration,
    first_part_at timestamptz not null default now(),
    -- Known when the snapshot has ended.
    parts integer,
    users bigint,
    groups bigint,
    members bigint,
    began_at timestamptz
);
create index reconcile_run_page on sync.reconcile_run (integration, first_part_at, run_id);
create table sync.reconcile_part (
    run_id uuid not null references sync.reconcile_run,
    number integer not null,
    compared_at timestamptz not null default now(),
    primary key (run_id, number)
);
create table sync.drift (
    drift_id bigint generated always as identity primary key,
    run_id uuid not null references sync.reconcile_run,
    kind text not null,
    scim_id uuid not null,
    member_scim_id uuid,
    -- A JSON array of words.
    attributes text not null default '[]',
    found_at timestamptz not null default now()
);
create index drift_run on sync.drift (run_id, kind, drift_id);

-- An erasure needs two people. What was cancelled stays on record.
create table sync.erasure (
    erasure_id bigint generated always as identity primary key,
    integration text not null references sync.integration,
    learner_id uuid not null references lms.learner,
    reason text not null check (reason <> ''),
    requested_by text not null,
    requested_at timestamptz not null default now(),
    confirmed_by text,
    confirmed_at timestamptz,
    cancelled_by text,
    cancelled_at timestamptz,
    check (confirmed_by <> requested_by),
    check ((confirmed_by is null) = (confirmed_at is null)),
    check ((cancelled_by is null) = (cancelled_at is null)),
    check (confirmed_at is null or cancelled_at is null)
);
-- At most one of a learner that is not cancelled.
create unique index erasure_learner on sync.erasure (learner_id) where cancelled_at is null;

-- Without foreign keys to users or groups: an edge may arrive before either.
create table sync.edge (
    integration text not null references sync.integration,
    scim_group_id uuid not null,
    scim_user_id uuid not null,
    epoch integer not null,
    incarnation integer not null,
    version bigint not null,
    present boolean not null,
    primary key (scim_group_id, scim_user_id, integration)
);
create index edge_user on sync.edge (scim_user_id, scim_group_id, integration);

-- The one definition of a membership of origin scim: every writer of lms.cohort_membership reads it. A cohort may have
-- several groups: who is a member of one of them is in it. Whose deletion is held, or who is exempt, is in it, too.
-- Subqueries instead of joins: each is one look-up in a unique index, whatever a planner believes about the tables.
create view sync.derived_membership with (security_invoker = true) as
select
    edge.integration,
    edge.scim_group_id,
    edge.scim_user_id,
    edge.epoch,
    edge.incarnation,
    edge.version,
    edge.present,
    (select link.cohort_id from sync.link as link
     where link.integration = edge.integration and link.kind = 'group' and link.scim_id = edge.scim_group_id)
        as cohort_id,
    (select link.learner_id from sync.link as link
     where link.integration = edge.integration and link.kind = 'user' and link.scim_id = edge.scim_user_id)
        as learner_id,
    edge.present
    and coalesce((select link.phase = 'current' and link.cohort_id is not null from sync.link as link
     where link.integration = edge.integration and link.kind = 'group' and link.scim_id = edge.scim_group_id), false)
    and coalesce((select (link.phase = 'current' or coalesce(link.waits, '') in ('held', 'exempt')) and link.learner_id is not null from sync.link as link
     where link.integration = edge.integration and link.kind = 'user' and link.scim_id = edge.scim_user_id), false)
        as is_effective
from sync.edge as edge;

-- Four views are of all integrations: unlike the one above, they read as their owner does, past the walls between the
-- integrations. They tell no more than the comments on them ask for.

-- Who is in which cohort by an edge, of whichever integration: a cohort of the LMS may follow groups of several, and who
-- leaves one of these groups stays for the sake of another.
create view sync.standing_membership as
select source.cohort_id, person.learner_id
from sync.link as source
join sync.link as person on person.integration = source.integration and person.kind = 'user'
    and (person.phase = 'current' or person.waits in ('held', 'exempt'))
join sync.edge as edge on edge.scim_group_id = source.scim_id and edge.scim_user_id = person.scim_id
    and edge.integration = source.integration
where source.kind = 'group' and source.phase = 'current' and edge.present;

-- Who exists in some directory and is which learner, and for whom a learner is proposed: two integrations of a portal
-- may not make the same learner theirs.
create view sync.living_user as
select link.learner_id, link.integration, link.scim_id
from sync.link as link
where link.kind = 'user' and link.phase = 'current' and link.learner_id is not null;
create view sync.wanted_learner as
select adoption.learner_id, adoption.integration, adoption.scim_id from sync.adoption as adoption;

create table sync.inbox (
    event_id uuid not null,
    integration text not null references sync.integration,
    subject text not null,
    epoch integer not null,
    incarnation integer not null,
    version bigint not null,
    outcome text not null check (outcome in ('executed', 'already_applied', 'stale')),
    applied_at timestamptz not null default now(),
    primary key (event_id, integration)
);
-- For the removal of what is old enough.
create index inbox_applied_at on sync.inbox (applied_at);

-- What came of each event, from the request of the directory to the row of the LMS. Names of attributes, no values: an
-- erasure leaves it alone. Each index serves a filter of the API; each list is in the order of the numbers.
create table sync.effect (
    effect_id bigint generated always as identity primary key,
    integration text not null references sync.integration,
    at timestamptz not null default now(),
    request_id uuid not null,
    event_id uuid not null,
    event_type text not null,
    kind text not null check (kind in ('user', 'group', 'membership', 'integration')),
    -- Of memberships, the group.
    scim_id uuid,
    learner_id uuid,
    cohort_id uuid,
    outcome text not null,
    -- A JSON array of words.
    changed text not null default '[]',
    -- How many joined or left.
    members integer,
    reason text
);
create index effect_page on sync.effect (integration, effect_id);
create index effect_outcome on sync.effect (integration, outcome, effect_id);
create index effect_request on sync.effect (request_id, effect_id);
create index effect_event on sync.effect (event_id);
create index effect_resource on sync.effect (scim_id, effect_id) where scim_id is not null;
create index effect_learner on sync.effect (learner_id, effect_id) where learner_id is not null;
create index effect_cohort on sync.effect (cohort_id, effect_id) where cohort_id is not null;
-- For the bounds of a time, and the removal of what is old enough.
create index effect_at on sync.effect (at);

-- When each effect was: the bounds of a time are bounds of the number, whoever's effect has it.
create view sync.effect_time as select effect.effect_id, effect.at from sync.effect as effect;

-- Who joined or left with an effect: one row for each edge that its event told of, no more than the event itself.
create table sync.effect_member (
    effect_id bigint not null references sync.effect on delete cascade,
    scim_user_id uuid not null,
    primary key (effect_id, scim_user_id)
);
create index effect_member_user on sync.effect_member (scim_user_id, effect_id);

-- What administrators asked for, and how it ended. Never changed but to add how, and never removed but by age.
create table sync.act (
    act_id bigint generated always as identity primary key,
    id uuid not null unique,
    at timestamptz not null,
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
);
create index act_integration on sync.act (integration, act_id);
create index act_age on sync.act (at, act_id);

-- Kept as it came, so that it can be delivered again.
create table sync.parked_event (
    event_id uuid not null,
    -- As far as the message could be read.
    integration text,
    subject text,
    reason_code text not null,
    reason text not null,
    routing_key text not null,
    content_type text not null,
    attributes text not null,
    body bytea not null,
    attempts integer not null default 1,
    first_parked_at timestamptz not null default now(),
    last_parked_at timestamptz not null default now(),
    -- An administrator wants it tried again in the next round.
    is_urgent boolean not null default false
);
create unique index parked_event_of_integration on sync.parked_event (event_id, coalesce(integration, ''));
create index parked_event_last_parked_at on sync.parked_event (last_parked_at);
create index parked_event_page on sync.parked_event (integration, event_id);
create index parked_event_reason on sync.parked_event (integration, reason_code, event_id);

-- An insert here erases a learner: it confirms the request, which must be somebody else's, and empties everything
-- personal. Training records, enrolments and links stay; so does scim_id, without which what comes late would not be
-- recognised as late. A view with a trigger, because SQLite has no functions and the service speaks one text to both.
create view sync.erase_learner as
select erasure.integration, erasure.learner_id, erasure.confirmed_by from sync.erasure as erasure where false;

create function sync.erase_learner_call() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update sync.erasure as erasure
    set confirmed_by = new.confirmed_by, confirmed_at = now()
    where erasure.learner_id = new.learner_id and erasure.integration = new.integration
        and erasure.confirmed_at is null and erasure.cancelled_at is null
        and erasure.requested_by <> new.confirmed_by;
    if not found then
        raise exception 'an erasure needs a request and the confirmation of another person';
    end if;
    update lms.learner as learner
    set login = null, login_folded = null, email = null, given_name = null, family_name = null,
        display_name = null, job_title = null, department = null, division = null, organization = null,
        cost_center = null, employee_number = null, employee_type = null, hire_date = null,
        manager_learner_id = null, office = null, country = null, preferred_language = null, locale = null,
        time_zone = null, phone = null, avatar_url = null, bio = null, notification_prefs = '{}',
        accepted_terms_at = null, last_login_at = null, custom_fields = '{}', password_hash = null,
        source_object_id = null, status = 'erased', inactive_reason = null, erased_at = now()
    where learner.learner_id = new.learner_id and learner.integration = new.integration
        and learner.status <> 'erased';
    if not found then
        raise exception 'the integration has no such learner';
    end if;
    delete from sync.provenance where learner_id = new.learner_id;
    delete from sync.exemption where learner_id = new.learner_id;
    update sync.conflict set lms_value = null, source_value = null where learner_id = new.learner_id;
    -- What tells of the learner's users. A part of a snapshot is told again with the next; what cannot be read at all
    -- is recognised by the id in it.
    delete from sync.parked_event as parked
    using sync.link as link
    where link.learner_id = new.learner_id and link.kind = 'user'
        and ((parked.integration = link.integration and parked.subject = 'Users/' || link.scim_id)
            or ((parked.integration = link.integration or parked.integration is null)
                and (parked.subject is null or parked.subject like 'Integrations/%')
                and (position(convert_to(cast(link.scim_id as text), 'UTF8') in parked.body) > 0
                    or position(cast(link.scim_id as text) in parked.attributes) > 0)));
    delete from sync.recheck as recheck
    using sync.link as link
    where link.learner_id = new.learner_id and link.kind = 'user' and recheck.scim_id = link.scim_id
        and recheck.kind = 'user' and recheck.integration = link.integration;
    update sync.link
    set state = null, event_id = null, request_id = null, changed_at = null, manager_scim_id = null, waits = null,
        hold_id = null, is_new_person = false
    where learner_id = new.learner_id;
    -- The name of a manager stands in the state of those who are led.
    update sync.link as report
    set state = cast(cast(report.state as jsonb) #- '{enterprise,manager,displayName}' as text)
    from sync.link as person
    where person.learner_id = new.learner_id and person.kind = 'user' and report.manager_scim_id = person.scim_id
        and report.integration = person.integration and report.state is not null;
    -- Newcomers for whom the learner was proposed are decided anew.
    insert into sync.recheck (integration, kind, scim_id)
    select adoption.integration, 'user', adoption.scim_id
    from sync.adoption as adoption where adoption.learner_id = new.learner_id
    on conflict (scim_id, kind, integration) do update set not_before = excluded.not_before;
    delete from sync.adoption where learner_id = new.learner_id;
    return new;
end $$;
revoke execute on function sync.erase_learner_call() from public;
create trigger erase_learner_call instead of insert on sync.erase_learner
    for each row execute function sync.erase_learner_call();

-- The role as which user-sync works. It belongs to the server, not to this database, and is therefore shared.
do $$
begin
    if not exists (select from pg_roles where rolname = 'illuxi_user_sync') then
        create role illuxi_user_sync nologin;
    end if;
exception when duplicate_object or unique_violation then
    -- Another database of the server was migrated at the same moment.
    null;
end $$;
do $$
begin
    if not pg_has_role(current_user, 'illuxi_user_sync', 'member') then
        execute format('grant illuxi_user_sync to %I', current_user);
    end if;
exception when insufficient_privilege then
    -- An owner who may not hand out roles serves nothing itself, and needs none.
    null;
end $$;

-- Lets the server count anew what columns hold, of tables that have twice the rows that it knows of. Only their owner may.
-- Sessions that come at once do not wait for each other. The server keeps up with large tables by itself.
create function sync.renew_statistics() returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
    doubled pg_catalog.regclass;
begin
    for doubled in
        select relation.oid::pg_catalog.regclass from pg_catalog.pg_class as relation
        where relation.oid in ('sync.integration'::pg_catalog.regclass, 'sync.link'::pg_catalog.regclass,
                'sync.edge'::pg_catalog.regclass, 'lms.portal'::pg_catalog.regclass, 'lms.learner'::pg_catalog.regclass,
                'lms.cohort'::pg_catalog.regclass, 'lms.cohort_membership'::pg_catalog.regclass)
            and pg_catalog.pg_stat_get_live_tuples(relation.oid) > 2 * greatest(relation.reltuples, 100)
            and pg_catalog.pg_relation_size(relation.oid) < 64 * 1024 * 1024
    loop
        execute format('analyze (skip_locked) %s', doubled);
    end loop;
end $$;
revoke all on function sync.renew_statistics() from public;
grant execute on function sync.renew_statistics() to illuxi_user_sync;

grant usage on schema lms, sync to illuxi_user_sync;
grant select, insert on lms.portal to illuxi_user_sync;
grant select (learner_id, portal_id, login, login_folded, email, given_name, family_name, display_name, job_title, department,
        division, organization, cost_center, employee_number, employee_type, hire_date, manager_learner_id, office,
        country, preferred_language, locale, time_zone, phone, status, inactive_reason, inactivated_at,
        reactivated_at, origin, integration, scim_id, source_object_id, row_version),
    insert (learner_id, portal_id, login, login_folded, email, given_name, family_name, display_name, job_title, department,
        division, organization, cost_center, employee_number, employee_type, hire_date, manager_learner_id, office,
        country, preferred_language, locale, time_zone, phone, status, inactive_reason, inactivated_at,
        reactivated_at, origin, integration, scim_id, source_object_id),
    update (login, login_folded, email, given_name, family_name, display_name, job_title, department,
        division, organization, cost_center, employee_number, employee_type, hire_date, manager_learner_id, office,
        country, preferred_language, locale, time_zone, phone, status, inactive_reason, inactivated_at,
        reactivated_at, origin, integration, scim_id, source_object_id)
    on lms.learner to illuxi_user_sync;
grant select,
    insert (cohort_id, portal_id, name, slug, status, origin, integration, scim_id, source_object_id),
    update (name, slug, status, scim_id, source_object_id)
    on lms.cohort to illuxi_user_sync;
grant select, insert, delete on lms.cohort_membership to illuxi_user_sync;
grant select on lms.training_record to illuxi_user_sync;
-- Of the integration, only its counters; and the row is locked while a commit of the integration runs.
grant select, insert (slug, portal_id, environment), update (revision, guard_window_minutes)
    on sync.integration to illuxi_user_sync;
grant select, insert on sync.rules, sync.inbox, sync.drift, sync.effect, sync.effect_member to illuxi_user_sync;
grant select, insert, update on sync.link, sync.edge, sync.hold, sync.departure, sync.provenance, sync.exemption,
    sync.reconcile_run, sync.reconcile_part, sync.conflict to illuxi_user_sync;
-- Confirming is for the view alone.
grant select, insert (integration, learner_id, reason, requested_by), update (cancelled_by, cancelled_at)
    on sync.erasure to illuxi_user_sync;
grant insert on sync.erase_learner to illuxi_user_sync;
grant select, insert, update, delete on sync.adoption, sync.recheck, sync.parked_event to illuxi_user_sync;
grant select on sync.derived_membership, sync.standing_membership, sync.living_user, sync.wanted_learner,
    sync.effect_time to illuxi_user_sync;
