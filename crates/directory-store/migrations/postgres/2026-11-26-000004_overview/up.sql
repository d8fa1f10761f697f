-- Which users left first, without looking at what else changed.
create index provisioning_log_departure on directory.provisioning_log (integration_id, at, id)
    where kind = 'user' and (outcome = 'deleted'
        or outcome = 'changed' and position('"attribute":"active"' in changed::text) > 0);

-- That events of an integration wait, and since when, behind its wall. What they say stays with the relay.
grant select (integration_id, id, published_at, replayed, committed_at) on directory.event_log to illuxi_gateway;
