-- The state of an integration, as the gateway tells it, and what a detached one leaves behind.
alter table sync.integration
    add column state text not null default 'enabled'
        check (state in ('enabled', 'paused', 'disabled', 'detached')),
    -- Position of the event that told it.
    add column state_epoch integer,
    add column state_incarnation integer,
    add column state_version bigint,
    add column detached_at timestamptz,
    -- What there was then: a JSON object of counts.
    add column detachment text,
    -- All of it is the LMS's own.
    add column is_settled boolean not null default true,
    add constraint integration_detached_at check ((state = 'detached') = (detached_at is not null));
create index integration_unsettled on sync.integration (detached_at, slug) where not is_settled;

-- What a directory put into a cohort may become what the LMS put there; nothing else about a membership changes.
drop trigger cohort_membership_keep_parties on lms.cohort_membership;
create trigger cohort_membership_keep_parties
    before update of cohort_id, learner_id, origin on lms.cohort_membership
    for each row
    when ((old.cohort_id, old.learner_id) is distinct from (new.cohort_id, new.learner_id)
        or (old.origin is distinct from new.origin and not (old.origin = 'scim' and new.origin = 'manual')))
    execute function lms.refuse_move();

-- An insert here makes some people of a detached integration the LMS's own, and when there are none left, all else:
-- nothing about them changes but whose they are. A view with a trigger, as sync.erase_learner is.
create view sync.detach_some as
select integration.slug as integration, 0 as people from sync.integration as integration where false;

create function sync.detach_some_call() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
    people uuid[];
    rest integer;
begin
    if not exists (select from sync.integration where slug = new.integration and state = 'detached') then
        raise exception 'the integration is not detached';
    end if;
    people := array(
        select learner_id from lms.learner
        where integration = new.integration order by learner_id limit new.people);
    if cardinality(people) > 0 then
        -- Roles first: with the membership of a directory goes the role that it gave.
        update lms.role_grant set cohort_id = null
        where grant_id in (
            select min(granted.grant_id) from lms.role_grant as granted
            where granted.learner_id = any(people) and granted.cohort_id is not null and not exists (
                select from lms.role_grant as by_hand
                where by_hand.learner_id = granted.learner_id and by_hand.role = granted.role
                    and by_hand.cohort_id is null)
            group by granted.learner_id, granted.role);
        delete from lms.role_grant where learner_id = any(people) and cohort_id is not null;
        delete from lms.cohort_membership as membership
        where membership.learner_id = any(people) and membership.origin = 'scim' and exists (
            select from lms.cohort_membership as by_hand
            where by_hand.learner_id = membership.learner_id and by_hand.cohort_id = membership.cohort_id
                and by_hand.origin = 'manual');
        update lms.cohort_membership set origin = 'manual' where learner_id = any(people) and origin = 'scim';
        delete from sync.provenance where learner_id = any(people);
        delete from sync.exemption where learner_id = any(people);
        -- From now on no erasure comes past here.
        update sync.conflict set lms_value = null, source_value = null where learner_id = any(people);
        update sync.link
        set phase = case when phase = 'current' then 'superseded' else phase end, state = null, event_id = null,
            request_id = null, changed_at = null, manager_scim_id = null, waits = null, hold_id = null,
            is_new_person = false
        where learner_id = any(people) and integration = new.integration;
        update lms.learner set origin = 'local', integration = null, scim_id = null where learner_id = any(people);
        return new;
    end if;
    update sync.link as link
    set phase = 'superseded', state = null, event_id = null, request_id = null, changed_at = null,
        manager_scim_id = null, waits = null, hold_id = null, is_new_person = false
    from (
        select scim_id, kind from sync.link
        where integration = new.integration and (phase = 'current' or state is not null) limit new.people
    ) as left_over
    where link.scim_id = left_over.scim_id and link.kind = left_over.kind and link.integration = new.integration;
    get diagnostics rest = row_count;
    if rest > 0 then
        return new;
    end if;
    update lms.cohort
    set origin = 'local', integration = null, scim_id = null, source_object_id = null, grants_role = null
    where integration = new.integration;
    delete from sync.adoption where integration = new.integration;
    delete from sync.recheck where integration = new.integration;
    update sync.hold
    set state = 'rejected', decided_by = 'the detachment', decided_at = now(),
        decision_comment = 'the directory was detached: everybody stays as they are'
    where integration = new.integration and state = 'open';
    -- What can be read is given again once more, and is found to be of no concern.
    delete from sync.parked_event where integration = new.integration and reason_code = 'undecodable';
    update sync.parked_event set is_urgent = true where integration = new.integration;
    update sync.integration set is_settled = true where slug = new.integration;
    return new;
end $$;
revoke execute on function sync.detach_some_call() from public;
create trigger detach_some_call instead of insert on sync.detach_some
    for each row execute function sync.detach_some_call();

grant insert on sync.detach_some to illuxi_user_sync;
grant update (state, state_epoch, state_incarnation, state_version, detached_at, detachment, is_settled)
    on sync.integration to illuxi_user_sync;
