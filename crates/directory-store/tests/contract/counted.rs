//! How many there are in PostgreSQL, and when that is counted.

use directory::{Change, DirectoryStore, Page, Query};
use directory_store::postgres::PostgresDirectoryStore;
use serde_json::json;
use testkit::postgres::TestDatabase;

use crate::changes::{create_group, create_user, delete_group, delete_user, group, user, user_id, user_of};
use crate::fixture::{groups, users};
use crate::postgres::OF;
use crate::together::seeded;

/// Notes which tables statements begin to write, in that order.
async fn note_writes(database: &TestDatabase) {
    let tables = [
        ("scim_user", "insert or update"),
        ("scim_group", "insert or update"),
        ("group_member", "insert or delete"),
        ("user_lookup", "insert or delete"),
        ("event_log", "insert"),
        ("outbox", "insert"),
        ("provisioning_log", "insert"),
        ("resource_count", "insert"),
    ];
    database
        .execute(
            "create table public.written (n bigint generated always as identity, what text);
            create function public.note() returns trigger language plpgsql security definer as
                'begin insert into public.written (what) values (tg_table_name); return null; end';",
        )
        .await;
    for (table, acts) in tables {
        let trigger = format!(
            "create trigger noted before {acts} on directory.{table} for each statement execute function public.note()"
        );
        database.execute(&trigger).await;
    }
}

/// The last table that a change writes.
async fn last_written(database: &TestDatabase, store: &PostgresDirectoryStore, change: Change) -> String {
    store.commit(change).await.unwrap();
    database.query_text("select what from public.written order by n desc limit 1").await
}

#[tokio::test]
async fn what_is_counted_is_counted_last() {
    let (database, store) = seeded(2, 2).await;
    note_writes(&database).await;
    let found_by = json!({ "userName": "user3", "emails": [{ "value": "user3@acme.example" }] });
    let found_by = user_of(3, found_by);
    let (plain, large) = (group(2, "Support"), group(1, "Sales"));
    for change in [
        create_user(OF, &found_by),
        delete_user(OF, &found_by),
        create_group(OF, &plain, &[]),
        create_group(OF, &group(3, "With members"), &[user_id(1)]),
        delete_group(OF, &large),
    ] {
        let what = format!("{:?}", change.mutation);
        assert_eq!(last_written(&database, &store, change).await, "resource_count", "{what}");
    }
}

/// As docs/operations.md says.
const RECOUNT: &str = "begin;
    lock table directory.resource_count in exclusive mode;
    delete from directory.resource_count;
    insert into directory.resource_count (integration_id, kind, shard, live)
        select integration_id, 'user', 0, count(*) from directory.scim_user where live group by 1
        union all select integration_id, 'group', 0, count(*) from directory.scim_group where live group by 1;
    commit";

#[tokio::test]
async fn counts_that_somebody_got_wrong_can_be_put_right() {
    let (database, store) = seeded(3, 1).await;
    store.commit(delete_user(OF, &user(3, "user3"))).await.unwrap();
    database.execute("update directory.resource_count set live = -7").await;
    let first = Query { page: Page::From { offset: 0, limit: 1 }, ..users("") };
    assert_eq!(store.users(OF, &first, false).await.unwrap().total, 0);
    database.execute(RECOUNT).await;
    assert_eq!(store.users(OF, &first, false).await.unwrap().total, 2);
    let no_groups = Query { page: Page::From { offset: 0, limit: 0 }, ..groups("") };
    assert_eq!(store.groups(OF, &no_groups).await.unwrap().total, 1);
    store.commit(create_user(OF, &user(4, "user4"))).await.unwrap();
    assert_eq!(store.users(OF, &first, false).await.unwrap().total, 3);
}
