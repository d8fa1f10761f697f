drop view sync.detach_some;
drop function sync.detach_some_call();
drop trigger cohort_membership_keep_parties on lms.cohort_membership;
create trigger cohort_membership_keep_parties
    before update of cohort_id, learner_id, origin on lms.cohort_membership
    for each row
    when ((old.cohort_id, old.learner_id, old.origin) is distinct from (new.cohort_id, new.learner_id, new.origin))
    execute function lms.refuse_move();
alter table sync.integration
    drop column state, drop column state_epoch, drop column state_incarnation, drop column state_version,
    drop column detached_at, drop column detachment, drop column is_settled;
