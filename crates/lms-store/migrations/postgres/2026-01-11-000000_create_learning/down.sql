drop trigger learner_follow_new on lms.learner;
drop trigger learner_follow_changed on lms.learner;
drop trigger learner_keep_erased on lms.learner;
drop trigger cohort_follow_changed on lms.cohort;
drop trigger cohort_membership_follow_new on lms.cohort_membership;
drop trigger cohort_membership_follow_ended on lms.cohort_membership;
drop trigger cohort_membership_keep_parties on lms.cohort_membership;
drop trigger cohort_membership_keep_all on lms.cohort_membership;

drop view lms.active_admin;
drop view lms.scim_role;
drop table sync.finding;
drop table lms.outbox;
drop table lms.role_grant;
drop table lms.enrolment;
drop table lms.cohort_course;
drop table lms.course;
drop table lms.headcount;

drop function lms.count_heads(uuid[], text[], bigint[]);
drop function lms.lock_portals(uuid[]);
drop function lms.withdraw_grants(bigint[]);
drop function lms.settle_admins(uuid[]);
drop function lms.follow_new_grants();
drop function lms.keep_last_admin();
drop function lms.enrol_members(uuid[], uuid[], text[]);
drop function lms.resume_members(uuid[], uuid[]);
drop function lms.release_members(uuid[], uuid[]);
drop function lms.shut_out(uuid[]);
drop function lms.let_in_again(uuid[]);
drop function lms.follow_new_learners();
drop function lms.follow_changed_learners();
drop function lms.keep_erased();
drop function lms.follow_new_memberships();
drop function lms.follow_ended_memberships();
drop function lms.follow_changed_cohorts();
drop function lms.refuse_move();
drop function lms.refuse_foreign_course();

alter table lms.cohort drop column on_leave, drop column grants_role;
revoke insert (portal_id, code, environment) on lms.portal from illuxi_user_sync;
grant insert on lms.portal to illuxi_user_sync;
alter table lms.portal
    drop column name, drop column seat_limit, drop column default_locale, drop column default_time_zone;
