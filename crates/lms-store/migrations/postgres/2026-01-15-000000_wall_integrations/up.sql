-- A second wall, behind the condition on the integration that every statement has: a session of the service sees and
-- writes the rows of the integrations that it says it works for, and none when it says nothing. It says so as an array,
-- because one transaction follows events of several; '' stands for rows of which nobody knows whose they are.
--
-- Not forced. The owner is the LMS's: its triggers run as the owner in whatever session writes a learner, and no session
-- of the LMS knows the setting. The service never works as the owner, and refuses to.

-- Looks for what is due in all integrations, and keeps the record of administrators' acts. As with illuxi_user_sync, the
-- role belongs to the server.
do $$
begin
    if not exists (select from pg_roles where rolname = 'illuxi_caretaker') then
        create role illuxi_caretaker nologin;
    end if;
exception when duplicate_object or unique_violation then
    null;
end $$;
do $$
begin
    if not pg_has_role(current_user, 'illuxi_caretaker', 'member') then
        execute format('grant illuxi_caretaker to %I', current_user);
    end if;
exception
    when duplicate_object or unique_violation then null;
    when insufficient_privilege then null;
end $$;

do $$
declare
    walled text;
    -- The expressions are of no index, so that no planner reads a whole integration for one row: a wall only ever takes
    -- rows away. The setting is read once for each statement.
    mine constant text :=
        '= any ((select nullif(current_setting(''illuxi.integrations'', true), '''')::text[])::text[])';
begin
    foreach walled in array array['rules', 'hold', 'departure', 'link', 'adoption', 'conflict', 'recheck',
        'reconcile_run', 'erasure', 'edge', 'inbox', 'effect', 'parked_event', 'finding'] loop
        execute format('alter table sync.%I enable row level security', walled);
        execute format('create policy integrations on sync.%I to illuxi_user_sync
            using (coalesce(integration, '''') %s) with check (coalesce(integration, '''') %2$s)', walled, mine);
    end loop;
    alter table sync.integration enable row level security;
    execute format('create policy integrations on sync.integration to illuxi_user_sync
        using (coalesce(slug, '''') %s) with check (coalesce(slug, '''') %1$s)', mine);
end $$;

-- What hangs below a row with a wall is as visible as that row.
do $$
declare
    hanging text[];
begin
    foreach hanging slice 1 in array array[['reconcile_part', 'reconcile_run', 'run_id'],
        ['drift', 'reconcile_run', 'run_id'], ['effect_member', 'effect', 'effect_id']] loop
        execute format('alter table sync.%I enable row level security', hanging[1]);
        execute format('create policy integrations on sync.%I to illuxi_user_sync
            using (exists (select from sync.%I as above where above.%I = %1$I.%3$I))', hanging[1], hanging[2], hanging[3]);
    end loop;
end $$;

-- Acts are asked across integrations, and by whom the directory never hears of: nobody but the caretaker reaches them.
alter table sync.act enable row level security;

do $$
declare
    looked_at text;
begin
    foreach looked_at in array array['integration', 'parked_event', 'recheck', 'link', 'effect', 'inbox', 'hold', 'act'] loop
        execute format('create policy caretaker on sync.%I to illuxi_caretaker using (true)', looked_at);
    end loop;
end $$;

-- Who took over user-sync must not be able to forget what it has just done.
create policy only_old_acts_are_forgotten on sync.act as restrictive for delete to illuxi_caretaker
    using (at < now() - interval '30 days');

grant usage on schema lms, sync to illuxi_caretaker;
grant select (portal_id, seat_limit) on lms.portal to illuxi_caretaker;
grant select on lms.headcount to illuxi_caretaker;
grant select (slug, portal_id, is_settled, detached_at) on sync.integration to illuxi_caretaker;
grant select on sync.parked_event to illuxi_caretaker;
grant select, insert (integration, kind, scim_id) on sync.recheck to illuxi_caretaker;
grant select (integration, kind, scim_id, learner_id, phase, waits) on sync.link to illuxi_caretaker;
grant select (learner_id, ends_at, is_over), update (is_over) on sync.exemption to illuxi_caretaker;
-- Effects and handled events are forgotten by age.
grant select (effect_id, at), delete on sync.effect to illuxi_caretaker;
grant select (event_id, integration, applied_at), delete on sync.inbox to illuxi_caretaker;
-- How many wait for a person is counted.
grant select (state) on sync.hold to illuxi_caretaker;
grant select, insert, update (integration, status, details), delete on sync.act to illuxi_caretaker;
