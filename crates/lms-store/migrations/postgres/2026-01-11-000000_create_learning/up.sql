-- What follows in the LMS when learners, cohorts and memberships change: seats, access, enrolments, roles. It stands in
-- the database, and so holds whoever writes: a directory, the LMS, an administrator by hand.
--
-- Triggers work once per statement, over its transition tables. Each first boils these down to arrays, and all that
-- follows starts from an array: the plan of a query over a transition table is kept from its first call, and what
-- suits one row would join 100,000 in a loop. The arrays are planned for anew (force_custom_plan), by their length.
-- What must hold of a row found by its id is asked in a subquery, not joined: a planner without statistics would else
-- read a whole portal for one row.
lock table lms.portal, lms.learner, lms.cohort, lms.cohort_membership in share row exclusive mode;

-- 1. Tables

alter table lms.portal
    add column name text,
    -- Active learners that the customer pays for; null is without limit.
    add column seat_limit integer check (seat_limit >= 0),
    add column default_locale text,
    add column default_time_zone text;

-- Learners with status active, of a portal and integration; '' stands for those of no integration.
create table lms.headcount (
    portal_id uuid not null references lms.portal,
    integration text not null default '',
    active bigint not null check (active >= 0),
    primary key (portal_id, integration)
);
insert into lms.headcount (portal_id, integration, active)
select portal_id, coalesce(integration, ''), count(*) from lms.learner where status = 'active' group by 1, 2;

create table lms.course (
    course_id uuid primary key default gen_random_uuid(),
    portal_id uuid not null references lms.portal,
    title text not null,
    language text,
    mandatory boolean not null default false
);
create index course_portal on lms.course (portal_id, course_id);

alter table lms.cohort
    -- What becomes of open enrolments that a member owes to the cohort, when the member leaves it.
    add column on_leave text not null default 'keep' check (on_leave in ('withdraw', 'suspend', 'keep')),
    -- Role of those whom a directory puts into the cohort.
    add column grants_role text check (grants_role in ('instructor', 'manager', 'admin'));

create table lms.cohort_course (
    cohort_id uuid not null references lms.cohort,
    course_id uuid not null references lms.course,
    due_days integer check (due_days >= 0),
    auto_enrol boolean not null default true,
    primary key (cohort_id, course_id)
);
create index cohort_course_course on lms.cohort_course (course_id);

-- Never deleted; withdrawn instead.
create table lms.enrolment (
    enrolment_id uuid primary key default gen_random_uuid(),
    learner_id uuid not null references lms.learner on delete restrict,
    course_id uuid not null references lms.course on delete restrict,
    origin text not null check (origin in ('manual', 'cohort', 'rule')),
    -- To which it is owed; changes to another cohort of the learner that has the course too.
    cohort_id uuid references lms.cohort,
    state text not null check (state in ('assigned', 'in_progress', 'completed', 'suspended', 'withdrawn')),
    -- Both present exactly while suspended by a trigger, who gives back what stands here. Suspended by hand: both null.
    state_before_suspension text check (state_before_suspension in ('assigned', 'in_progress')),
    suspended_because text check (suspended_because in ('learner_inactive', 'left_cohort')),
    due_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint enrolment_suspension check ((suspended_because is null) = (state_before_suspension is null)
        and (suspended_because is null or state = 'suspended')),
    constraint enrolment_cohort_origin check (origin <> 'cohort' or cohort_id is not null)
);
create unique index enrolment_open on lms.enrolment (learner_id, course_id)
    where state in ('assigned', 'in_progress', 'suspended');
create index enrolment_learner on lms.enrolment (learner_id, course_id);
create index enrolment_course on lms.enrolment (course_id);
create index enrolment_cohort on lms.enrolment (cohort_id, learner_id) where cohort_id is not null;
create index enrolment_left_cohort on lms.enrolment (cohort_id) where suspended_because = 'left_cohort';

