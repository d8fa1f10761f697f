//! A directory of any size, straight into the tables: requests would take longer than what is measured.

use testkit::postgres::TestDatabase;
use uuid::Uuid;

/// Id of the `n`-th seeded user.
pub(crate) fn user_id(n: usize) -> Uuid {
    Uuid::from_u128((0x0192_0000_0000_7000_8000 << 48) + n as u128)
}

/// Id of the `n`-th seeded group.
pub(crate) fn group_id(n: usize) -> Uuid {
    Uuid::from_u128((0x0192_0000_0000_7000_9000 << 48) + n as u128)
}

/// Adds users until there are `size`, as the store writes them.
pub(crate) async fn grow_directory(database: &TestDatabase, integration: Uuid, size: usize) {
    let ids = "('01920000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid";
    let known = format!("select count(*) from directory.scim_user where id < '{}'", group_id(0));
    let present = database.query_i64(&known).await;
    let numbers = format!("generate_series({present}, {}) as n", size - 1);
    database
        .execute(&format!(
            "insert into directory.scim_user (
                integration_id, id, incarnation, version, created_at, last_modified, user_name_folded, external_id,
                display_name, display_name_folded, active, resource)
            select '{integration}', {ids}, 1, 1, now(), now(), 'user' || n || '@acme.example', 'external' || n,
                'User ' || n, 'user ' || n, true, jsonb_build_object(
                    'schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:User',
                        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'),
                    'userName', 'user' || n || '@acme.example', 'externalId', 'external' || n, 'active', true,
                    'displayName', 'User ' || n, 'title', 'Rigger', 'preferredLanguage', 'fr-CA',
                    'name', jsonb_build_object('givenName', 'User', 'familyName', n::text),
                    'emails', jsonb_build_array(jsonb_build_object(
                        'type', 'work', 'primary', true, 'value', 'mail' || n || '@acme.example')),
                    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
                        jsonb_build_object('employeeNumber', 'E' || n, 'department', 'Operations'))
            from {numbers};
            insert into directory.resource_count (integration_id, kind, shard, live)
            select '{integration}', 'user', 0, count(*) from {numbers}
            on conflict (integration_id, kind, shard) do update set live = resource_count.live + excluded.live;
            insert into directory.user_lookup (integration_id, user_id, attribute, value)
            select '{integration}', {ids}, 'emails.value', 'mail' || n || '@acme.example' from {numbers};
            insert into directory.user_lookup (integration_id, user_id, attribute, value)
            select '{integration}', {ids},
                'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber', 'e' || n from {numbers};"
        ))
        .await;
    settle(database).await;
}

/// Makes a group of the first `size` users.
pub(crate) async fn grow_group(database: &TestDatabase, integration: Uuid, number: usize, size: usize) {
    let group = group_id(number);
    database
        .execute(&format!(
            "insert into directory.scim_group (
                integration_id, id, incarnation, version, created_at, last_modified, display_name_folded,
                member_count, resource)
            values ('{integration}', '{group}', 1, 1, now(), now(), 'group {number}', {size}, jsonb_build_object(
                'schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:Group'),
                'displayName', 'Group {number}'));
            insert into directory.resource_count (integration_id, kind, shard, live)
            values ('{integration}', 'group', 0, 1)
            on conflict (integration_id, kind, shard) do update set live = resource_count.live + excluded.live;
            insert into directory.group_member (integration_id, group_id, user_id)
            select '{integration}', '{group}', id from directory.scim_user order by id limit {size};"
        ))
        .await;
    settle(database).await;
}

/// What the server does by itself sooner or later.
async fn settle(database: &TestDatabase) {
    database.execute("vacuum analyze").await;
}
