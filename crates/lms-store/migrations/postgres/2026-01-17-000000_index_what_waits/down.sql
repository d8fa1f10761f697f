drop index sync.erasure_waiting;
drop index sync.link_manager_page;
create index link_manager_page on sync.link (integration, manager_scim_id) where manager_scim_id is not null;
