-- A second wall, behind the condition on the integration that every statement has: a session sees and writes the rows of
-- the integration that it says it works for, and none when it says nothing. The owner is no exception, apart from the
-- checks of foreign keys, which the server makes for itself.
--
-- `credential` has no wall: a caller is known by it before the integration is.
do $$
declare
    walled text;
begin
    foreach walled in array array['scim_user', 'user_lookup', 'scim_group', 'resource_count', 'group_member',
        'event_log', 'outbox', 'provisioning_log', 'snapshot'] loop
        execute format('alter table directory.%I enable row level security, force row level security', walled);
        execute format('create policy tenant on directory.%I
            using (integration_id = nullif(current_setting(''illuxi.integration'', true), '''')::uuid)
            with check (integration_id = nullif(current_setting(''illuxi.integration'', true), '''')::uuid)', walled);
    end loop;
end
$$;

-- The relay looks for work in all integrations; its grants end at what waits, and at what waits no more.
create policy relay_looks on directory.event_log for select to illuxi_relay using (true);
create policy relay_forgets on directory.event_log for delete to illuxi_relay using (true);
create policy relay_looks on directory.outbox for select to illuxi_relay using (true);
create policy relay_claims on directory.outbox for update to illuxi_relay using (true);
create policy relay_marks on directory.outbox for delete to illuxi_relay using (true);
create policy relay_replays on directory.outbox for insert to illuxi_relay with check (true);
create policy relay_looks on directory.snapshot for select to illuxi_relay using (true);
create policy relay_claims on directory.snapshot for update to illuxi_relay using (true);
-- Restrictive, so that naming an integration, which `tenant` lets through, is no way around them.
create policy only_what_was_sent_is_forgotten on directory.event_log as restrictive for delete to illuxi_relay
    using (not exists (select from directory.outbox where outbox.event_id = event_log.event_id));
create policy only_what_was_told_is_told_again on directory.outbox as restrictive for insert to illuxi_relay
    with check (replayed);

-- Acts are asked across integrations. Who took over a gateway must not be able to forget what it has just done.
alter table directory.act enable row level security;
create policy record on directory.act to illuxi_gateway using (true);
create policy only_old_acts_are_forgotten on directory.act as restrictive for delete to illuxi_gateway
    using (at < now() - interval '30 days');
