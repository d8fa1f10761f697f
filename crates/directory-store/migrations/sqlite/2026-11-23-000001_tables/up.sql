-- Ids are hyphenated lower-case text, times are milliseconds since 1970, lists are JSON.

create table integration (
    id text primary key not null,
    slug text not null unique,
    portal text not null,
    environment text not null check (environment in ('production', 'staging')),
    state text not null check (state in ('enabled', 'paused', 'disabled', 'detached')),
    profile text not null default 'entra' check (profile in ('entra', 'strict')),
    -- Schema documents (RFC 7643 section 7).
    user_extensions text not null default '[]',
    settings text not null default '{}',
    version bigint not null default 1,
    created_at bigint not null
);
create index integration_portal on integration (portal, slug);

-- What lets callers in. Of a secret its digest is kept; `terms` are the name, the scopes, the networks, and whom to
-- trust; `replaces` names the one that a rotation made it to take over from.
create table credential (
    id text primary key not null,
    integration_id text not null references integration (id),
    kind text not null check (kind in ('secret', 'client', 'federated', 'entra')),
    digest blob check (length(digest) = 32),
    terms text not null,
    replaces text references credential (id),
    created_at bigint not null,
    created_by text not null,
    expires_at bigint,
    revoked_at bigint,
    revoked_by text,
    uses bigint not null default 0,
    last_used_at bigint,
    last_used_address text,
    last_used_agent text,
    check ((kind in ('secret', 'client')) = (digest is not null)),
    check (digest is null or expires_at is not null),
    check ((revoked_at is null) = (revoked_by is null))
);
create index credential_integration on credential (integration_id, created_at desc);

-- Grows with every change to what stands above. Uses of a credential are no change to it.
create table registry_version (
    only_row integer primary key not null default 1 check (only_row = 1),
    version bigint not null
);
insert into registry_version (version) values (1);
create trigger integration_added after insert on integration
    begin update registry_version set version = version + 1; end;
create trigger integration_changed after update on integration
    begin update registry_version set version = version + 1; end;
create trigger credential_added after insert on credential
    begin update registry_version set version = version + 1; end;
create trigger credential_changed after update of terms, digest, expires_at, revoked_at on credential
    begin update registry_version set version = version + 1; end;

-- Raised by the operator after a restore, because restored versions would look old to consumers.
create table source_epoch (
    only_row integer primary key not null default 1 check (only_row = 1),
    epoch integer not null
);
insert into source_epoch (epoch) values (0);

create table scim_user (
    integration_id text not null,
    id text not null,
    incarnation integer not null,
    version bigint not null,
    created_at bigint not null,
    last_modified bigint not null,
    deleted_at bigint,
    user_name_folded text not null,
    external_id text,
    display_name text,
    display_name_folded text,
    active boolean not null,
    resource text not null,
    primary key (integration_id, id)
);
create unique index scim_user_user_name on scim_user (integration_id, user_name_folded)
    where deleted_at is null;
create unique index scim_user_external_id on scim_user (integration_id, external_id)
    where deleted_at is null and external_id is not null;
-- Deleted ones too: a new incarnation counts them.
create index scim_user_incarnation on scim_user (integration_id, external_id, incarnation)
    where external_id is not null;
create index scim_user_display_name on scim_user (integration_id, display_name_folded)
    where deleted_at is null;
create index scim_user_live on scim_user (integration_id, id)
    where deleted_at is null;

-- What users are found by, apart from what columns hold. A row says no more than where to look: what it leads to is
-- compared again. Of a long value it holds the digest.
create table user_lookup (
    integration_id text not null,
    attribute text not null,
    value text not null,
    user_id text not null,
    primary key (integration_id, attribute, value, user_id)
) without rowid;

create table scim_group (
    integration_id text not null,
    id text not null,
    incarnation integer not null,
    version bigint not null,
    created_at bigint not null,
    last_modified bigint not null,
    deleted_at bigint,
    display_name_folded text not null,
    external_id text,
    member_count integer not null check (member_count >= 0),
    resource text not null,
    primary key (integration_id, id)
);
create unique index scim_group_display_name on scim_group (integration_id, display_name_folded)
    where deleted_at is null;
create unique index scim_group_external_id on scim_group (integration_id, external_id)
    where deleted_at is null and external_id is not null;
