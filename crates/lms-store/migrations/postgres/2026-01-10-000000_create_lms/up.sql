-- Schema lms: what the LMS owns. Schema sync: what the user-sync service owns.
-- Unique indexes begin with the id and end with the integration: one that began with the integration would tempt a
-- planner without statistics to read a whole tenant for one row.
create schema lms;
-- Is there already: the list of migrations stands in it.
create schema if not exists sync;

create function lms.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% of %.% is forbidden', tg_op, tg_table_schema, tg_table_name;
end $$;

-- Counts every write, so that a decision made on an older row is recognised, whoever wrote the newer one.
create function lms.touch_row() returns trigger language plpgsql as $$
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
    registered_at timestamptz not null default now()
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
    manager_scim_id uuid,
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

-- How far each SCIM resource was followed. Stays after a deletion, so that what comes late is recognised.
create table sync.link (
    integration text not null references sync.integration,
    kind text not null check (kind in ('user', 'group')),
    scim_id uuid not null,
    learner_id uuid references lms.learner,
    cohort_id uuid references lms.cohort,
    epoch integer not null,
    incarnation integer not null,
    version bigint not null,
    tombstoned boolean not null,
    primary key (scim_id, kind, integration),
    check ((kind = 'user') = (learner_id is not null)),
    check ((kind = 'group') = (cohort_id is not null))
);

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

-- The one definition of a membership of origin scim: every writer of lms.cohort_membership reads it.
-- Subqueries instead of joins: each is one look-up in a unique index, whatever a planner believes about the tables.
create view sync.derived_membership as
select
    edge.integration,
    edge.scim_group_id,
    edge.scim_user_id,
    (select cohort.cohort_id from lms.cohort as cohort
     where cohort.integration = edge.integration and cohort.scim_id = edge.scim_group_id) as cohort_id,
    (select learner.learner_id from lms.learner as learner
     where learner.integration = edge.integration and learner.scim_id = edge.scim_user_id) as learner_id,
    edge.present
    and coalesce((select not link.tombstoned from sync.link as link
     where link.integration = edge.integration and link.kind = 'group' and link.scim_id = edge.scim_group_id), false)
    and coalesce((select not link.tombstoned from sync.link as link
     where link.integration = edge.integration and link.kind = 'user' and link.scim_id = edge.scim_user_id), false)
        as is_effective
from sync.edge as edge;

create table sync.inbox (
    event_id uuid primary key,
    integration text not null references sync.integration,
    subject text not null,
    epoch integer not null,
    incarnation integer not null,
    version bigint not null,
    outcome text not null check (outcome in ('executed', 'already_applied', 'stale')),
    applied_at timestamptz not null default now()
);
-- For the removal of what is old enough.
create index inbox_applied_at on sync.inbox (applied_at);

-- Kept as it came, so that it can be delivered again.
create table sync.parked_event (
    event_id uuid primary key,
    reason text not null,
    routing_key text not null,
    content_type text not null,
    attributes json not null,
    body bytea not null,
    attempts integer not null default 1,
    first_parked_at timestamptz not null default now(),
    last_parked_at timestamptz not null default now()
);
create index parked_event_last_parked_at on sync.parked_event (last_parked_at);

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

grant usage on schema lms, sync to illuxi_user_sync;
grant select, insert on lms.portal to illuxi_user_sync;
grant select (learner_id, portal_id, login, login_folded, email, given_name, family_name, display_name, job_title, department,
        division, organization, cost_center, employee_number, employee_type, hire_date, manager_scim_id, office,
        country, preferred_language, locale, time_zone, phone, status, inactive_reason, inactivated_at,
        reactivated_at, origin, integration, scim_id, source_object_id, row_version),
    insert (learner_id, portal_id, login, login_folded, email, given_name, family_name, display_name, job_title, department,
        division, organization, cost_center, employee_number, employee_type, hire_date, manager_scim_id, office,
        country, preferred_language, locale, time_zone, phone, status, inactive_reason, inactivated_at,
        reactivated_at, origin, integration, scim_id, source_object_id),
    update (login, login_folded, email, given_name, family_name, display_name, job_title, department,
        division, organization, cost_center, employee_number, employee_type, hire_date, manager_scim_id, office,
        country, preferred_language, locale, time_zone, phone, status, inactive_reason, inactivated_at,
        reactivated_at, scim_id, source_object_id)
    on lms.learner to illuxi_user_sync;
grant select,
    insert (cohort_id, portal_id, name, slug, status, origin, integration, scim_id, source_object_id),
    update (name, slug, status, scim_id, source_object_id)
    on lms.cohort to illuxi_user_sync;
grant select, insert, delete on lms.cohort_membership to illuxi_user_sync;
grant select on lms.training_record to illuxi_user_sync;
-- Update only to lock the row while a commit of the integration runs.
grant select, insert, update on sync.integration to illuxi_user_sync;
grant select, insert, update on sync.link, sync.edge to illuxi_user_sync;
grant select on sync.derived_membership to illuxi_user_sync;
grant select, insert on sync.inbox to illuxi_user_sync;
grant select, insert, update, delete on sync.parked_event to illuxi_user_sync;
