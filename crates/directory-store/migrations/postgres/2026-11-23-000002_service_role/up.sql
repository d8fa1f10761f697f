-- The service works as this role, whoever it signs in as. A role belongs to the whole cluster: databases that are set
-- up at the same moment race for it, and one that an administrator has made is taken as it is.
do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'illuxi_gateway') then
        create role illuxi_gateway nologin;
    end if;
exception
    when duplicate_object or unique_violation then null;
end
$$;

do $$
begin
    if not pg_catalog.pg_has_role(current_user, 'illuxi_gateway', 'member') then
        execute format('grant illuxi_gateway to %I', current_user);
    end if;
exception
    when duplicate_object or unique_violation then null;
    -- An owner who may not hand out roles serves nothing itself, and needs none.
    when insufficient_privilege then null;
end
$$;

grant usage on schema directory to illuxi_gateway;
grant select on directory.source_epoch to illuxi_gateway;
grant execute on function directory.fold(text), directory.instant(text), directory.is_assigned(jsonb) to illuxi_gateway;
grant select, insert on directory.integration, directory.token to illuxi_gateway;
grant update (profile, user_extensions) on directory.integration to illuxi_gateway;
grant select, insert, update on directory.scim_user, directory.scim_group to illuxi_gateway;
grant select, insert, delete on directory.group_member, directory.user_lookup to illuxi_gateway;
grant select, insert on directory.event_log to illuxi_gateway;
grant update (claimed_by, claimed_until, attempts, published_at) on directory.event_log to illuxi_gateway;
grant select, insert on directory.provisioning_log to illuxi_gateway;
grant select, insert on directory.snapshot to illuxi_gateway;
grant update (phase, after_group, after_id, chunks, users, groups, members, finished_at, claimed_by, claimed_until)
    on directory.snapshot to illuxi_gateway;
