drop policy only_old_acts_are_forgotten on directory.act;
drop policy record on directory.act;
alter table directory.act disable row level security;
drop policy only_what_was_told_is_told_again on directory.outbox;
drop policy only_what_was_sent_is_forgotten on directory.event_log;
drop policy relay_claims on directory.snapshot;
drop policy relay_looks on directory.snapshot;
drop policy relay_replays on directory.outbox;
drop policy relay_marks on directory.outbox;
drop policy relay_claims on directory.outbox;
drop policy relay_looks on directory.outbox;
drop policy relay_forgets on directory.event_log;
drop policy relay_looks on directory.event_log;
do $$
declare
    walled text;
begin
    foreach walled in array array['scim_user', 'user_lookup', 'scim_group', 'resource_count', 'group_member',
        'event_log', 'outbox', 'provisioning_log', 'snapshot'] loop
        execute format('drop policy tenant on directory.%I', walled);
        execute format('alter table directory.%I disable row level security, no force row level security', walled);
    end loop;
end
$$;
