-- Which users left first, without looking at what else changed.
create index provisioning_log_departure on directory.provisioning_log (integration_id, at, id)
    where kind = 'user' and (outcome = 'deleted'
        or outcome = 'changed' and position('"attribute":"active"' in changed::text) > 0);

-- That events of an integration wait, and since when, behind its wall. Who sends them stays with the relay.
grant select (integration_id, log_id, replayed, committed_at) on directory.outbox to illuxi_gateway;
