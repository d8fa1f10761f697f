-- The schema `directory` itself is made before the first migration, because the list of migrations stands in it too.

create table directory.integration (
    id uuid primary key,
    slug text not null unique,
    portal text not null,
    environment text not null check (environment in ('production', 'staging')),
    state text not null check (state in ('enabled', 'paused', 'disabled')),
    created_at timestamptz not null
);

create table directory.token (
    id text primary key,
    integration_id uuid not null references directory.integration (id),
    digest bytea not null check (octet_length(digest) = 32),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz
);

-- Raised by the operator after a restore, because restored versions would look old to consumers.
create table directory.source_epoch (
    only_row boolean primary key default true check (only_row),
    epoch integer not null
);
insert into directory.source_epoch (epoch) values (0);

-- Plans must be right without statistics: a new directory grows by thousands of rows before the first analysis. A
-- condition without statistics is taken to leave one row in 200, the tenant's column like any other; therefore an index
-- starts with the column that tells rows apart, and with the tenant only where a whole tenant is listed. `deleted_at
-- is null` would be taken for as rare, and make that list look empty; `live` is taken for one row in two.
--
-- Resources carry no foreign key to the integration: every insert would lock the one row that all of a tenant share,
-- and integrations are never deleted.
create table directory.scim_user (
    integration_id uuid not null,
    id uuid not null,
    incarnation integer not null,
    version bigint not null,
    created_at timestamptz not null,
    last_modified timestamptz not null,
    deleted_at timestamptz,
    live boolean not null generated always as (deleted_at is null) stored,
    user_name_folded text not null,
    external_id text,
    work_email_folded text,
    display_name text,
    display_name_folded text,
    active boolean not null,
    resource jsonb not null,
    primary key (integration_id, id)
);
create unique index scim_user_user_name on directory.scim_user (user_name_folded, integration_id)
    where live;
create unique index scim_user_external_id on directory.scim_user (external_id, integration_id)
    where live and external_id is not null;
-- Deleted ones too: a new incarnation counts them.
create index scim_user_incarnation on directory.scim_user (external_id, integration_id, incarnation)
    where external_id is not null;
create index scim_user_work_email on directory.scim_user (work_email_folded, integration_id)
    where live;
create index scim_user_display_name on directory.scim_user (display_name_folded, integration_id)
    where live;
create index scim_user_live on directory.scim_user (integration_id, id)
    where live;

create table directory.scim_group (
    integration_id uuid not null,
    id uuid not null,
    incarnation integer not null,
    version bigint not null,
    created_at timestamptz not null,
    last_modified timestamptz not null,
    deleted_at timestamptz,
    live boolean not null generated always as (deleted_at is null) stored,
    display_name_folded text not null,
    external_id text,
    member_count integer not null check (member_count >= 0),
    resource jsonb not null,
    primary key (integration_id, id)
);
create unique index scim_group_display_name on directory.scim_group (display_name_folded, integration_id)
    where live;
create unique index scim_group_external_id on directory.scim_group (external_id, integration_id)
    where live and external_id is not null;
create index scim_group_incarnation on directory.scim_group (external_id, integration_id, incarnation)
    where external_id is not null;
create index scim_group_live on directory.scim_group (integration_id, id)
    where live;

-- Both keys hold the integration, so that no edge can join two tenants.
create table directory.group_member (
    integration_id uuid not null,
    group_id uuid not null,
    user_id uuid not null,
    primary key (group_id, user_id, integration_id),
    foreign key (integration_id, group_id) references directory.scim_group (integration_id, id),
    foreign key (integration_id, user_id) references directory.scim_user (integration_id, id)
);
create index group_member_user on directory.group_member (user_id, integration_id, group_id);

create table directory.event_log (
    id bigint generated always as identity primary key,
    event_id uuid not null unique,
    integration_id uuid not null,
    event_type text not null,
    subject_kind text not null,
    subject_id uuid not null,
    epoch integer not null,
    incarnation integer not null,
    version bigint not null,
    data text not null,
    txn uuid not null,
    traceparent text,
    committed_at timestamptz not null,
    claimed_by uuid,
    claimed_until timestamptz,
    attempts integer not null default 0,
    published_at timestamptz
);
create index event_log_unsent on directory.event_log (id) where published_at is null;

create table directory.provisioning_log (
    id bigint generated always as identity primary key,
    integration_id uuid not null,
    request_id uuid not null,
    at timestamptz not null,
    operation text not null,
    subject_kind text not null,
    subject_id uuid not null,
    changed text[] not null
);
create index provisioning_log_integration on directory.provisioning_log (integration_id, id);
