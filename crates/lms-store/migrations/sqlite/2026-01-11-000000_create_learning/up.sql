-- What follows in the LMS when learners, cohorts and memberships change: seats, access, enrolments, roles. It stands in
-- the database, and so holds whoever writes: a directory, the LMS, an administrator by hand.
--
-- Means the same as the migration of this name for PostgreSQL. Triggers work row by row; what several of them need
-- stands in a view with an `instead of insert` trigger, which serves as a procedure: a row inserted is a call.

-- 1. Tables

alter table lms_portal add column name text;
-- Active learners that the customer pays for; null is without limit.
alter table lms_portal add column seat_limit integer check (seat_limit >= 0);
alter table lms_portal add column default_locale text;
alter table lms_portal add column default_time_zone text;

-- Learners with status active, of a portal and integration; '' stands for those of no integration.
create table lms_headcount (
    portal_id text not null references lms_portal,
    integration text not null default '',
    active integer not null check (active >= 0),
    primary key (portal_id, integration)
) strict, without rowid;
insert into lms_headcount (portal_id, integration, active)
select portal_id, coalesce(integration, ''), count(*) from lms_learner where status = 'active' group by 1, 2;

create table lms_course (
    course_id text not null primary key default (lower(
        hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a'
        || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    portal_id text not null references lms_portal,
    title text not null,
    language text,
    mandatory integer not null default 0 check (mandatory in (0, 1))
) strict;
create index course_portal on lms_course (portal_id, course_id);

-- What becomes of open enrolments that a member owes to the cohort, when the member leaves it.
alter table lms_cohort add column on_leave text not null default 'keep'
    check (on_leave in ('withdraw', 'suspend', 'keep'));
-- Role of those whom a directory puts into the cohort.
alter table lms_cohort add column grants_role text check (grants_role in ('instructor', 'manager', 'admin'));

create table lms_cohort_course (
    cohort_id text not null references lms_cohort,
    course_id text not null references lms_course,
    due_days integer check (due_days >= 0),
    auto_enrol integer not null default 1 check (auto_enrol in (0, 1)),
    primary key (cohort_id, course_id)
) strict, without rowid;
create index cohort_course_course on lms_cohort_course (course_id);

-- Never deleted; withdrawn instead.
create table lms_enrolment (
    enrolment_id text not null primary key default (lower(
        hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a'
        || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    learner_id text not null references lms_learner on delete restrict,
    course_id text not null references lms_course on delete restrict,
    origin text not null check (origin in ('manual', 'cohort', 'rule')),
    -- To which it is owed; changes to another cohort of the learner that has the course too.
    cohort_id text references lms_cohort,
    state text not null check (state in ('assigned', 'in_progress', 'completed', 'suspended', 'withdrawn')),
    -- Both present exactly while suspended by a trigger, who gives back what stands here. Suspended by hand: both null.
    state_before_suspension text check (state_before_suspension in ('assigned', 'in_progress')),
    suspended_because text check (suspended_because in ('learner_inactive', 'left_cohort')),
    due_at text,
    created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    updated_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    constraint enrolment_suspension check ((suspended_because is null) = (state_before_suspension is null)
        and (suspended_because is null or state = 'suspended')),
    constraint enrolment_cohort_origin check (origin <> 'cohort' or cohort_id is not null)
) strict;
create unique index enrolment_open on lms_enrolment (learner_id, course_id)
    where state in ('assigned', 'in_progress', 'suspended');
create index enrolment_learner on lms_enrolment (learner_id, course_id);
create index enrolment_course on lms_enrolment (course_id);
create index enrolment_cohort on lms_enrolment (cohort_id, learner_id) where cohort_id is not null;

create table lms_role_grant (
    grant_id integer primary key autoincrement,
    learner_id text not null references lms_learner on delete restrict,
    role text not null check (role in ('learner', 'instructor', 'manager', 'admin')),
    -- The cohort of a directory that grants it; null: granted by hand.
    cohort_id text references lms_cohort,
    granted_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) strict;
create unique index role_grant_of_cohort on lms_role_grant (learner_id, role, cohort_id);
create unique index role_grant_by_hand on lms_role_grant (learner_id, role) where cohort_id is null;
create index role_grant_cohort on lms_role_grant (cohort_id, learner_id) where cohort_id is not null;
create index role_grant_admin on lms_role_grant (learner_id) where role = 'admin';

-- What the LMS has to do outside of the database: end sessions, revoke tokens.
create table lms_outbox (
    outbox_id integer primary key autoincrement,
    kind text not null check (kind in ('revoke_access', 'access_restored')),
    learner_id text not null references lms_learner,
    reason text not null,
    created_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    taken_at text
) strict;
create index outbox_untaken on lms_outbox (outbox_id) where taken_at is null;

-- What an administrator should know. Names nobody but by id.
create table sync_finding (
    finding_id integer primary key autoincrement,
    integration text references sync_integration,
    portal_id text not null references lms_portal,
    kind text not null,
    learner_id text references lms_learner,
    cohort_id text references lms_cohort on delete set null,
    detail text not null,
    noticed_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    resolved_at text
) strict;
create index finding_unresolved on sync_finding (portal_id, kind) where resolved_at is null;
create index finding_portal on sync_finding (portal_id, finding_id);
create index finding_integration on sync_finding (integration, finding_id);

-- The one definition of a role that a directory gives.
create view lms_scim_role as
select membership.learner_id, membership.cohort_id, cohort.grants_role as role
from lms_cohort_membership as membership
join lms_cohort as cohort on cohort.cohort_id = membership.cohort_id
where membership.origin = 'scim' and cohort.status = 'active' and cohort.grants_role is not null
    and cohort.portal_id = (
        select learner.portal_id from lms_learner as learner where learner.learner_id = membership.learner_id);

-- Those who can administer a portal today.
create view lms_active_admin as
select role_grant.grant_id, role_grant.learner_id, learner.portal_id
from lms_role_grant as role_grant
join lms_learner as learner on learner.learner_id = role_grant.learner_id
where role_grant.role = 'admin' and learner.status = 'active';

-- Grants without which a portal would be left without an active administrator.
create view lms_last_admin as
select admin.grant_id, admin.learner_id, admin.portal_id
from lms_active_admin as admin
where not exists (
    select 1 from lms_active_admin as other
    where other.portal_id = admin.portal_id and other.grant_id <> admin.grant_id);

-- 2. Administrators

-- Takes a grant back, but not the last of a portal.
create view lms_withdraw_grant as select grant_id from lms_role_grant;
create trigger withdraw_grant_call instead of insert on lms_withdraw_grant begin
    insert into sync_finding (integration, portal_id, kind, learner_id, cohort_id, detail)
    select cohort.integration, admin.portal_id, 'last_admin_kept', admin.learner_id, cohort.cohort_id,
        'the portal has no other active administrator: the role stays, though the cohort no longer grants it'
    from lms_last_admin as admin
    join lms_role_grant as role_grant on role_grant.grant_id = admin.grant_id
    join lms_cohort as cohort on cohort.cohort_id = role_grant.cohort_id
    where admin.grant_id = new.grant_id and not exists (
        select 1 from sync_finding as finding
        where finding.portal_id = admin.portal_id and finding.kind = 'last_admin_kept'
            and finding.resolved_at is null and finding.learner_id = admin.learner_id
            and finding.cohort_id = cohort.cohort_id);
    delete from lms_role_grant
    where grant_id = new.grant_id and grant_id not in (
        select grant_id from lms_last_admin where grant_id = new.grant_id);
end;

-- Takes back what was kept for want of another administrator, and resolves the findings that hold no more.
create view lms_settle_admins as select portal_id from lms_portal;
create trigger settle_admins_call instead of insert on lms_settle_admins begin
    insert into lms_withdraw_grant (grant_id)
    select role_grant.grant_id
    from sync_finding as finding
    join lms_role_grant as role_grant
        on role_grant.learner_id = finding.learner_id and role_grant.cohort_id = finding.cohort_id
    where finding.portal_id = new.portal_id and finding.kind = 'last_admin_kept' and finding.resolved_at is null
        and not exists (
            select 1 from lms_scim_role as due
            where due.learner_id = role_grant.learner_id and due.cohort_id = role_grant.cohort_id
                and due.role = role_grant.role)
    order by role_grant.granted_at desc, role_grant.grant_id desc;
    update sync_finding
    set resolved_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    where sync_finding.portal_id = new.portal_id and sync_finding.kind = 'last_admin_kept'
        and sync_finding.resolved_at is null
        and not exists (
            select 1 from lms_role_grant as role_grant
            where role_grant.learner_id = sync_finding.learner_id and role_grant.cohort_id = sync_finding.cohort_id
                and role_grant.role = 'admin' and not exists (
                    select 1 from lms_scim_role as due
                    where due.learner_id = role_grant.learner_id and due.cohort_id = role_grant.cohort_id
                        and due.role = role_grant.role));
    update sync_finding
    set resolved_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    where portal_id = new.portal_id and kind = 'portal_without_admin' and resolved_at is null
        and exists (select 1 from lms_active_admin as admin where admin.portal_id = new.portal_id);
end;

create trigger role_grant_follow_new after insert on lms_role_grant when new.role = 'admin' begin
    insert into lms_settle_admins (portal_id)
    select portal_id from lms_active_admin where grant_id = new.grant_id;
end;
create trigger role_grant_follow_changed after update on lms_role_grant when new.role = 'admin' begin
    insert into lms_settle_admins (portal_id)
    select portal_id from lms_active_admin where grant_id = new.grant_id;
end;

-- 3. Enrolments

-- Enrols a learner into what the active cohorts that he or she is in ask for. A null `cohort_id` is all of them, and
-- then any enrolment stands against it, also one that was withdrawn.
create view lms_enrol_member as select cohort_id, learner_id from lms_cohort_membership;
create trigger enrol_member_call instead of insert on lms_enrol_member begin
    insert into lms_enrolment (learner_id, course_id, origin, cohort_id, state, due_at)
    select new.learner_id, asked.course_id, 'cohort', asked.cohort_id, 'assigned',
        strftime('%Y-%m-%dT%H:%M:%fZ', 'now', asked.due_days || ' days')
    from (
        select new.cohort_id as cohort_id where new.cohort_id is not null
        union
        select cohort_id from lms_cohort_membership where learner_id = new.learner_id and new.cohort_id is null
    ) as joined
    cross join lms_cohort as cohort on cohort.cohort_id = joined.cohort_id and cohort.status = 'active'
    cross join lms_cohort_course as asked on asked.cohort_id = cohort.cohort_id and asked.auto_enrol
    where (
        select learner.status = 'active' and learner.portal_id = cohort.portal_id
        from lms_learner as learner where learner.learner_id = new.learner_id)
        and not exists (
            select 1 from lms_enrolment as enrolment
            where enrolment.learner_id = new.learner_id and enrolment.course_id = asked.course_id
                and (new.cohort_id is null or enrolment.state <> 'withdrawn'))
    order by asked.due_days nulls last, asked.cohort_id
    on conflict (learner_id, course_id) where state in ('assigned', 'in_progress', 'suspended') do nothing;
end;

-- 4. Learners

create trigger learner_follow_new after insert on lms_learner when new.status = 'active' begin
    insert into lms_headcount (portal_id, integration, active)
    values (new.portal_id, coalesce(new.integration, ''), 1)
    on conflict (portal_id, integration) do update set active = active + 1;
end;

create trigger learner_follow_place after update of status, portal_id, integration on lms_learner
when (old.status = 'active', old.portal_id, old.integration)
    is not (new.status = 'active', new.portal_id, new.integration)
begin
    update lms_headcount set active = active - 1
    where old.status = 'active' and portal_id = old.portal_id and integration = coalesce(old.integration, '');
    insert into lms_headcount (portal_id, integration, active)
    select new.portal_id, coalesce(new.integration, ''), 1 where new.status = 'active'
    on conflict (portal_id, integration) do update set active = active + 1;
end;

create trigger learner_shut_out after update of status on lms_learner
when new.status <> 'active' and new.status <> old.status
begin
    update lms_enrolment
    set state_before_suspension = state, state = 'suspended', suspended_because = 'learner_inactive',
        updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    where learner_id = new.learner_id and state in ('assigned', 'in_progress');
    insert into lms_outbox (kind, learner_id, reason)
    values ('revoke_access', new.learner_id, coalesce(new.inactive_reason, new.status));
    insert into sync_finding (integration, portal_id, kind, learner_id, detail)
    select new.integration, new.portal_id, 'portal_without_admin', new.learner_id,
        'the last active administrator of the portal was deactivated'
    where exists (select 1 from lms_role_grant where learner_id = new.learner_id and role = 'admin')
        and not exists (select 1 from lms_active_admin as admin where admin.portal_id = new.portal_id)
        and not exists (
            select 1 from sync_finding as finding
            where finding.portal_id = new.portal_id and finding.kind = 'portal_without_admin'
                and finding.resolved_at is null);
end;

create trigger learner_let_in_again after update of status on lms_learner
when new.status = 'active' and old.status <> 'active'
begin
    update lms_enrolment
    set state = state_before_suspension, state_before_suspension = null, suspended_because = null,
        updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    where learner_id = new.learner_id and suspended_because = 'learner_inactive';
    insert into lms_outbox (kind, learner_id, reason) values ('access_restored', new.learner_id, 'active');
    insert into lms_enrol_member (cohort_id, learner_id) values (null, new.learner_id);
    insert into lms_settle_admins (portal_id)
    select distinct portal_id from lms_active_admin where learner_id = new.learner_id;
end;

-- 5. Memberships and cohorts

create trigger cohort_membership_follow_new after insert on lms_cohort_membership
when exists (select 1 from lms_cohort where cohort_id = new.cohort_id and status = 'active')
begin
    update lms_enrolment
    set cohort_id = new.cohort_id,
        state = case
            when learner.status = 'active' then lms_enrolment.state_before_suspension
            else 'suspended' end,
        state_before_suspension = case
            when learner.status <> 'active' then lms_enrolment.state_before_suspension end,
        suspended_because = case when learner.status <> 'active' then 'learner_inactive' end,
        updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    from lms_learner as learner
    where learner.learner_id = new.learner_id and lms_enrolment.learner_id = new.learner_id
        and lms_enrolment.suspended_because = 'left_cohort'
        and (lms_enrolment.cohort_id = new.cohort_id or lms_enrolment.course_id in (
            select asked.course_id from lms_cohort_course as asked
            where asked.cohort_id = new.cohort_id and asked.auto_enrol));
    insert into lms_enrol_member (cohort_id, learner_id) values (new.cohort_id, new.learner_id);
    insert into lms_role_grant (learner_id, role, cohort_id)
    select due.learner_id, due.role, due.cohort_id
    from lms_scim_role as due
    where due.cohort_id = new.cohort_id and due.learner_id = new.learner_id
    on conflict do nothing;
    insert into lms_settle_admins (portal_id)
    select portal_id from lms_cohort where cohort_id = new.cohort_id and grants_role is not null;
end;

create trigger cohort_membership_follow_ended after delete on lms_cohort_membership begin
    update lms_enrolment
    set cohort_id = coalesce(leaving.heir_id, lms_enrolment.cohort_id),
        state = case
            when leaving.heir_id is not null then lms_enrolment.state
            when leaving.on_leave = 'withdraw' then 'withdrawn'
            else 'suspended' end,
        state_before_suspension = case
            when leaving.heir_id is not null then lms_enrolment.state_before_suspension
            when leaving.on_leave = 'suspend'
                then coalesce(lms_enrolment.state_before_suspension, lms_enrolment.state) end,
        suspended_because = case
            when leaving.heir_id is not null then lms_enrolment.suspended_because
            when leaving.on_leave = 'suspend' then 'left_cohort' end,
        updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    from (
        select open_one.enrolment_id, cohort.on_leave, (
            select min(membership.cohort_id)
            from lms_cohort_membership as membership
            where membership.learner_id = open_one.learner_id and membership.cohort_id <> open_one.cohort_id
                and (
                    select other.status = 'active' and other.portal_id = cohort.portal_id
                    from lms_cohort as other where other.cohort_id = membership.cohort_id)
                and (
                    select asked.auto_enrol from lms_cohort_course as asked
                    where asked.cohort_id = membership.cohort_id and asked.course_id = open_one.course_id)
        ) as heir_id
        from lms_cohort as cohort
        join lms_enrolment as open_one
            on open_one.cohort_id = cohort.cohort_id and open_one.learner_id = old.learner_id
        where cohort.cohort_id = old.cohort_id and cohort.status = 'active' and cohort.on_leave <> 'keep'
            and open_one.state in ('assigned', 'in_progress', 'suspended')
            -- What was suspended by hand is not for a return to give back.
            and (cohort.on_leave = 'withdraw' or open_one.state <> 'suspended'
                or open_one.suspended_because = 'learner_inactive')
            and not exists (
                select 1 from lms_cohort_membership as membership
                where membership.cohort_id = old.cohort_id and membership.learner_id = old.learner_id)
    ) as leaving
    where lms_enrolment.enrolment_id = leaving.enrolment_id;
    insert into lms_withdraw_grant (grant_id)
    select grant_id from lms_role_grant
    where cohort_id = old.cohort_id and learner_id = old.learner_id and old.origin = 'scim';
end;

create trigger cohort_follow_changed after update of status, grants_role on lms_cohort
when (old.status, old.grants_role) is not (new.status, new.grants_role)
begin
    insert into lms_role_grant (learner_id, role, cohort_id)
    select due.learner_id, due.role, due.cohort_id from lms_scim_role as due where due.cohort_id = new.cohort_id
    on conflict do nothing;
    insert into lms_withdraw_grant (grant_id)
    select role_grant.grant_id
    from lms_role_grant as role_grant
    where role_grant.cohort_id = new.cohort_id and not exists (
        select 1 from lms_scim_role as due
        where due.cohort_id = role_grant.cohort_id and due.learner_id = role_grant.learner_id
            and due.role = role_grant.role)
    order by role_grant.granted_at desc, role_grant.grant_id desc;
    insert into lms_settle_admins (portal_id) values (new.portal_id);
end;

-- 6. Walls. A `replace` deletes without a trigger; hence those before an insert.

create trigger learner_keep_erased before update on lms_learner when old.status = 'erased' begin
    select raise(abort, 'an erased learner stays erased') where new.status <> 'erased';
    select raise(abort, 'an erased learner gets no personal data back')
    where coalesce(nullif(new.login, old.login), nullif(new.login_folded, old.login_folded),
        nullif(new.email, old.email), nullif(new.given_name, old.given_name),
        nullif(new.family_name, old.family_name), nullif(new.display_name, old.display_name),
        nullif(new.job_title, old.job_title), nullif(new.department, old.department),
        nullif(new.division, old.division), nullif(new.organization, old.organization),
        nullif(new.cost_center, old.cost_center), nullif(new.employee_number, old.employee_number),
        nullif(new.employee_type, old.employee_type), nullif(new.hire_date, old.hire_date),
        nullif(new.manager_learner_id, old.manager_learner_id), nullif(new.office, old.office),
        nullif(new.country, old.country), nullif(new.preferred_language, old.preferred_language),
        nullif(new.locale, old.locale), nullif(new.time_zone, old.time_zone), nullif(new.phone, old.phone),
        nullif(new.avatar_url, old.avatar_url), nullif(new.bio, old.bio),
        nullif(new.accepted_terms_at, old.accepted_terms_at), nullif(new.last_login_at, old.last_login_at),
        nullif(new.password_hash, old.password_hash)) is not null;
end;

create trigger cohort_membership_keep_parties before update of cohort_id, learner_id, origin on lms_cohort_membership
when (old.cohort_id, old.learner_id, old.origin) is not (new.cohort_id, new.learner_id, new.origin)
begin
    select raise(abort, 'a row of lms_cohort_membership stays with whom it is about');
end;

create trigger cohort_course_keep_portal before insert on lms_cohort_course
when (select portal_id from lms_cohort where cohort_id = new.cohort_id)
    is not (select portal_id from lms_course where course_id = new.course_id)
begin
    select raise(abort, 'cohort and course belong to different portals');
end;
create trigger cohort_course_keep_changed_portal before update on lms_cohort_course
when (select portal_id from lms_cohort where cohort_id = new.cohort_id)
    is not (select portal_id from lms_course where course_id = new.course_id)
begin
    select raise(abort, 'cohort and course belong to different portals');
end;

create trigger enrolment_keep before delete on lms_enrolment begin
    select raise(abort, 'DELETE of lms_enrolment is forbidden');
end;
create trigger enrolment_keep_replaced before insert on lms_enrolment
when exists (select 1 from lms_enrolment where enrolment_id = new.enrolment_id)
begin
    select raise(abort, 'DELETE of lms_enrolment is forbidden');
end;
create trigger enrolment_keep_parties before update of learner_id, course_id on lms_enrolment
when (old.learner_id, old.course_id) is not (new.learner_id, new.course_id)
begin
    select raise(abort, 'a row of lms_enrolment stays with whom it is about');
end;

create trigger training_record_keep_replaced before insert on lms_training_record
when exists (select 1 from lms_training_record where record_id = new.record_id)
begin
    select raise(abort, 'DELETE of lms_training_record is forbidden');
end;

create trigger role_grant_keep_last_admin before delete on lms_role_grant
when exists (select 1 from lms_last_admin where grant_id = old.grant_id)
begin
    select raise(abort, 'the last active administrator of a portal keeps the role');
end;
create trigger role_grant_keep_changed_last_admin before update of role, learner_id on lms_role_grant
when (old.role, old.learner_id) is not (new.role, new.learner_id)
    and exists (select 1 from lms_last_admin where grant_id = old.grant_id)
begin
    select raise(abort, 'the last active administrator of a portal keeps the role');
end;
create trigger role_grant_keep_replaced before insert on lms_role_grant
when exists (select 1 from lms_last_admin where grant_id = new.grant_id)
begin
    select raise(abort, 'the last active administrator of a portal keeps the role');
end;
