//! What PostgreSQL reads while it has no statistics, as in a new directory during its first cycle.

use directory::{
    Committed, DirectoryStore, EventLog, IntegrationId, LogQuery, LoggedOperation, MemberChange, Outbox,
    Outcome, Overview, Page, PersonDigest, Position, ProvisioningLog, Query, RelayId, UserId,
};
use directory_store::postgres::{PostgresDirectoryStore, PostgresOptions};
use scim::{Profile, ResourceKind, ResourceType, Schema};
use serde_json::json;
use testkit::postgres::TestDatabase;
use uuid::Uuid;

use crate::changes::{
    add, at, create_group, create_user, delete_user, edit_members, group, group_id, remove, replace_user,
    user, user_id,
};
use crate::fixture::{query, users};
use crate::log::ALL;
use crate::postgres::{OF, PATIENCE, connected, migrated};

/// Users that nobody has analysed, in two integrations.
const SEED_USERS: &str = "
    insert into directory.scim_user (
        integration_id, id, incarnation, version, created_at, last_modified, user_name_folded, external_id,
        display_name, display_name_folded, active, resource)
    select tenant.id, ('019200000000700080000000000' || tenant.digit || lpad(to_hex(n), 4, '0'))::uuid, 1, 1, now(), now(),
        'user' || n, 'external' || n, 'Learner', 'learner', true,
        jsonb_build_object(
            'userName', 'user' || n, 'externalId', 'external' || n, 'displayName', 'Learner',
            'emails', jsonb_build_array(jsonb_build_object('value', 'user' || n || '@acme.example', 'type', 'work')),
            'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', jsonb_build_object('employeeNumber', 'e' || n),
            'urn:acme:2.0:User', jsonb_build_object('badge', 'b' || n))
    from generate_series(2, 5000) as n,
        (values ('00000000-0000-0000-0000-000000000000'::uuid, 0), ('00000000-0000-0000-0000-000000000001', 1))
            as tenant(id, digit)";

/// What those users are found by.
const SEED_LOOKUPS: &str = "
    insert into directory.user_lookup (integration_id, user_id, attribute, value)
    select '00000000-0000-0000-0000-000000000000', ('01920000000070008000' || lpad(to_hex(n), 12, '0'))::uuid,
        given.attribute, given.value
    from generate_series(2, 5000) as n, lateral (values
        ('emails.value', 'user' || n || '@acme.example'),
        ('urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber', 'e' || n),
        ('urn:acme:2.0:User:badge', 'b' || n)) as given(attribute, value)";

/// Rows that statements have read, be it through an index or without one.
const ROWS_READ: &str = "
    select (select sum(idx_tup_read) from pg_stat_user_indexes where schemaname = 'directory')
        + (select sum(seq_tup_read) from pg_stat_user_tables where schemaname = 'directory'
            and relname in ('scim_user', 'scim_group', 'group_member', 'user_lookup', 'provisioning_log', 'event_log', 'outbox'))";

async fn end_sessions(database: &TestDatabase) {
    let others = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
        and backend_type = 'client backend'";
    database.execute(&format!("select pg_terminate_backend(pid) {others}")).await;
    let left = format!("select count(*) {others}");
    testkit::eventually(PATIENCE, "sessions end", || async { database.query_i64(&left).await == 0 }).await;
}

/// A session tells what it has read when it ends.
async fn rows_read_by(database: &TestDatabase, work: impl AsyncFnOnce(&PostgresDirectoryStore)) -> i64 {
    let store =
        connected(database.url(), PostgresOptions { pool_size: 1, ..PostgresOptions::default() }).await;
    let before = database.query_i64(ROWS_READ).await;
    work(&store).await;
    end_sessions(database).await;
    database.query_i64(ROWS_READ).await - before
}

async fn edit(store: &PostgresDirectoryStore, members: MemberChange) {
    let committed = store.commit(edit_members(OF, group_id(1), None, members)).await.unwrap();
    assert!(matches!(committed, Committed::Applied(_)), "{committed:?}");
}

