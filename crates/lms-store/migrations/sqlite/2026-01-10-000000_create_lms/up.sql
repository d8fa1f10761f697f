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
    registered_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
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
    manager_scim_id text,
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

-- How far each SCIM resource was followed. Stays after a deletion, so that what comes late is recognised.
create table sync_link (
    integration text not null references sync_integration,
    kind text not null check (kind in ('user', 'group')),
    scim_id text not null,
    learner_id text references lms_learner,
    cohort_id text references lms_cohort,
    epoch integer not null,
    incarnation integer not null,
    version integer not null,
    tombstoned integer not null check (tombstoned in (0, 1)),
    primary key (scim_id, kind, integration),
    check ((kind = 'user') = (learner_id is not null)),
    check ((kind = 'group') = (cohort_id is not null))
) strict, without rowid;

-- Without foreign keys to users or groups: an edge may arrive before either.
create table sync_edge (
    integration text not null references sync_integration,
    scim_group_id text not null,
    scim_user_id text not null,
    epoch integer not null,
    incarnation integer not null,
    version integer not null,
    present integer not null check (present in (0, 1)),
    primary key (scim_group_id, scim_user_id, integration)
) strict, without rowid;
create index edge_user on sync_edge (scim_user_id, scim_group_id, integration);

-- The one definition of a membership of origin scim: every writer of lms_cohort_membership reads it.
-- Subqueries instead of joins: each is one look-up in a unique index, whatever a planner believes about the tables.
create view sync_derived_membership as
select
    edge.integration,
    edge.scim_group_id,
    edge.scim_user_id,
    (select cohort.cohort_id from lms_cohort as cohort
     where cohort.integration = edge.integration and cohort.scim_id = edge.scim_group_id) as cohort_id,
    (select learner.learner_id from lms_learner as learner
     where learner.integration = edge.integration and learner.scim_id = edge.scim_user_id) as learner_id,
    edge.present
    and coalesce((select not link.tombstoned from sync_link as link
     where link.integration = edge.integration and link.kind = 'group' and link.scim_id = edge.scim_group_id), false)
    and coalesce((select not link.tombstoned from sync_link as link
     where link.integration = edge.integration and link.kind = 'user' and link.scim_id = edge.scim_user_id), false)
        as is_effective
from sync_edge as edge;

create table sync_inbox (
    event_id text not null primary key,
    integration text not null references sync_integration,
    subject text not null,
    epoch integer not null,
    incarnation integer not null,
    version integer not null,
    outcome text not null check (outcome in ('executed', 'already_applied', 'stale')),
    applied_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) strict, without rowid;
-- For the removal of what is old enough.
create index inbox_applied_at on sync_inbox (applied_at);

-- Kept as it came, so that it can be delivered again.
create table sync_parked_event (
    event_id text not null primary key,
    reason text not null,
    routing_key text not null,
    content_type text not null,
    attributes text not null,
    body blob not null,
    attempts integer not null default 1,
    first_parked_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    last_parked_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) strict;
create index parked_event_last_parked_at on sync_parked_event (last_parked_at);
