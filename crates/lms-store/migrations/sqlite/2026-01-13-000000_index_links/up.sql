-- Users or groups of one integration in the order of their ids, without reading those of the others.
create index link_integration on sync_link (integration, kind, scim_id);
