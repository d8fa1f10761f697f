-- The state of an integration, as the gateway tells it, and what a detached one leaves behind.
alter table sync_integration add column state text not null default 'enabled'
    check (state in ('enabled', 'paused', 'disabled', 'detached'));
-- Position of the event that told it.
alter table sync_integration add column state_epoch integer;
alter table sync_integration add column state_incarnation integer;
alter table sync_integration add column state_version integer;
alter table sync_integration add column detached_at text;
-- What there was then: a JSON object of counts.
alter table sync_integration add column detachment text;
-- All of it is the LMS's own.
alter table sync_integration add column is_settled integer not null default 1;
create index integration_unsettled on sync_integration (detached_at, slug) where not is_settled;

-- What a directory put into a cohort may become what the LMS put there; nothing else about a membership changes.
drop trigger cohort_membership_keep_parties;
create trigger cohort_membership_keep_parties before update of cohort_id, learner_id, origin on lms_cohort_membership
when (old.cohort_id, old.learner_id) is not (new.cohort_id, new.learner_id)
    or (old.origin is not new.origin and not (old.origin = 'scim' and new.origin = 'manual'))
begin
    select raise(abort, 'a row of lms_cohort_membership stays with whom it is about');
end;

-- An insert here makes some people of a detached integration the LMS's own, and when there are none left, all else, as
-- in PostgreSQL.
create view sync_detach_some as
select integration.slug as integration, 0 as people from sync_integration as integration where false;

create trigger detach_some_call instead of insert on sync_detach_some begin
    select raise(abort, 'the integration is not detached')
    where not exists (select 1 from sync_integration where slug = new.integration and state = 'detached');
    -- Roles first: with the membership of a directory goes the role that it gave.
    update lms_role_grant set cohort_id = null
    where grant_id in (
        select min(granted.grant_id) from lms_role_grant as granted
        where granted.cohort_id is not null
            and granted.learner_id in (
                select learner_id from lms_learner
                where integration = new.integration order by learner_id limit new.people)
            and not exists (
                select 1 from lms_role_grant as by_hand
                where by_hand.learner_id = granted.learner_id and by_hand.role = granted.role
                    and by_hand.cohort_id is null)
        group by granted.learner_id, granted.role);
    delete from lms_role_grant
    where cohort_id is not null and learner_id in (
        select learner_id from lms_learner where integration = new.integration order by learner_id limit new.people);
    delete from lms_cohort_membership
    where origin = 'scim'
        and learner_id in (
            select learner_id from lms_learner
            where integration = new.integration order by learner_id limit new.people)
        and exists (
            select 1 from lms_cohort_membership as by_hand
            where by_hand.learner_id = lms_cohort_membership.learner_id
                and by_hand.cohort_id = lms_cohort_membership.cohort_id and by_hand.origin = 'manual');
    update lms_cohort_membership set origin = 'manual'
    where origin = 'scim' and learner_id in (
        select learner_id from lms_learner where integration = new.integration order by learner_id limit new.people);
    delete from sync_provenance where learner_id in (
        select learner_id from lms_learner where integration = new.integration order by learner_id limit new.people);
    delete from sync_exemption where learner_id in (
        select learner_id from lms_learner where integration = new.integration order by learner_id limit new.people);
    -- From now on no erasure comes past here.
    update sync_conflict set lms_value = null, source_value = null where learner_id in (
        select learner_id from lms_learner where integration = new.integration order by learner_id limit new.people);
    update sync_link
    set phase = case when phase = 'current' then 'superseded' else phase end, state = null, event_id = null,
        request_id = null, changed_at = null, manager_scim_id = null, waits = null, hold_id = null,
        is_new_person = 0
    where integration = new.integration and learner_id in (
        select learner_id from lms_learner where integration = new.integration order by learner_id limit new.people);
    update lms_learner set origin = 'local', integration = null, scim_id = null
    where learner_id in (
        select learner_id from lms_learner where integration = new.integration order by learner_id limit new.people);
    update sync_link
    set phase = 'superseded', state = null, event_id = null, request_id = null, changed_at = null,
        manager_scim_id = null, waits = null, hold_id = null, is_new_person = 0
    where not exists (select 1 from lms_learner where integration = new.integration)
        and integration = new.integration and (scim_id, kind) in (
            select scim_id, kind from sync_link
            where integration = new.integration and (phase = 'current' or state is not null) limit new.people);
    update sync_integration set is_settled = 1
    where slug = new.integration
        and not exists (select 1 from lms_learner where integration = new.integration)
        and not exists (
            select 1 from sync_link
            where integration = new.integration and (phase = 'current' or state is not null));
    update lms_cohort
    set origin = 'local', integration = null, scim_id = null, source_object_id = null, grants_role = null
    where integration = new.integration
        and (select is_settled from sync_integration where slug = new.integration);
    delete from sync_adoption where integration = new.integration
        and (select is_settled from sync_integration where slug = new.integration);
    delete from sync_recheck where integration = new.integration
        and (select is_settled from sync_integration where slug = new.integration);
    update sync_hold
    set state = 'rejected', decided_by = 'the detachment', decided_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        decision_comment = 'the directory was detached: everybody stays as they are'
    where integration = new.integration and state = 'open'
        and (select is_settled from sync_integration where slug = new.integration);
    -- What can be read is given again once more, and is found to be of no concern.
    delete from sync_parked_event where integration = new.integration and reason_code = 'undecodable'
        and (select is_settled from sync_integration where slug = new.integration);
    update sync_parked_event set is_urgent = 1 where integration = new.integration
        and (select is_settled from sync_integration where slug = new.integration);
end;
