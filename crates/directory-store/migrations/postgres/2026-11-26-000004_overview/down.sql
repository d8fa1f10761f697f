revoke select (integration_id, id, published_at, replayed, committed_at) on directory.event_log from illuxi_gateway;
drop index directory.provisioning_log_departure;
