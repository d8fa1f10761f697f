-- The role stays: other databases of the server use it. So does the schema sync, with the list of migrations in it.
drop view sync.erase_learner;
drop function sync.erase_learner_call();
drop view sync.derived_membership;
drop table sync.parked_event;
drop table sync.act;
drop table sync.effect_member;
drop table sync.effect;
drop table sync.inbox;
drop table sync.edge;
drop table sync.erasure;
drop table sync.drift;
drop table sync.reconcile_part;
drop table sync.reconcile_run;
drop table sync.recheck;
drop table sync.conflict;
drop table sync.exemption;
drop table sync.provenance;
drop table sync.adoption;
drop table sync.link;
drop table sync.departure;
drop table sync.hold;
drop table sync.rules;
-- Takes the foreign key to sync.integration along.
drop schema lms cascade;
drop table sync.integration;
revoke all on schema sync from illuxi_user_sync;
