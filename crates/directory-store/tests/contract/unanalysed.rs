//! What PostgreSQL reads while it has no statistics, as in a new directory during its first cycle.

use directory::{Committed, DirectoryStore, MemberChange, Page, UserId, UserKey, UserSelection};
use directory_store::postgres::{PostgresDirectoryStore, PostgresOptions};
use testkit::postgres::TestDatabase;

use crate::changes::{
    add, create_group, create_user, delete_user, edit_members, group, group_id, remove, replace_user, user,
    user_id,
};
use crate::postgres::{OF, PATIENCE, connected, migrated};

/// Users that nobody has analysed, in two integrations.
const SEED_USERS: &str = "
    insert into directory.scim_user (
        integration_id, id, incarnation, version, created_at, last_modified, user_name_folded, external_id,
        work_email_folded, display_name, display_name_folded, active, resource)
    select tenant.id, ('019200000000700080000000000' || tenant.digit || lpad(to_hex(n), 4, '0'))::uuid, 1, 1, now(), now(),
        'user' || n, 'external' || n, 'user' || n || '@acme.example', 'Learner', 'learner', true,
        jsonb_build_object('userName', 'user' || n)
    from generate_series(2, 5000) as n,
        (values ('00000000-0000-0000-0000-000000000000'::uuid, 0), ('00000000-0000-0000-0000-000000000001', 1))
            as tenant(id, digit)";

/// Rows that statements have read, be it through an index or without one.
const ROWS_READ: &str = "
    select (select sum(idx_tup_read) from pg_stat_user_indexes where schemaname = 'directory')
        + (select sum(seq_tup_read) from pg_stat_user_tables where schemaname = 'directory'
            and relname in ('scim_user', 'scim_group', 'group_member'))";

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
        find(store, UserKey::UserName("user1".to_owned())).await;
    }
}

async fn find(store: &PostgresDirectoryStore, key: UserKey) {
    let page = Page { offset: 0, limit: 2 };
    assert_eq!(store.users(OF, &UserSelection { key, page }).await.unwrap().items.len(), 1);
}

async fn never_analysed() -> TestDatabase {
    let database = migrated().await;
    for table in ["scim_user", "scim_group", "group_member"] {
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
        assert_eq!(store.members(OF, group_id(1)).await.unwrap().len(), 50);
    })
    .await;
    assert!(read < 20 * 200, "{read} rows read for 200 members among 5,000 users");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_of_a_directory_without_statistics_is_found_by_its_key() {
    let database = never_analysed().await;
    let read = rows_read_by(&database, async |store| {
        warm_up(store).await;
        database.execute(SEED_USERS).await;
        for n in 2..22_u128 {
            find(store, UserKey::Id(user_id(n))).await;
            find(store, UserKey::UserName(format!("user{n}"))).await;
            find(store, UserKey::ExternalId(format!("external{n}"))).await;
            find(store, UserKey::WorkEmail(format!("user{n}@acme.example"))).await;
            let changed = replace_user(OF, &user(n, &format!("renamed{n}")));
            store.commit(changed).await.unwrap();
        }
        store.commit(delete_user(OF, &user(30, "user30"))).await.unwrap();
    })
    .await;
    assert!(read < 1_000, "{read} rows read for 101 users among 5,000");
}