create index scim_group_incarnation on scim_group (integration_id, external_id, incarnation)
    where external_id is not null;
create index scim_group_live on scim_group (integration_id, id)
    where deleted_at is null;

-- Both keys hold the integration, so that no edge can join two tenants.
create table group_member (
    integration_id text not null,
    group_id text not null,
    user_id text not null,
    primary key (integration_id, group_id, user_id),
    foreign key (integration_id, group_id) references scim_group (integration_id, id),
    foreign key (integration_id, user_id) references scim_user (integration_id, id)
) without rowid;
create index group_member_user on group_member (integration_id, user_id);

create table event_log (
    id integer primary key autoincrement not null,
    event_id text not null unique,
    integration_id text not null,
    event_type text not null,
    subject_kind text not null,
    subject_id text not null,
    epoch integer not null,
    incarnation integer not null,
    version bigint not null,
    data text not null,
    txn text not null,
    traceparent text,
    committed_at bigint not null
);

-- Which events of the log are to be sent: the transaction that writes an event adds its row, and that it was sent takes
-- the row away. Apart from the log, because a relay writes here twice for each event, and a row of the log is long.
create table outbox (
    event_id text primary key not null,
    integration_id text not null,
    -- Of its row in the log.
    log_id integer not null,
    -- Was published before, and is to be once more: behind everything that is new.
    replayed boolean not null default false,
    committed_at bigint not null,
    claimed_by text,
    claimed_until bigint,
    attempts integer not null default 0
) without rowid;
-- In the order in which the relay takes turns: what is new first, and of every integration the oldest.
create index outbox_turn on outbox (replayed, integration_id, log_id);

-- One row for a request; that of a change is written with the change. Newest first is the order of time, and of `id`
-- among those of one moment; every index ends with the `id`.
create table provisioning_log (
    id integer primary key autoincrement not null,
    integration_id text not null,
    request_id text not null,
    at bigint not null,
    operation text not null,
    kind text check (kind in ('user', 'group')),
    subject_id text,
    -- Digest of the name of the person.
    person blob check (length(person) = 16),
    outcome text not null,
    status integer,
    reason text,
    changed text not null,
    credential_id text,
    address text,
    agent text,
    -- The bulk request that it was an operation of.
    bulk_request_id text,
    duration_ms integer,
    expected text,
    received text,
    check ((expected is null) = (received is null))
);
create unique index provisioning_log_request on provisioning_log (integration_id, request_id);
create index provisioning_log_bulk on provisioning_log (bulk_request_id, integration_id)
    where bulk_request_id is not null;
create index provisioning_log_time on provisioning_log (integration_id, at);
create index provisioning_log_subject on provisioning_log (integration_id, subject_id, at)
    where subject_id is not null;
create index provisioning_log_person on provisioning_log (integration_id, person, at)
    where person is not null;
create index provisioning_log_outcome on provisioning_log (integration_id, outcome, at);

-- The state of an integration on its way out as events. It goes on behind `after_id`: of users and groups one of them,
-- of members one of `after_group`, or none when all members of that group were told.
create table snapshot (
    id text primary key not null,
    integration_id text not null references integration (id),
    -- The one resource that is told; of all when null.
    only_kind text check (only_kind in ('Users', 'Groups')),
    only_id text,
    requested_by text not null,
    began_at bigint not null,
    phase text not null check (phase in ('users', 'groups', 'members')),
    after_group text,
    after_id text,
    chunks integer not null default 0,
    users integer not null default 0,
    groups integer not null default 0,
    members bigint not null default 0,
    finished_at bigint,
    claimed_by text,
    claimed_until bigint,
    check ((only_kind is null) = (only_id is null))
);
-- One of each at a time.
create unique index snapshot_unfinished on snapshot (integration_id, coalesce(only_id, '')) where finished_at is null;
create index snapshot_integration on snapshot (integration_id, began_at);

-- What administrators asked for, and how it ended: not known while `status` is null.
create table act (
    number integer primary key autoincrement not null,
    id text not null unique,
    at bigint not null,
    subject text not null,
    address text,
    method text not null,
    route text not null,
    -- Slug of an integration, which need not exist.
    integration text,
    target text,
    status integer,
    details text,
    check ((status is null) = (details is null))
);
create index act_integration on act (integration, number) where integration is not null;
create index act_age on act (at, number);
