-- Who is named as manager by whom, told by the index alone.
drop index sync.link_manager_page;
create index link_manager_page on sync.link (integration, manager_scim_id)
    where manager_scim_id is not null and phase = 'current';
create index erasure_waiting on sync.erasure (integration, erasure_id)
    where confirmed_at is null and cancelled_at is null;
