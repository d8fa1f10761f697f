-- The role stays: other databases of the server use it.
revoke all on sync.act, sync.hold, sync.effect, sync.inbox, sync.exemption, sync.link, sync.recheck, sync.parked_event, sync.integration,
    lms.headcount, lms.portal from illuxi_caretaker;
revoke all on schema lms, sync from illuxi_caretaker;
do $$
declare
    wall record;
begin
    for wall in select policyname, tablename from pg_catalog.pg_policies where schemaname = 'sync' loop
        execute format('drop policy %I on sync.%I', wall.policyname, wall.tablename);
        execute format('alter table sync.%I disable row level security', wall.tablename);
    end loop;
end $$;
