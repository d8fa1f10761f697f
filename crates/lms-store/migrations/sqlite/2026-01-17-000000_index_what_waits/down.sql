drop index erasure_waiting;
drop index link_manager_page;
create index link_manager_page on sync_link (integration, manager_scim_id) where manager_scim_id is not null;