create table lms.role_grant (
    grant_id bigint generated always as identity primary key,
    learner_id uuid not null references lms.learner on delete restrict,
    role text not null check (role in ('learner', 'instructor', 'manager', 'admin')),
    -- The cohort of a directory that grants it; null: granted by hand.
    cohort_id uuid references lms.cohort,
    granted_at timestamptz not null default now(),
    constraint role_grant_of_cohort unique (learner_id, role, cohort_id)
);
create unique index role_grant_by_hand on lms.role_grant (learner_id, role) where cohort_id is null;
create index role_grant_cohort on lms.role_grant (cohort_id, learner_id) where cohort_id is not null;
create index role_grant_admin on lms.role_grant (learner_id) where role = 'admin';

-- What the LMS has to do outside of the database: end sessions, revoke tokens.
create table lms.outbox (
    outbox_id bigint generated always as identity primary key,
    kind text not null check (kind in ('revoke_access', 'access_restored')),
    learner_id uuid not null references lms.learner,
    reason text not null,
    created_at timestamptz not null default now(),
    taken_at timestamptz
);
create index outbox_untaken on lms.outbox (outbox_id) where taken_at is null;

-- What an administrator should know. Names nobody but by id.
create table sync.finding (
    finding_id bigint generated always as identity primary key,
    integration text references sync.integration,
    portal_id uuid not null references lms.portal,
    kind text not null,
    learner_id uuid references lms.learner,
    cohort_id uuid references lms.cohort on delete set null,
    detail text not null,
    noticed_at timestamptz not null default now(),
    resolved_at timestamptz
);
create index finding_unresolved on sync.finding (portal_id, kind) where resolved_at is null;
create index finding_portal on sync.finding (portal_id, finding_id);
create index finding_integration on sync.finding (integration, finding_id);

-- The one definition of a role that a directory gives.
create view lms.scim_role as
select membership.learner_id, membership.cohort_id, cohort.grants_role as role
from lms.cohort_membership as membership
join lms.cohort as cohort on cohort.cohort_id = membership.cohort_id
where membership.origin = 'scim' and cohort.status = 'active' and cohort.grants_role is not null
    and cohort.portal_id = (
        select learner.portal_id from lms.learner as learner where learner.learner_id = membership.learner_id);

-- Those who can administer a portal today.
create view lms.active_admin as
select role_grant.grant_id, role_grant.learner_id, learner.portal_id
from lms.role_grant as role_grant
join lms.learner as learner on learner.learner_id = role_grant.learner_id
where role_grant.role = 'admin' and learner.status = 'active';

-- 2. Seats

