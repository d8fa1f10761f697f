-- The service works as these roles, whoever it signs in as: as the gateway where it serves an integration, and as the
-- relay where it looks for work in all of them. A role belongs to the whole cluster: databases that are set up at the
-- same moment race for it, and one that an administrator has made is taken as it is.
do $$
declare
    service_role text;
begin
    foreach service_role in array array['illuxi_gateway', 'illuxi_relay'] loop
        begin
            if not exists (select from pg_catalog.pg_roles where rolname = service_role) then
                execute format('create role %I nologin', service_role);
            end if;
        exception
            when duplicate_object or unique_violation then null;
        end;
        begin
            if not pg_catalog.pg_has_role(current_user, service_role, 'member') then
                execute format('grant %I to %I', service_role, current_user);
            end if;
        exception
            when duplicate_object or unique_violation then null;
            -- An owner who may not hand out roles serves nothing itself, and needs none.
            when insufficient_privilege then null;
        end;
    end loop;
end
$$;

grant usage on schema directory to illuxi_gateway, illuxi_relay;
grant select on directory.source_epoch to illuxi_gateway, illuxi_relay;
grant execute on function directory.fold(text), directory.instant(text), directory.is_assigned(jsonb),
    directory.lock_group(uuid, uuid) to illuxi_gateway;
grant select, insert on directory.integration, directory.credential to illuxi_gateway;
grant update (state, profile, user_extensions, settings, version) on directory.integration to illuxi_gateway;
grant update (revoked_at, revoked_by, uses, last_used_at, last_used_address, last_used_agent)
    on directory.credential to illuxi_gateway;
grant select, update (version) on directory.registry_version to illuxi_gateway;
grant select, insert, update on directory.scim_user, directory.scim_group, directory.resource_count to illuxi_gateway;
grant select, insert, delete on directory.group_member, directory.user_lookup to illuxi_gateway;
-- What is written into the log goes from there into the outbox.
grant insert, select (event_id, integration_id, id, committed_at) on directory.event_log to illuxi_gateway;
grant insert (event_id, integration_id, log_id, committed_at) on directory.outbox to illuxi_gateway;
-- It is forgotten by age.
grant select, insert, delete on directory.provisioning_log to illuxi_gateway;
grant select, insert on directory.snapshot to illuxi_gateway;
grant update (phase, after_group, after_id, chunks, users, groups, members, finished_at)
    on directory.snapshot to illuxi_gateway;
-- They are forgotten by age, see the walls.
grant select, insert, delete on directory.act to illuxi_gateway;
grant update (integration, status, details) on directory.act to illuxi_gateway;

grant select (id, slug, portal, environment, state, created_at) on directory.integration to illuxi_relay;
grant select on directory.event_log, directory.outbox, directory.snapshot to illuxi_relay;
grant update (claimed_by, claimed_until, attempts) on directory.outbox to illuxi_relay;
-- What was published leaves the outbox, may come back into it, and is forgotten by age.
grant delete on directory.outbox, directory.event_log to illuxi_relay;
grant insert (event_id, integration_id, log_id, replayed, committed_at) on directory.outbox to illuxi_relay;
grant update (claimed_by, claimed_until) on directory.snapshot to illuxi_relay;