/// Makes a group and edits it so often that a session would keep a plan made for an empty directory.
async fn warm_up(store: &PostgresDirectoryStore) {
    store.commit(create_user(OF, &user(1, "user1"))).await.unwrap();
    store.commit(create_group(OF, &group(1, "Sales"), &[])).await.unwrap();
    for _ in 0..10 {
        edit(store, add(&[user_id(1)])).await;
        edit(store, remove(&[user_id(1)])).await;
        find(store, "userName eq \"user1\"").await;
    }
}

async fn find(store: &PostgresDirectoryStore, filter: &str) {
    let page = Page::From { offset: 0, limit: 2 };
    let query =
        Query { page, ..query(filter, ResourceType::new(ResourceKind::User, Profile::Entra, &[badge()])) };
    let found = store.users(OF, &query, true).await.unwrap();
    assert_eq!((found.items.len(), found.total), (1, 1), "{filter}");
}

fn badge() -> Schema {
    let document = json!({ "id": "urn:acme:2.0:User", "attributes": [{ "name": "badge" }] });
    Schema::from_definition(document.as_object().unwrap()).unwrap()
}

async fn never_analysed() -> TestDatabase {
    let database = migrated().await;
    for table in
        ["scim_user", "scim_group", "group_member", "user_lookup", "provisioning_log", "event_log", "outbox"]
    {
        database.execute(&format!("alter table directory.{table} set (autovacuum_enabled = false)")).await;
    }
    database
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_a_directory_without_statistics_are_read_one_by_one() {
    let database = never_analysed().await;
    let users: Vec<UserId> = (1..=200).map(user_id).collect();
    let strangers: Vec<UserId> = (1_000_001..=1_000_200).map(user_id).collect();
    let read = rows_read_by(&database, async |store| {
        warm_up(store).await;
        database.execute(SEED_USERS).await;
        edit(store, add(&users)).await;
        edit(store, MemberChange::Replace(users[100..].to_vec())).await;
        edit(store, remove(&users[150..])).await;
        let nobody = store.commit(edit_members(OF, group_id(1), None, add(&strangers))).await.unwrap();
        assert!(matches!(nobody, Committed::Unchanged(_)), "{nobody:?}");
        assert_eq!(store.members(OF, &[group_id(1)]).await.unwrap().len(), 50);
    })
    .await;
    assert!(read < 20 * 200, "{read} rows read for 200 members among 5,000 users");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_has_grown_is_not_read_to_add_somebody() {
    let database = never_analysed().await;
    let read = rows_read_by(&database, async |store| {
        warm_up(store).await;
        database.execute(SEED_USERS).await;
        // As a replica: the checks of foreign keys would read as well.
        let members = "set session_replication_role = replica;
            insert into directory.group_member (integration_id, group_id, user_id)
            select known.integration_id, known.id, ('01920000000070008000' || lpad(to_hex(n), 12, '0'))::uuid
            from generate_series(100, 4999) as n, directory.scim_group as known";
        database.execute(members).await;
        for n in 2..22 {
            edit(store, add(&[user_id(n)])).await;
        }
    })
    .await;
    assert!(read < 500, "{read} rows read for 20 members of a group of 4,900");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_of_a_directory_without_statistics_is_found_by_its_key() {
    let database = never_analysed().await;
    let read = rows_read_by(&database, async |store| {
        warm_up(store).await;
        database.execute(SEED_USERS).await;
        database.execute(SEED_LOOKUPS).await;
        for n in 2..22_u128 {
            let displays = format!("displayName eq \"learner\" and externalId eq \"external{n}\"");
            for filter in [
                format!("id eq \"{}\"", user_id(n)),
                format!("userName eq \"user{n}\""),
                format!("externalId eq \"external{n}\""),
                displays,
                format!("emails.value eq \"user{n}@acme.example\""),
                format!("emails[type eq \"work\"].value eq \"user{n}@acme.example\" and userName sw \"u\""),
                format!("employeeNumber eq \"e{n}\""),
                format!("urn:acme:2.0:User:badge eq \"B{n}\" and not (title pr)"),
            ] {
                find(store, &filter).await;
            }
            let changed = replace_user(OF, &user(n, &format!("renamed{n}")));
            store.commit(changed).await.unwrap();
        }
        store.commit(delete_user(OF, &user(30, "user30"))).await.unwrap();
    })
    .await;
    assert!(read < 2_000, "{read} rows read for 181 users among 5,000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_after_a_position_reads_itself_alone() {
    let database = never_analysed().await;
    let read = rows_read_by(&database, async |store| {
        warm_up(store).await;
        database.execute(SEED_USERS).await;
        for n in [0, 2_000, 4_900] {
            let position = Some(Position { value: None, id: user_id(n).0 });
            let page = Page::After { position, limit: 11 };
            let query = Query { filter: None, sort: None, page, counted: false };
            let found = store.users(OF, &query, true).await.unwrap();
            assert_eq!(found.items.len(), 11);
            assert_eq!(found.items[0].user.id, user_id(n + 1));
        }
    })
    .await;
    assert!(read < 500, "{read} rows read for 33 users among 5,000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_is_kept_suits_integrations_of_any_size() {
    let database = never_analysed().await;
    database.execute(SEED_USERS).await;
    database.execute(SEED_LOOKUPS).await;
    let small =
        "delete from directory.scim_user where integration_id <> '00000000-0000-0000-0000-000000000000'
        and user_name_folded <> 'user9'";
    database.execute(small).await;
    database.execute("vacuum analyze").await;
    let few = IntegrationId(Uuid::from_u128(1));
    let read = rows_read_by(&database, async |store| {
        for of in [few, OF, few, OF] {
            let first = Query { page: Page::From { offset: 0, limit: 10 }, counted: false, ..users("") };
            let found = store.users(of, &first, true).await.unwrap();
            assert_eq!(found.items.len(), if of == few { 1 } else { 10 });
            let position = Some(Position { value: None, id: found.items[0].user.id.0 });
            let rest = Query { page: Page::After { position, limit: 10 }, counted: false, ..users("") };
            let found = store.users(of, &rest, true).await.unwrap();
            assert_eq!(found.items.len(), if of == few { 0 } else { 10 });
            for filter in
                ["userName eq \"user9\"", "externalId eq \"external9\"", "displayName eq \"nobody\""]
            {
                let found = store.users(of, &users(filter), true).await.unwrap();
                assert_eq!(found.total, u64::from(!filter.contains("nobody")), "{filter}");
            }
        }
    })
    .await;
    assert!(read < 500, "{read} rows read for a few of 5,000 and of one");
}

/// Twenty groups, each with all users of one integration.
const SEED_GROUPS: &str = "
    insert into directory.scim_group (
        integration_id, id, incarnation, version, created_at, last_modified, display_name_folded, member_count, resource)
    select '00000000-0000-0000-0000-000000000000', ('01930000000070008000' || lpad(to_hex(n), 12, '0'))::uuid, 1, 1,
        now(), now(), 'group' || n, 4999, jsonb_build_object('displayName', 'Group' || n)
    from generate_series(2, 21) as n;
    insert into directory.group_member (integration_id, group_id, user_id)
    select '00000000-0000-0000-0000-000000000000', ('01930000000070008000' || lpad(to_hex(g), 12, '0'))::uuid,
        ('01920000000070008000' || lpad(to_hex(u), 12, '0'))::uuid
    from generate_series(2, 21) as g, generate_series(2, 5000) as u";

#[tokio::test(flavor = "multi_thread")]
async fn memberships_without_statistics_are_read_one_by_one() {
    let database = never_analysed().await;
    rows_read_by(&database, async |store| warm_up(store).await).await;
    database.execute(SEED_USERS).await;
    database.execute(SEED_GROUPS).await;
    let read = rows_read_by(&database, async |store| {
        for n in [2, 2_500, 5_000] {
            let of_member = crate::fixture::groups(&format!("members.value eq \"{}\"", user_id(n)));
            assert_eq!(store.groups(OF, &of_member).await.unwrap().total, 20);
            let view = store.user(OF, user_id(n), true).await.unwrap().unwrap();
            assert_eq!(view.groups.unwrap().len(), 20);
        }
        let page = Page::After { position: None, limit: 10 };
        let query = Query { page, counted: false, ..crate::fixture::users("") };
        let groups: usize = store
            .users(OF, &query, true)
            .await
            .unwrap()
            .items
            .iter()
            .map(|view| view.groups.as_ref().unwrap().len())
            .sum();
        assert_eq!(groups, 9 * 20);
        let both = format!("id eq \"{}\" and groups.value eq \"{}\"", user_id(7), group_id(5));
        assert_eq!(store.users(OF, &crate::fixture::users(&both), false).await.unwrap().total, 1);
    })
    .await;
    assert!(read < 1_500, "{read} rows read among 100,000 memberships");
}

/// Requests, one in a second, of which one in 2,500 is about user 9 and one in 5,000 was refused. User 2 is in half.
const SEED_LOG: &str = "
    insert into directory.provisioning_log (
        integration_id, request_id, at, operation, kind, subject_id, person, outcome, changed)
    select tenant.id, ('01940000000070008000' || lpad(to_hex(n), 12, '0'))::uuid,
        timestamptz '2026-01-01 00:00:00.123Z' + n * interval '1 second',
        case when n % 10000 = 9 then 'bulk' else 'search' end, 'user',
        case when n % 2500 = 7 then '01920000-0000-7000-8000-000000000009'::uuid
            when n % 2 = 0 then '01920000-0000-7000-8000-000000000002' end,
        case when n % 2500 = 7 then decode(repeat('01', 16), 'hex') when n % 2 = 0 then decode(repeat('02', 16), 'hex') end,
        case when n % 5000 = 4 then 'refused' when n % 5000 = 5 then 'denied' when n % 10 = 1 then 'health_check'
            else 'found' end,
        '[]'
    from generate_series(1, 20000) as n,
        (values ('00000000-0000-0000-0000-000000000000'::uuid), ('00000000-0000-0000-0000-000000000001')) as tenant(id)";

#[tokio::test(flavor = "multi_thread")]
async fn entries_of_a_log_without_statistics_are_found_by_each_condition() {
    let database = never_analysed().await;
    let ten = LogQuery { limit: 10, ..ALL };
    let read = rows_read_by(&database, async |store| {
        warm_up(store).await;
        database.execute(SEED_LOG).await;
        let newest = store.entries(OF, &ten).await.unwrap().entries;
        let deep = store.entries(OF, &LogQuery { to: Some(at(5_000)), ..ten.clone() }).await.unwrap().entries;
        for (query, expected) in [
            (LogQuery { request_id: Some(newest[3].request.request_id), ..ALL }, 1),
            (LogQuery { subject: Some(user_id(9).0), ..ALL }, 8),
            (LogQuery { subject: Some(user_id(2).0), ..ten.clone() }, 10),
            (LogQuery { subject: Some(user_id(3).0), ..ALL }, 0),
            (LogQuery { person: Some(PersonDigest([1; 16])), ..ALL }, 8),
            (LogQuery { person: Some(PersonDigest([2; 16])), ..ten.clone() }, 10),
            (LogQuery { outcomes: vec![Outcome::Refused], ..ALL }, 4),
            (LogQuery { outcomes: vec![Outcome::Found], ..ten.clone() }, 10),
            (LogQuery { outcomes: vec![Outcome::Refused, Outcome::Denied, Outcome::Failed], ..ALL }, 8),
            (LogQuery { from: Some(at(10_000)), to: Some(at(10_008)), ..ALL }, 9),
            (LogQuery { to: Some(at(9)), ..ALL }, 9),
            (LogQuery { before: Some(deep[9].number), ..ten.clone() }, 10),
            (LogQuery { before: Some(newest[9].number), without_health_checks: true, ..ten.clone() }, 10),
            (LogQuery { operation: Some(LoggedOperation::Search), ..ten.clone() }, 10),
            (LogQuery { operation: Some(LoggedOperation::Bulk), ..ALL }, 2),
            (LogQuery { operation: Some(LoggedOperation::SignIn), ..ALL }, 0),
            (LogQuery { kind: Some(ResourceKind::User), ..ten.clone() }, 10),
            (LogQuery { kind: Some(ResourceKind::Group), looks: 100, ..ALL }, 0),
            (
                LogQuery {
                    operation: Some(LoggedOperation::Read),
                    outcomes: vec![Outcome::Found],
                    looks: 100,
                    ..ALL
                },
                0,
            ),
        ] {
            let found = store.entries(OF, &query).await.unwrap().entries;
            assert_eq!(found.len(), expected, "{query:?}");
        }
        assert_eq!(store.forget(OF, at(1_000), 10).await.unwrap(), 10);
    })
    .await;
    assert!(read < 1_000, "{read} rows read for 150 entries among 40,000");
}

#[tokio::test(flavor = "multi_thread")]
async fn how_an_integration_is_doing_is_known_from_a_few_rows() {
    let database = never_analysed().await;
    let read = rows_read_by(&database, async |store| {
        warm_up(store).await;
        database.execute(SEED_USERS).await;
        database.execute(SEED_LOG).await;
        for _ in 0..10 {
            let activity = store.activity(OF, at(10_000), 3).await.unwrap();
            assert_eq!((activity.problems, activity.events_waiting), (3, 3));
            assert!(store.milestones(OF).await.unwrap().first_user.is_some());
            assert_eq!(store.newest_users(OF, 20).await.unwrap().len(), 20);
        }
    })
    .await;
    assert!(read < 2_000, "{read} rows read ten times among 5,000 users and 40,000 entries");
}

/// 40,000 events of two integrations, in turn, of which the older half was sent.
const SEED_EVENTS: &str = "
    insert into directory.integration (id, slug, portal, environment, state, created_at)
    select ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'i' || n, 'acme', 'production', 'enabled', now()
    from generate_series(0, 1) as n;
    insert into directory.event_log (
        event_id, integration_id, event_type, subject_kind, subject_id, epoch, incarnation, version, data, txn,
        committed_at)
    select ('01950000000070008000' || lpad(to_hex(n), 12, '0'))::uuid, ('00000000-0000-0000-0000-00000000000' || n % 2)::uuid,
        'com.illuxilms.directory.user.changed.v1', 'user', gen_random_uuid(), 0, 1, n, repeat('x', 1000), gen_random_uuid(), now()
    from generate_series(1, 40000) as n;
    insert into directory.outbox (event_id, integration_id, log_id, committed_at)
    select ('01950000000070008000' || lpad(to_hex(n), 12, '0'))::uuid, ('00000000-0000-0000-0000-00000000000' || n % 2)::uuid,
        n, now()
    from generate_series(20001, 40000) as n";

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_in_a_database_without_statistics_is_claimed_and_marked_by_its_keys() {
    let database = never_analysed().await;
    let relay = RelayId(Uuid::from_u128(1));
    let read = rows_read_by(&database, async |store| {
        let nothing = store.claim(relay, 100, crate::fixture::LONG_LEASE).await.unwrap();
        assert_eq!(store.mark_published(relay, &[]).await.unwrap(), 0);
        assert_eq!(nothing, []);
        database.execute(SEED_EVENTS).await;
        for _ in 0..10 {
            let claimed = store.claim(relay, 100, crate::fixture::LONG_LEASE).await.unwrap();
            let ids: Vec<_> = claimed.iter().map(|event| event.envelope.id).collect();
            assert_eq!(ids.len(), 100);
            assert_eq!(store.mark_published(relay, &ids[..90]).await.unwrap(), 90);
            store.release(relay, &ids[90..]).await.unwrap();
        }
        assert_eq!(store.unsent_up_to(200).await.unwrap(), 200);
        assert_eq!(store.activity(OF, at(0), 100).await.unwrap().events_waiting, 100);
        let forgotten = store.forget_events(store.now().await.unwrap(), None, 100).await.unwrap();
        assert_eq!(forgotten.events, 100);
        let all = directory::Replay { since: None, subject: None };
        assert_eq!(store.replay(OF, &all, None, 100).await.unwrap().events, 0);
    })
    .await;
    assert!(read < 25_000, "{read} rows read for 1,000 events among 40,000");
}
