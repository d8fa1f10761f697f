-- The schema `directory` itself is made before the first migration, because the list of migrations stands in it too.

-- Text in the form in which it compares without regard to letter case: `scim::fold`.
create function directory.fold(written text) returns text
language sql immutable parallel safe
return normalize(replace(lower(normalize(written, NFC) collate "und-x-icu"), 'ς', 'σ'), NFC);

-- Milliseconds since 1970 of a date and time with zone (RFC 3339), the rest of the fraction cut off; null for other
-- text. Counted by hand, because a cast fails for what is no date, rounds, and depends on settings of the session.
create function directory.instant(written text) returns bigint
language plpgsql immutable strict parallel safe as $$
declare
    part constant text[] := regexp_match(written,
        '^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})'
        '(?:[.]([0-9]+))?(?:Z|([-+−])([0-9]{2}):([0-5][0-9]))$');
    year constant bigint := part[1];
    month constant bigint := part[2];
    day constant bigint := part[3];
    hour constant bigint := part[4];
    minute constant bigint := part[5];
    second constant bigint := part[6];
    millisecond constant bigint := rpad(left(coalesce(part[7], ''), 3), 3, '0');
    east constant bigint := coalesce(part[9]::bigint * 60 + part[10]::bigint, 0)
        * case part[8] when '+' then 1 else -1 end;
    is_leap_year constant boolean := year % 4 = 0 and (year % 100 <> 0 or year % 400 = 0);
    days_of_month constant bigint := case when month = 2 then 28 + is_leap_year::int
        when month in (4, 6, 9, 11) then 30 when month between 1 and 12 then 31 else 0 end;
    -- Years that begin in March, so that the day that is sometimes there is the last one.
    march_year constant bigint := year + 4800 - (month < 3)::int;
    march_month constant bigint := case when month < 3 then month + 9 else month - 3 end;
    julian_day constant bigint := day + (153 * march_month + 2) / 5 + 365 * march_year + march_year / 4
        - march_year / 100 + march_year / 400 - 32045;
begin
    if part is null or day not between 1 and days_of_month or hour > 23 or minute > 59 or second > 60
        or abs(east) >= 24 * 60 then
        return null;
    end if;
    return ((((julian_day - 2440588) * 24 + hour) * 60 + minute - east) * 60 + second) * 1000 + millisecond;
end
$$;

-- Whether a value of a resource is one (RFC 7643 section 2.5): of an object, a part must be.
create function directory.is_assigned(given jsonb) returns boolean
language sql immutable parallel safe
return case jsonb_typeof(given)
    when 'object' then exists (select from jsonb_each(given) as part where part.value not in ('null', '""', '[]', '{}'))
    else coalesce(given not in ('null', '""', '[]'), false)
end;

create table directory.integration (
    id uuid primary key,
    slug text not null unique,
    portal text not null,
    environment text not null check (environment in ('production', 'staging')),
    state text not null check (state in ('enabled', 'paused', 'disabled', 'detached')),
    profile text not null default 'entra' check (profile in ('entra', 'strict')),
    -- Schema documents (RFC 7643 section 7).
    user_extensions jsonb not null default '[]',
    settings jsonb not null default '{}',
    version bigint not null default 1,
    created_at timestamptz not null
);
create index integration_portal on directory.integration (portal, slug);

-- What lets callers in. Of a secret its digest is kept; `terms` are the name, the scopes, the networks, and whom to
-- trust; `replaces` names the one that a rotation made it to take over from.
create table directory.credential (
    id text primary key,
    integration_id uuid not null references directory.integration (id),
    kind text not null check (kind in ('secret', 'client', 'federated', 'entra')),
    digest bytea check (octet_length(digest) = 32),
    terms jsonb not null,
    replaces text references directory.credential (id),
    created_at timestamptz not null,
    created_by text not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    revoked_by text,
    uses bigint not null default 0,
    last_used_at timestamptz,
    last_used_address text,
    last_used_agent text,
    check ((kind in ('secret', 'client')) = (digest is not null)),
    check (digest is null or expires_at is not null),
    check ((revoked_at is null) = (revoked_by is null))
);
create index credential_integration on directory.credential (integration_id, created_at desc);

-- Grows with every change to what stands above, so that replicas notice it with one cheap question. Uses of a credential
-- are no change to it.
create table directory.registry_version (
    only_row boolean primary key default true check (only_row),
    version bigint not null
);
insert into directory.registry_version (version) values (1);
create function directory.raise_registry_version() returns trigger
language plpgsql as $$
begin
    update directory.registry_version set version = version + 1;
    return null;
end
$$;
create trigger integration_changed after insert or update on directory.integration
    for each statement execute function directory.raise_registry_version();
