-- Which users left first, without looking at what else changed.
create index provisioning_log_departure on provisioning_log (integration_id, at)
    where kind = 'user' and (outcome = 'deleted'
        or outcome = 'changed' and instr(changed, '"attribute":"active"') > 0);
