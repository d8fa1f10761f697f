drop view sync_detach_some;
drop trigger cohort_membership_keep_parties;
create trigger cohort_membership_keep_parties before update of cohort_id, learner_id, origin on lms_cohort_membership
when (old.cohort_id, old.learner_id, old.origin) is not (new.cohort_id, new.learner_id, new.origin)
begin
    select raise(abort, 'a row of lms_cohort_membership stays with whom it is about');
end;
drop index integration_unsettled;
alter table sync_integration drop column is_settled;
alter table sync_integration drop column detachment;
alter table sync_integration drop column detached_at;
alter table sync_integration drop column state_version;
alter table sync_integration drop column state_incarnation;
alter table sync_integration drop column state_epoch;
alter table sync_integration drop column state;
