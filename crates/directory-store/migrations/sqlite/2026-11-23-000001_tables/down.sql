drop table provisioning_log;
drop table event_log;
drop table group_member;
drop table scim_group;
drop table scim_user;
drop table source_epoch;
drop table token;
drop table integration;
