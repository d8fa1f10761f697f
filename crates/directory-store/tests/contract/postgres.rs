//! What only PostgreSQL promises.

use std::time::Duration;

use directory::{CommitError, DirectoryStore, EventLog, IntegrationId, QueryError, StoreError};
use directory_store::postgres::{
    PostgresDirectoryStore, PostgresOptions, Timeouts, migrate, revert_migrations,
};
use testkit::postgres::TestDatabase;
use testkit::proxy::CuttingProxy;
use tokio::task::JoinSet;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use crate::changes::{create_user, delete_user, replace_user, user, user_id};
use crate::fixture::users;

pub(crate) const OF: IntegrationId = IntegrationId(Uuid::nil());
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn migrated() -> TestDatabase {
    let database = TestDatabase::create().await;
    migrate(database.url()).await.unwrap();
    database
}

pub(crate) async fn connected(url: &str, options: PostgresOptions) -> PostgresDirectoryStore {
    PostgresDirectoryStore::connect(url, PostgresOptions { pool_size: 2, ..options }).await.unwrap()
}

fn waiting(timeouts: Timeouts) -> PostgresOptions {
    PostgresOptions { timeouts, ..PostgresOptions::default() }
}

/// A session that stays in a transaction until it is dropped.
async fn transaction(database: &TestDatabase, statement: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("begin; {statement}")).await.unwrap();
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_may_delete_nothing_but_memberships_lookups_and_what_is_old() {
    let database = migrated().await;
    let deletable = "select count(*) from information_schema.table_privileges
        where grantee in ('illuxi_gateway', 'illuxi_relay') and table_schema = 'directory'
        and privilege_type in ('DELETE', 'TRUNCATE') and table_name not in ('group_member', 'user_lookup', 'provisioning_log', 'act')
        and (grantee, privilege_type, table_name) not in (
            ('illuxi_relay', 'DELETE', 'event_log'), ('illuxi_relay', 'DELETE', 'outbox'))";
    assert_eq!(database.query_i64(deletable).await, 0);
    let editable_history =
        "select (has_any_column_privilege('illuxi_gateway', 'directory.event_log', 'UPDATE')
        or has_any_column_privilege('illuxi_relay', 'directory.event_log', 'UPDATE')
        or has_any_column_privilege('illuxi_gateway', 'directory.outbox', 'UPDATE')
        or has_column_privilege('illuxi_gateway', 'directory.act', 'subject', 'UPDATE')
        or has_any_column_privilege('illuxi_gateway', 'directory.provisioning_log', 'UPDATE'))::int";
    assert_eq!(database.query_i64(editable_history).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_work_as_the_service_role() {
    let database = migrated().await;
    let store = connected(database.url(), PostgresOptions::default()).await;
    store.check().await.unwrap();
    database.execute("revoke select on directory.source_epoch from illuxi_gateway").await;
    assert!(matches!(store.check().await, Err(StoreError::Unexpected(_))));
    let owner = connected(database.url(), PostgresOptions { role: None, ..PostgresOptions::default() }).await;
    owner.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_may_migrate_together() {
    let database = TestDatabase::create().await;
    let mut replicas = JoinSet::new();
    for _ in 0..4 {
        let url = database.url().to_owned();
        replicas.spawn(async move { migrate(&url).await });
    }
    for migrated in replicas.join_all().await {
        migrated.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_taken_back_leave_nothing() {
    let database = migrated().await;
    let objects = "select count(*) from pg_class where relnamespace = 'directory'::regnamespace
        and relname not like '\\_\\_diesel%'";
    assert!(database.query_i64(objects).await > 0);
    revert_migrations(database.url()).await.unwrap();
    assert_eq!(database.query_i64(objects).await, 0);
    let functions = "select count(*) from pg_proc where pronamespace = 'directory'::regnamespace";
    assert_eq!(database.query_i64(functions).await, 0);
    let left = "select count(*) from pg_shdepend
        where refobjid in ('illuxi_gateway'::regrole, 'illuxi_relay'::regrole) and dbid = (
            select oid from pg_database where datname = current_database())";
    assert_eq!(database.query_i64(left).await, 0, "no grant is left");
    migrate(database.url()).await.unwrap();
}

/// Both look at the log before they write, and each could miss what the other has written since.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_put_back_into_the_outbox_is_not_forgotten_meanwhile() {
    let database = migrated().await;
    let store = connected(database.url(), PostgresOptions::default()).await;
    store.commit(create_user(OF, &user(1, "alice"))).await.unwrap();
    database.execute("delete from directory.outbox").await;
    let replay = transaction(
        &database,
        "select pg_advisory_xact_lock('directory.event_log'::regclass::oid::bigint);
        insert into directory.outbox (event_id, integration_id, log_id, replayed, committed_at)
        select event_id, integration_id, id, true, committed_at from directory.event_log",
    )
    .await;
    let forgetful = store.clone();
    let far = chrono::DateTime::<chrono::Utc>::MAX_UTC - chrono::TimeDelta::days(365 * 200_000);
    let forgetting = tokio::spawn(async move { forgetful.forget_events(far, None, 10).await.unwrap() });
    let waits = "select count(*) from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())";
    testkit::eventually(PATIENCE, "it waits", || async { database.query_i64(waits).await == 1 }).await;
    replay.batch_execute("commit").await.unwrap();
    assert_eq!(forgetting.await.unwrap().events, 0);
    assert_eq!(database.query_i64("select count(*) from directory.event_log").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_unavailable_at_once() {
    let store = connected("postgres://nobody@127.0.0.1:1/nothing", PostgresOptions::default()).await;
    let read = tokio::time::timeout(PATIENCE, store.user(OF, user_id(1), false)).await.unwrap();
    assert!(matches!(read, Err(StoreError::Unavailable { outcome_unknown: false, .. })), "{read:?}");
    let commit = store.commit(create_user(OF, &user(1, "alice"))).await;
    assert!(
        matches!(commit, Err(CommitError::Store(StoreError::Unavailable { outcome_unknown: false, .. }))),
        "{commit:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_answers_is_unavailable() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://nobody@127.0.0.1:{}/nothing", silent.local_addr().unwrap().port());
    let options = waiting(Timeouts { acquire: Duration::from_millis(50), ..Timeouts::default() });
    let store = connected(&url, options).await;
    let check = tokio::time::timeout(PATIENCE, store.check()).await.unwrap();
    assert!(matches!(check, Err(StoreError::Unavailable { .. })), "{check:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn terminated_sessions_are_replaced() {
    let database = migrated().await;
    let store = connected(database.url(), PostgresOptions::default()).await;
    store.commit(create_user(OF, &user(1, "alice"))).await.unwrap();
    let terminate = "select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()";
    database.execute(terminate).await;
    testkit::eventually(PATIENCE, "the store heals", || async { store.check().await.is_ok() }).await;
    store.commit(delete_user(OF, &user(1, "alice"))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_is_not_given_makes_the_store_unavailable() {
    let database = migrated().await;
    let options = waiting(Timeouts { lock: Duration::from_millis(50), ..Timeouts::default() });
    let store = connected(database.url(), options).await;
    store.commit(create_user(OF, &user(1, "alice"))).await.unwrap();
    let _holder = transaction(&database, "select from directory.scim_user for update").await;
    for change in [replace_user(OF, &user(1, "alice")), delete_user(OF, &user(1, "alice"))] {
        let refused = store.commit(change).await;
        assert!(
            matches!(
                refused,
                Err(CommitError::Store(StoreError::Unavailable { outcome_unknown: false, .. }))
            ),
            "{refused:?}"
        );
    }
    store.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_takes_too_long_asks_too_much() {
    let database = migrated().await;
    let options = waiting(Timeouts { statement: Duration::from_millis(50), ..Timeouts::default() });
    let store = connected(database.url(), options).await;
    database
        .execute(
            "insert into directory.scim_user (
                integration_id, id, incarnation, version, created_at, last_modified, user_name_folded, active, resource)
            select '00000000-0000-0000-0000-000000000000', gen_random_uuid(), 1, 1, now(), now(), 'user' || n, true,
                '{\"title\": \"Engineer\"}' from generate_series(1, 5000) as n",
        )
        .await;
    let long = (0..190).map(|n| format!("title co \"x{n}\"")).collect::<Vec<_>>().join(" or ");
    let refused = store.users(OF, &users(&long), false).await;
    assert!(matches!(refused, Err(QueryError::TooMany)), "{refused:?}");
    store.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_keeps_no_connection_for_ever() {
    let database = migrated().await;
    let options = waiting(Timeouts { answer: Duration::from_millis(100), ..Timeouts::default() });
    let store = connected(database.url(), options).await;
    store.commit(create_user(OF, &user(1, "alice"))).await.unwrap();
    let holder = transaction(&database, "select from directory.scim_user for update").await;
    for _ in 0..4 {
        let unanswered = store.commit(replace_user(OF, &user(1, "alice"))).await;
        assert!(
            matches!(
                unanswered,
                Err(CommitError::Store(StoreError::Unavailable { outcome_unknown: true, .. }))
            ),
            "{unanswered:?}"
        );
    }
    drop(holder);
    store.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_during_a_commit_leaves_the_outcome_unknown() {
    let database = migrated().await;
    let proxy = CuttingProxy::in_front_of(server_address(database.url())).await;
    let store = connected(&through(database.url(), proxy.port()), PostgresOptions::default()).await;
    store.commit(create_user(OF, &user(1, "alice"))).await.unwrap();

    let holder = transaction(&database, "select from directory.scim_user for update").await;
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.commit(replace_user(OF, &user(1, "alice"))).await }
    });
    let waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    testkit::eventually(PATIENCE, "the commit waits", || async { database.query_i64(waits).await == 1 })
        .await;
    proxy.cut();
    let broken = waiting.await.unwrap();
    assert!(
        matches!(broken, Err(CommitError::Store(StoreError::Unavailable { outcome_unknown: true, .. }))),
        "{broken:?}"
    );
    drop(holder);
    testkit::eventually(PATIENCE, "the store heals", || async { store.check().await.is_ok() }).await;
}

fn server_address(url: &str) -> String {
    let authority = url.split_once("://").unwrap().1.split('/').next().unwrap();
    authority.rsplit('@').next().unwrap().to_owned()
}

fn through(url: &str, port: u16) -> String {
    url.replacen(&server_address(url), &format!("127.0.0.1:{port}"), 1)
}
