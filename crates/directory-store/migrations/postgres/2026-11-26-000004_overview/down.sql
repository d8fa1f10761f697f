revoke select (integration_id, log_id, replayed, committed_at) on directory.outbox from illuxi_gateway;
drop index directory.provisioning_log_departure;
