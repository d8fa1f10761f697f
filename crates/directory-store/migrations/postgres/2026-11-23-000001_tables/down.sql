drop table directory.provisioning_log;
drop table directory.event_log;
drop table directory.group_member;
drop table directory.scim_group;
drop table directory.scim_user;
drop table directory.source_epoch;
drop table directory.token;
drop table directory.integration;