create function lms.count_heads(portals uuid[], integrations text[], differences bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    insert into lms.headcount (portal_id, integration, active)
    select portal_id, integration, 0
    from unnest(portals, integrations, differences) as changed (portal_id, integration, difference)
    where difference > 0
    order by portal_id, integration
    on conflict do nothing;
    update lms.headcount as headcount
    set active = headcount.active + changed.difference
    from unnest(portals, integrations, differences) as changed (portal_id, integration, difference)
    where headcount.portal_id = changed.portal_id and headcount.integration = changed.integration;
end $$;

-- 3. Administrators

-- Who decides whether a portal keeps an administrator waits here for who else decides it.
create function lms.lock_portals(portals uuid[]) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform from lms.portal where portal_id = any(portals) order by portal_id for no key update;
end $$;

-- Takes grants back, but of a portal that would be left without an active administrator, the oldest.
create function lms.withdraw_grants(grants bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
    admins bigint[];
    kept bigint[];
begin
    if cardinality(grants) = 0 then
        return;
    end if;
    admins := array(select grant_id from lms.active_admin where grant_id = any(grants));
    if cardinality(admins) > 0 then
        perform lms.lock_portals(
            array(select distinct portal_id from lms.active_admin where grant_id = any(admins)));
        kept := array(
            select distinct on (admin.portal_id) admin.grant_id
            from lms.active_admin as admin
            join lms.role_grant as role_grant on role_grant.grant_id = admin.grant_id
            where admin.grant_id = any(admins) and not exists (
                select from lms.active_admin as other
                where other.portal_id = admin.portal_id and other.grant_id <> all(admins))
            order by admin.portal_id, role_grant.granted_at, admin.grant_id);
        insert into sync.finding (integration, portal_id, kind, learner_id, cohort_id, detail)
        select cohort.integration, admin.portal_id, 'last_admin_kept', admin.learner_id, cohort.cohort_id,
            'the portal has no other active administrator: the role stays, though the cohort no longer grants it'
        from lms.active_admin as admin
        join lms.role_grant as role_grant on role_grant.grant_id = admin.grant_id
        join lms.cohort as cohort on cohort.cohort_id = role_grant.cohort_id
        where admin.grant_id = any(kept) and not exists (
            select from sync.finding as finding
            where finding.portal_id = admin.portal_id and finding.kind = 'last_admin_kept'
                and finding.resolved_at is null and finding.learner_id = admin.learner_id
                and finding.cohort_id = cohort.cohort_id);
    end if;
    delete from lms.role_grant where grant_id = any(grants) and grant_id <> all(coalesce(kept, '{}'));
end $$;

-- Takes back what was kept for want of another administrator, and resolves the findings that hold no more.
create function lms.settle_admins(portals uuid[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
    if not exists (
        select from sync.finding
        where portal_id = any(portals) and kind in ('last_admin_kept', 'portal_without_admin')
            and resolved_at is null)
    then
        return;
    end if;
    perform lms.withdraw_grants(array(
        select role_grant.grant_id
        from sync.finding as finding
        join lms.role_grant as role_grant
            on role_grant.learner_id = finding.learner_id and role_grant.cohort_id = finding.cohort_id
        where finding.portal_id = any(portals) and finding.kind = 'last_admin_kept' and finding.resolved_at is null
            and not exists (
                select from lms.scim_role as due
                where due.learner_id = role_grant.learner_id and due.cohort_id = role_grant.cohort_id
                    and due.role = role_grant.role)));
    update sync.finding as finding
    set resolved_at = now()
    where finding.portal_id = any(portals) and finding.kind = 'last_admin_kept' and finding.resolved_at is null
        and not exists (
            select from lms.role_grant as role_grant
            where role_grant.learner_id = finding.learner_id and role_grant.cohort_id = finding.cohort_id
                and role_grant.role = 'admin' and not exists (
                    select from lms.scim_role as due
                    where due.learner_id = role_grant.learner_id and due.cohort_id = role_grant.cohort_id
                        and due.role = role_grant.role));
    update sync.finding as finding
    set resolved_at = now()
    where finding.portal_id = any(portals) and finding.kind = 'portal_without_admin' and finding.resolved_at is null
        and exists (select from lms.active_admin as admin where admin.portal_id = finding.portal_id);
end $$;

create function lms.follow_new_grants() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    portals uuid[];
begin
    portals := array(
        select distinct learner.portal_id
        from new_grant join lms.learner as learner on learner.learner_id = new_grant.learner_id
        where new_grant.role = 'admin' and learner.status = 'active');
    if cardinality(portals) > 0 then
        perform lms.settle_admins(portals);
    end if;
    return null;
end $$;

create function lms.keep_last_admin() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    portals uuid[];
begin
    portals := array(
        select distinct learner.portal_id
        from old_grant join lms.learner as learner on learner.learner_id = old_grant.learner_id
        where old_grant.role = 'admin' and learner.status = 'active');
    if cardinality(portals) = 0 then
        return null;
    end if;
    perform lms.lock_portals(portals);
    if exists (
        select from unnest(portals) as portal (portal_id)
        where not exists (select from lms.active_admin as admin where admin.portal_id = portal.portal_id))
    then
        raise exception 'the last active administrator of a portal keeps the role';
    end if;
    return null;
end $$;

-- 4. Enrolments

-- Enrols members into what their cohorts ask for. `unless` says which enrolments stand against it.
create function lms.enrol_members(cohorts uuid[], learners uuid[], unless text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
    insert into lms.enrolment (learner_id, course_id, origin, cohort_id, state, due_at)
    select distinct on (member.learner_id, asked.course_id)
        member.learner_id, asked.course_id, 'cohort', member.cohort_id, 'assigned',
        now() + make_interval(days => asked.due_days)
    from unnest(cohorts, learners) as member (cohort_id, learner_id)
    join lms.cohort as cohort on cohort.cohort_id = member.cohort_id and cohort.status = 'active'
    join lms.cohort_course as asked on asked.cohort_id = member.cohort_id and asked.auto_enrol
    where (
            select learner.status = 'active' and learner.portal_id = cohort.portal_id
            from lms.learner as learner where learner.learner_id = member.learner_id)
        and not exists (
            select from lms.enrolment as enrolment
            where enrolment.learner_id = member.learner_id and enrolment.course_id = asked.course_id
                and enrolment.state = any(unless))
    order by member.learner_id, asked.course_id, asked.due_days, member.cohort_id
    on conflict (learner_id, course_id) where state in ('assigned', 'in_progress', 'suspended') do nothing;
end $$;

-- Gives members back what was suspended when they left, or what another of their cohorts asks for anew.
create function lms.resume_members(cohorts uuid[], learners uuid[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
    update lms.enrolment as enrolment
    set cohort_id = back.cohort_id,
        state = case when back.is_active then enrolment.state_before_suspension else 'suspended' end,
        state_before_suspension = case when not back.is_active then enrolment.state_before_suspension end,
        suspended_because = case when not back.is_active then 'learner_inactive' end,
        updated_at = now()
    from (
        select distinct on (suspended.enrolment_id)
            suspended.enrolment_id, member.cohort_id, learner.status = 'active' as is_active
        from unnest(cohorts, learners) as member (cohort_id, learner_id)
        join lms.learner as learner on learner.learner_id = member.learner_id
        join lms.enrolment as suspended
            on suspended.learner_id = member.learner_id and suspended.suspended_because = 'left_cohort'
        where suspended.cohort_id = member.cohort_id or exists (
            select from lms.cohort_course as asked
            where asked.cohort_id = member.cohort_id and asked.course_id = suspended.course_id
                and asked.auto_enrol)
        order by suspended.enrolment_id, suspended.cohort_id <> member.cohort_id, member.cohort_id
    ) as back
    where enrolment.enrolment_id = back.enrolment_id;
end $$;

-- Does as each cohort asks with the open enrolments of those who are in it by no origin any more. Where another of
-- their cohorts asks for the same course, the enrolment passes to that one.
create function lms.release_members(cohorts uuid[], learners uuid[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
    with leaving as materialized (
        select open_one.enrolment_id, cohort.on_leave, (
            select (array_agg(membership.cohort_id order by membership.cohort_id))[1]
            from lms.cohort_membership as membership
            where membership.learner_id = open_one.learner_id and membership.cohort_id <> open_one.cohort_id
                and (
                    select other.status = 'active' and other.portal_id = cohort.portal_id
                    from lms.cohort as other where other.cohort_id = membership.cohort_id)
                and (
                    select asked.auto_enrol from lms.cohort_course as asked
                    where asked.cohort_id = membership.cohort_id and asked.course_id = open_one.course_id)
        ) as heir_id
        from unnest(cohorts, learners) as gone (cohort_id, learner_id)
        join lms.cohort as cohort on cohort.cohort_id = gone.cohort_id
        join lms.enrolment as open_one
            on open_one.cohort_id = gone.cohort_id and open_one.learner_id = gone.learner_id
        where open_one.state in ('assigned', 'in_progress', 'suspended')
            -- What was suspended by hand is not for a return to give back.
            and (cohort.on_leave = 'withdraw' or open_one.state <> 'suspended'
                or open_one.suspended_because = 'learner_inactive')
            and not exists (
                select from lms.cohort_membership as membership
                where membership.cohort_id = gone.cohort_id and membership.learner_id = gone.learner_id)
    )
    update lms.enrolment as enrolment
    set cohort_id = coalesce(leaving.heir_id, enrolment.cohort_id),
        state = case
            when leaving.heir_id is not null then enrolment.state
            when leaving.on_leave = 'withdraw' then 'withdrawn'
            else 'suspended' end,
        state_before_suspension = case
            when leaving.heir_id is not null then enrolment.state_before_suspension
            when leaving.on_leave = 'suspend' then coalesce(enrolment.state_before_suspension, enrolment.state) end,
        suspended_because = case
            when leaving.heir_id is not null then enrolment.suspended_because
            when leaving.on_leave = 'suspend' then 'left_cohort' end,
        updated_at = now()
    from leaving
    where enrolment.enrolment_id = leaving.enrolment_id;
end $$;

-- 5. Learners

create function lms.shut_out(learners uuid[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
    portals uuid[];
begin
    update lms.enrolment as enrolment
    set state_before_suspension = enrolment.state, state = 'suspended', suspended_because = 'learner_inactive',
        updated_at = now()
    from unnest(learners) as leaver (learner_id)
    where enrolment.learner_id = leaver.learner_id and enrolment.state in ('assigned', 'in_progress');
    insert into lms.outbox (kind, learner_id, reason)
    select 'revoke_access', learner.learner_id, coalesce(learner.inactive_reason, learner.status)
    from unnest(learners) as leaver (learner_id)
    join lms.learner as learner on learner.learner_id = leaver.learner_id
    order by learner.learner_id;
    portals := array(
        select distinct learner.portal_id
        from unnest(learners) as leaver (learner_id)
        join lms.role_grant as role_grant on role_grant.learner_id = leaver.learner_id
        join lms.learner as learner on learner.learner_id = leaver.learner_id
        where role_grant.role = 'admin');
    if cardinality(portals) = 0 then
        return;
    end if;
    perform lms.lock_portals(portals);
    insert into sync.finding (integration, portal_id, kind, learner_id, detail)
    select distinct on (learner.portal_id)
        learner.integration, learner.portal_id, 'portal_without_admin', learner.learner_id,
        'the last active administrator of the portal was deactivated'
    from unnest(learners) as leaver (learner_id)
    join lms.role_grant as role_grant on role_grant.learner_id = leaver.learner_id and role_grant.role = 'admin'
    join lms.learner as learner on learner.learner_id = leaver.learner_id
    where not exists (select from lms.active_admin as admin where admin.portal_id = learner.portal_id)
        and not exists (
            select from sync.finding as finding
            where finding.portal_id = learner.portal_id and finding.kind = 'portal_without_admin'
                and finding.resolved_at is null)
    order by learner.portal_id, learner.learner_id;
end $$;

create function lms.let_in_again(learners uuid[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
    cohorts uuid[];
    members uuid[];
    portals uuid[];
begin
    update lms.enrolment as enrolment
    set state = enrolment.state_before_suspension, state_before_suspension = null, suspended_because = null,
        updated_at = now()
    from unnest(learners) as returned (learner_id)
    where enrolment.learner_id = returned.learner_id and enrolment.suspended_because = 'learner_inactive';
    insert into lms.outbox (kind, learner_id, reason)
    select 'access_restored', learner_id, 'active' from unnest(learners) as returned (learner_id)
    order by learner_id;
    select array_agg(membership.cohort_id), array_agg(membership.learner_id)
    into cohorts, members
    from unnest(learners) as returned (learner_id)
    join lms.cohort_membership as membership on membership.learner_id = returned.learner_id;
    if cohorts is not null then
        perform lms.enrol_members(
            cohorts, members, array['assigned', 'in_progress', 'completed', 'suspended', 'withdrawn']);
    end if;
    portals := array(
        select distinct admin.portal_id
        from unnest(learners) as returned (learner_id)
        join lms.active_admin as admin on admin.learner_id = returned.learner_id);
    if cardinality(portals) > 0 then
        perform lms.settle_admins(portals);
    end if;
end $$;

create function lms.follow_new_learners() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    portals uuid[];
    integrations text[];
    differences bigint[];
begin
    select array_agg(portal_id), array_agg(integration), array_agg(heads)
    into portals, integrations, differences
    from (
        select portal_id, coalesce(integration, '') as integration, count(*) as heads
        from new_learner where status = 'active' group by 1, 2
    ) as added;
    if portals is not null then
        perform lms.count_heads(portals, integrations, differences);
    end if;
    return null;
end $$;

create function lms.follow_changed_learners() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    portals uuid[];
    integrations text[];
    differences bigint[];
    leavers uuid[];
    returned uuid[];
begin
    if not exists (
        select learner_id, status, portal_id, integration from old_learner
        except
        select learner_id, status, portal_id, integration from new_learner)
    then
        return null;
    end if;
    select array_agg(portal_id), array_agg(integration), array_agg(difference)
    into portals, integrations, differences
    from (
        select portal_id, coalesce(integration, '') as integration, sum(head)::bigint as difference
        from (
            select portal_id, integration, -1 as head from old_learner where status = 'active'
            union all
            select portal_id, integration, 1 from new_learner where status = 'active'
        ) as counted
        group by 1, 2
    ) as changed
    where difference <> 0;
    if portals is not null then
        perform lms.count_heads(portals, integrations, differences);
    end if;
    select
        coalesce(array_agg(learner_id) filter (where is_status <> 'active'), '{}'),
        coalesce(array_agg(learner_id) filter (where is_status = 'active'), '{}')
    into leavers, returned
    from (
        select learner_id, max(old_status) as was_status, max(new_status) as is_status
        from (
            select learner_id, status as old_status, null as new_status from old_learner
            union all
            select learner_id, null, status from new_learner
        ) as seen
        group by learner_id
    ) as changed
    where was_status <> is_status;
    -- First those who come, so that a portal which only changes hands is not found without an administrator.
    if cardinality(returned) > 0 then
        perform lms.let_in_again(returned);
    end if;
    if cardinality(leavers) > 0 then
        perform lms.shut_out(leavers);
    end if;
    return null;
end $$;

create function lms.keep_erased() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    personal constant text[] := array[
        'login', 'login_folded', 'email', 'given_name', 'family_name', 'display_name', 'job_title', 'department',
        'division', 'organization', 'cost_center', 'employee_number', 'employee_type', 'hire_date',
        'manager_learner_id', 'office', 'country', 'preferred_language', 'locale', 'time_zone', 'phone', 'avatar_url',
        'bio', 'accepted_terms_at', 'last_login_at', 'password_hash'];
begin
    if new.status <> 'erased' then
        raise exception 'an erased learner stays erased';
    end if;
    if exists (
        select from jsonb_each_text(to_jsonb(new)) as filled
        where filled.key = any(personal) and filled.value is not null
            and filled.value is distinct from to_jsonb(old) ->> filled.key)
    then
        raise exception 'an erased learner gets no personal data back';
    end if;
    return new;
end $$;

-- 6. Memberships and cohorts

create function lms.follow_new_memberships() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
    eventful uuid[];
    cohorts uuid[];
    members uuid[];
    portals uuid[];
begin
    eventful := array(
        select cohort.cohort_id
        from (select distinct cohort_id from new_membership) as joined
        join lms.cohort as cohort on cohort.cohort_id = joined.cohort_id
        where cohort.status = 'active' and (
            cohort.grants_role is not null
            or exists (
                select from lms.cohort_course as asked
                where asked.cohort_id = cohort.cohort_id and asked.auto_enrol)
            or exists (
                select from lms.enrolment as enrolment
                where enrolment.cohort_id = cohort.cohort_id and enrolment.suspended_because = 'left_cohort')));
    if cardinality(eventful) = 0 then
        return null;
    end if;
    select array_agg(cohort_id), array_agg(learner_id)
    into cohorts, members
    from (select distinct cohort_id, learner_id from new_membership where cohort_id = any(eventful)) as joined;
    perform lms.resume_members(cohorts, members);
    perform lms.enrol_members(cohorts, members, array['assigned', 'in_progress', 'completed', 'suspended']);
    portals := array(
        select distinct portal_id from lms.cohort where cohort_id = any(eventful) and grants_role is not null);
    if cardinality(portals) > 0 then
        insert into lms.role_grant (learner_id, role, cohort_id)
        select due.learner_id, due.role, due.cohort_id
        from unnest(cohorts, members) as joined (cohort_id, learner_id)
        join lms.scim_role as due on due.cohort_id = joined.cohort_id and due.learner_id = joined.learner_id
        on conflict do nothing;
        perform lms.settle_admins(portals);
    end if;
    return null;
end $$;

create function lms.follow_ended_memberships() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
    releasing uuid[];
    granting uuid[];
    cohorts uuid[];
    members uuid[];
begin
    releasing := array(
        select cohort.cohort_id
        from (select distinct cohort_id from old_membership) as ended
        join lms.cohort as cohort on cohort.cohort_id = ended.cohort_id
        where cohort.status = 'active' and cohort.on_leave <> 'keep');
    if cardinality(releasing) > 0 then
        select array_agg(cohort_id), array_agg(learner_id)
        into cohorts, members
        from (select distinct cohort_id, learner_id from old_membership where cohort_id = any(releasing)) as ended;
        perform lms.release_members(cohorts, members);
    end if;
    granting := array(
        select ended.cohort_id
        from (select distinct cohort_id from old_membership where origin = 'scim') as ended
        where exists (select from lms.role_grant as role_grant where role_grant.cohort_id = ended.cohort_id));
    if cardinality(granting) > 0 then
        select array_agg(cohort_id), array_agg(learner_id)
        into cohorts, members
        from old_membership
        where cohort_id = any(granting) and origin = 'scim';
        perform lms.withdraw_grants(array(
            select role_grant.grant_id
            from unnest(cohorts, members) as ended (cohort_id, learner_id)
            join lms.role_grant as role_grant
                on role_grant.cohort_id = ended.cohort_id and role_grant.learner_id = ended.learner_id));
    end if;
    return null;
end $$;

create function lms.follow_changed_cohorts() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
    changed uuid[];
begin
    changed := array(
        select cohort_id from (
            select cohort_id, status, grants_role from new_cohort
            except
            select cohort_id, status, grants_role from old_cohort
        ) as different);
    if cardinality(changed) = 0 then
        return null;
    end if;
    insert into lms.role_grant (learner_id, role, cohort_id)
    select due.learner_id, due.role, due.cohort_id
    from lms.scim_role as due
    where due.cohort_id = any(changed)
    on conflict do nothing;
    perform lms.withdraw_grants(array(
        select role_grant.grant_id
        from lms.role_grant as role_grant
        where role_grant.cohort_id = any(changed) and not exists (
            select from lms.scim_role as due
            where due.cohort_id = role_grant.cohort_id and due.learner_id = role_grant.learner_id
                and due.role = role_grant.role)));
    perform lms.settle_admins(
        array(select distinct portal_id from lms.cohort where cohort_id = any(changed)));
    return null;
end $$;

-- 7. Walls

create function lms.refuse_move() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'a row of %.% stays with whom it is about', tg_table_schema, tg_table_name;
end $$;

create function lms.refuse_foreign_course() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (
        select from lms.cohort as cohort
        join lms.course as course on course.portal_id = cohort.portal_id
        where cohort.cohort_id = new.cohort_id and course.course_id = new.course_id)
    then
        raise exception 'cohort and course belong to different portals';
    end if;
    return new;
end $$;

create trigger learner_follow_new after insert on lms.learner
    referencing new table as new_learner
    for each statement execute function lms.follow_new_learners();
create trigger learner_follow_changed after update on lms.learner
    referencing old table as old_learner new table as new_learner
    for each statement execute function lms.follow_changed_learners();
create trigger learner_keep_erased before update on lms.learner
    for each row when (old.status = 'erased') execute function lms.keep_erased();

create trigger cohort_follow_changed after update on lms.cohort
    referencing old table as old_cohort new table as new_cohort
    for each statement execute function lms.follow_changed_cohorts();

create trigger cohort_membership_follow_new after insert on lms.cohort_membership
    referencing new table as new_membership
    for each statement execute function lms.follow_new_memberships();
create trigger cohort_membership_follow_ended after delete on lms.cohort_membership
    referencing old table as old_membership
    for each statement execute function lms.follow_ended_memberships();
create trigger cohort_membership_keep_parties
    before update of cohort_id, learner_id, origin on lms.cohort_membership
    for each row
    when ((old.cohort_id, old.learner_id, old.origin) is distinct from (new.cohort_id, new.learner_id, new.origin))
    execute function lms.refuse_move();
create trigger cohort_membership_keep_all before truncate on lms.cohort_membership
    execute function lms.refuse_change();

create trigger cohort_course_keep_portal before insert or update on lms.cohort_course
    for each row execute function lms.refuse_foreign_course();

create trigger enrolment_keep before delete on lms.enrolment for each row execute function lms.refuse_change();
create trigger enrolment_keep_all before truncate on lms.enrolment execute function lms.refuse_change();
create trigger enrolment_keep_parties before update of learner_id, course_id on lms.enrolment
    for each row when ((old.learner_id, old.course_id) is distinct from (new.learner_id, new.course_id))
    execute function lms.refuse_move();

create trigger role_grant_follow_new after insert on lms.role_grant
    referencing new table as new_grant
    for each statement execute function lms.follow_new_grants();
create trigger role_grant_follow_changed after update on lms.role_grant
    referencing new table as new_grant
    for each statement execute function lms.follow_new_grants();
create trigger role_grant_keep_last_admin after delete on lms.role_grant
    referencing old table as old_grant
    for each statement execute function lms.keep_last_admin();
create trigger role_grant_keep_changed_last_admin after update on lms.role_grant
    referencing old table as old_grant
    for each statement execute function lms.keep_last_admin();
create trigger role_grant_keep_all before truncate on lms.role_grant execute function lms.refuse_change();

-- 8. Rights

revoke execute on function
    lms.count_heads(uuid[], text[], bigint[]), lms.lock_portals(uuid[]), lms.withdraw_grants(bigint[]),
    lms.settle_admins(uuid[]), lms.follow_new_grants(), lms.keep_last_admin(),
    lms.enrol_members(uuid[], uuid[], text[]), lms.resume_members(uuid[], uuid[]),
    lms.release_members(uuid[], uuid[]), lms.shut_out(uuid[]), lms.let_in_again(uuid[]),
    lms.follow_new_learners(), lms.follow_changed_learners(), lms.keep_erased(), lms.follow_new_memberships(),
    lms.follow_ended_memberships(), lms.follow_changed_cohorts(), lms.refuse_move(), lms.refuse_foreign_course()
from public;

-- In place of the right to write every column of a portal.
revoke insert on lms.portal from illuxi_user_sync;
grant insert (portal_id, code, environment) on lms.portal to illuxi_user_sync;
grant insert (on_leave, grants_role), update (on_leave, grants_role) on lms.cohort to illuxi_user_sync;
grant select on lms.headcount, lms.course, lms.cohort_course, lms.enrolment, lms.role_grant, lms.outbox
    to illuxi_user_sync;
grant select, insert, update (resolved_at) on sync.finding to illuxi_user_sync;