create trigger credential_changed after insert or update of terms, digest, expires_at, revoked_at on directory.credential
    for each statement execute function directory.raise_registry_version();

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
-- and integrations are never deleted. Events and entries of logs carry none for the same reason.
create table directory.scim_user (
    integration_id uuid not null,
    id uuid not null,
    incarnation integer not null,
    version bigint not null,
    created_at timestamptz not null,
    last_modified timestamptz not null,
    deleted_at timestamptz,
    live boolean not null generated always as (deleted_at is null) stored,
    user_name_folded text collate "C" not null,
    external_id text collate "C",
    display_name text,
    display_name_folded text collate "C",
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
create index scim_user_display_name on directory.scim_user (display_name_folded, integration_id)
    where live;
create index scim_user_live on directory.scim_user (integration_id, id)
    where live;

-- What users are found by, apart from what columns hold. A row says no more than where to look: what it leads to is
-- looked up with the integration and compared again. It is written in the statement that writes its user, and needs no
-- foreign key.
create table directory.user_lookup (
    integration_id uuid not null,
    user_id uuid not null,
    attribute text collate "C" not null,
    -- Of a long value its digest: an index row has 2,704 bytes at most.
    value text collate "C" not null,
    primary key (value, attribute, integration_id, user_id)
);

create table directory.scim_group (
    integration_id uuid not null,
    id uuid not null,
    incarnation integer not null,
    version bigint not null,
    created_at timestamptz not null,
    last_modified timestamptz not null,
    deleted_at timestamptz,
    live boolean not null generated always as (deleted_at is null) stored,
    display_name_folded text collate "C" not null,
    external_id text collate "C",
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

-- Locks a group's row until the end of the transaction, for who edits its members. A function, because its plan is kept where a
-- statement that is sent without being prepared is planned every time.
create function directory.lock_group(of uuid, which uuid) returns void
language plpgsql as $$
begin
    perform from directory.scim_group as g where g.integration_id = of and g.id = which for no key update;
end
$$;

-- How many resources of a kind live in an integration: the sum over its rows. The statement that creates or deletes
-- resources writes it. There are several rows, and a session always writes the same one of them, because whoever writes
-- a row waits for the commit of whoever wrote it before. No checks, as for the log below. Rows of one page: each version finds room beside the one before.
create table directory.resource_count (
    integration_id uuid not null,
    kind text collate "C" not null,
    shard integer not null,
    live bigint not null,
    primary key (integration_id, kind, shard)
) with (fillfactor = 50);

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
    event_id uuid not null,
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
    committed_at timestamptz not null
);

-- Which events of the log are to be sent: the statement that writes an event adds its row, and that it was sent takes
-- the row away. Apart from the log, because a relay writes here twice for each event, and a row of the log is long. No
-- index holds what a claim writes, and half of a page is left for it: the row's new version finds
-- room beside the old one.
create table directory.outbox (
    event_id uuid primary key,
    integration_id uuid not null,
    -- Of its row in the log.
    log_id bigint not null,
    -- Was published before, and is to be once more: behind everything that is new.
    replayed boolean not null default false,
    committed_at timestamptz not null,
    claimed_by uuid,
    claimed_until timestamptz,
    attempts integer not null default 0
) with (fillfactor = 50);
-- In the order in which the relay takes turns: what is new first, and of every integration the oldest.
create index outbox_turn on directory.outbox (replayed, integration_id, log_id);

-- One row for a request; that of a change is written with the change. Newest first is the order of time, and of `id`
-- among those of one moment: every index that leads to some of an integration's rows holds them in it. `changed` is
-- `json` and not `jsonb`, because it is only shown again, as it was written. No checks: PostgreSQL reads their texts anew for
-- each statement, 5 to 10 µs for each check.
create table directory.provisioning_log (
    id bigint generated always as identity primary key,
    integration_id uuid not null,
    request_id uuid not null,
    at timestamptz not null,
    operation text not null,
    kind text,
    subject_id uuid,
    -- Digest of the name of the person.
    person bytea,
    outcome text collate "C" not null,
    status smallint,
    reason text,
    changed json not null,
    credential_id text,
    address text,
    agent text,
    -- The bulk request that it was an operation of.
    bulk_request_id uuid,
    duration_ms integer,
    expected text,
    received text
);
create unique index provisioning_log_request on directory.provisioning_log (request_id, integration_id);
create index provisioning_log_bulk on directory.provisioning_log (bulk_request_id, integration_id)
    where bulk_request_id is not null;
create index provisioning_log_time on directory.provisioning_log (integration_id, at, id);
create index provisioning_log_subject on directory.provisioning_log (subject_id, integration_id, at, id)
    where subject_id is not null;
create index provisioning_log_person on directory.provisioning_log (person, integration_id, at, id)
    where person is not null;
create index provisioning_log_outcome on directory.provisioning_log (outcome, integration_id, at, id);

-- The state of an integration on its way out as events. It goes on behind `after_id`: of users and groups one of them,
-- of members one of `after_group`, or none when all members of that group were told.
create table directory.snapshot (
    id uuid primary key,
    integration_id uuid not null references directory.integration (id),
    -- The one resource that is told; of all when null.
    only_kind text check (only_kind in ('Users', 'Groups')),
    only_id uuid,
    requested_by text not null,
    began_at timestamptz not null,
    phase text not null check (phase in ('users', 'groups', 'members')),
    after_group uuid,
    after_id uuid,
    chunks integer not null default 0,
    users integer not null default 0,
    groups integer not null default 0,
    members bigint not null default 0,
    finished_at timestamptz,
    claimed_by uuid,
    claimed_until timestamptz,
    check ((only_kind is null) = (only_id is null))
);
-- One of each at a time.
create unique index snapshot_unfinished on directory.snapshot (integration_id, only_id) nulls not distinct
    where finished_at is null;
create index snapshot_integration on directory.snapshot (integration_id, began_at);

-- What administrators asked for, and how it ended: not known while `status` is null.
create table directory.act (
    number bigint generated always as identity primary key,
    id uuid not null unique,
    at timestamptz not null,
    subject text not null,
    address text,
    method text not null,
    route text not null,
    -- Slug of an integration, which need not exist.
    integration text,
    target text,
    status smallint,
    details json,
    check ((status is null) = (details is null))
);
create index act_integration on directory.act (integration, number) where integration is not null;
create index act_age on directory.act (at, number);
