//! The second wall between integrations in PostgreSQL: what a session may see, whatever its statements say.

use directory::{
    Committed, DirectoryStore, IntegrationId, IntegrationStore, Outbox, ProvisioningLog, RelayId, Snapshot,
    SnapshotId, Snapshots, UserId, WorkerId,
};
use directory_store::postgres::{PostgresDirectoryStore, PostgresOptions};
use serde_json::json;
use testkit::postgres::TestDatabase;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use crate::changes::{add, at, create_group, create_user, edit_members, group, group_id, user_id, user_of};
use crate::fixture::{LONG_LEASE, integration};
use crate::log::{ALL, request};
use crate::postgres::migrated;

/// Tables with a column `integration_id` and no wall, and why.
const WITHOUT_WALL: [(&str, &str); 1] = [("credential", "a caller is known by it before the integration is")];

const MINE: IntegrationId = IntegrationId(Uuid::from_u128(1));
const THEIRS: IntegrationId = IntegrationId(Uuid::from_u128(2));

async fn client(database: &TestDatabase) -> Client {
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A session of a role that may do everything to every table, so that nothing but the walls is in its way.
async fn session(database: &TestDatabase, role: &str, of: Option<IntegrationId>) -> Client {
    let all = "select, insert, update, delete on all tables in schema directory";
    database.execute(&format!("grant {all} to illuxi_gateway")).await;
    let client = client(database).await;
    client.batch_execute(&format!("set role {role}")).await.unwrap();
    if let Some(of) = of {
        client.batch_execute(&format!("set illuxi.integration = '{}'", of.0)).await.unwrap();
    }
    client
}

async fn tables(database: &TestDatabase) -> Vec<String> {
    let select = "select string_agg(table_name, ',' order by table_name) from information_schema.columns
        where table_schema = 'directory' and column_name = 'integration_id'";
    let all = database.query_text(select).await;
    let is_walled = |table: &&str| !WITHOUT_WALL.iter().any(|(known, _)| known == table);
    all.split(',').filter(is_walled).map(str::to_owned).collect()
}

async fn store_of(database: &TestDatabase) -> PostgresDirectoryStore {
    let options = PostgresOptions { pool_size: 1, relay_pool_size: 1, ..PostgresOptions::default() };
    PostgresDirectoryStore::connect(database.url(), options).await.unwrap()
}

/// Two integrations with a row in every table, and with the same names.
async fn furnished(database: &TestDatabase) -> PostgresDirectoryStore {
    let store = store_of(database).await;
    for (n, of) in [(1, MINE), (2, THEIRS)] {
        store.add_integration(&integration(n, &format!("integration-{n}")), None, at(0)).await.unwrap();
        let document = json!({ "userName": "ana", "emails": [{ "value": "ana@acme.example" }] });
        store.commit(create_user(of, &user_of(n, document))).await.unwrap();
        store.commit(create_group(of, &group(n, "Sales"), &[user_id(n)])).await.unwrap();
        store.append(&[request(of, 1)]).await.unwrap();
        let snapshot = Snapshot::new(SnapshotId(Uuid::from_u128(n)), of, "ops".to_owned(), at(0));
        store.begin(&snapshot).await.unwrap();
    }
    store
}

async fn count(client: &Client, table: &str) -> i64 {
    client.query_one(&format!("select count(*) from directory.{table}"), &[]).await.unwrap().get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_of_integrations_has_a_wall() {
    let database = migrated().await;
    let tables = tables(&database).await;
    assert!(tables.len() >= 7, "{tables:?}");
    let qualification =
        "(integration_id = (NULLIF(current_setting('illuxi.integration'::text, true), ''::text))::uuid)";
    for table in tables {
        let walled = format!(
            "select (relrowsecurity and relforcerowsecurity)::text from pg_class where oid = 'directory.{table}'::regclass"
        );
        assert_eq!(database.query_text(&walled).await, "true", "{table}");
        let tenant = format!(
            "select concat_ws(' ', cmd, permissive, roles::text, qual, with_check) from pg_policies
            where schemaname = 'directory' and tablename = '{table}' and policyname = 'tenant'"
        );
        let expected = format!("ALL PERMISSIVE {{public}} {qualification} {qualification}");
        assert_eq!(database.query_text(&tenant).await, expected, "{table}");
        let others = format!(
            "select count(*) from pg_policies where schemaname = 'directory' and tablename = '{table}'
            and policyname <> 'tenant' and (roles <> '{{illuxi_relay}}' or cmd not in ('SELECT', 'UPDATE'))"
        );
        let expected = match table.as_str() {
            // What was published is forgotten; it leaves the outbox, and comes back into it.
            "event_log" => 2,
            "outbox" => 3,
            _ => 0,
        };
        assert_eq!(database.query_i64(&others).await, expected, "{table}");
    }
    let of_relay = "select string_agg(concat_ws(' ', tablename, cmd, permissive, roles::text, regexp_replace(
            concat_ws(' ', qual, with_check), '\\s+', ' ', 'g')), e'\\n' order by tablename, cmd, permissive)
        from pg_policies where schemaname = 'directory' and policyname <> 'tenant' and tablename <> 'act'";
    let expected = "event_log DELETE PERMISSIVE {illuxi_relay} true\n\
        event_log DELETE RESTRICTIVE {illuxi_relay} (NOT (EXISTS ( SELECT FROM directory.outbox \
        WHERE (outbox.event_id = event_log.event_id))))\n\
        event_log SELECT PERMISSIVE {illuxi_relay} true\n\
        outbox DELETE PERMISSIVE {illuxi_relay} true\n\
        outbox INSERT PERMISSIVE {illuxi_relay} true\n\
        outbox INSERT RESTRICTIVE {illuxi_relay} replayed\n\
        outbox SELECT PERMISSIVE {illuxi_relay} true\n\
        outbox UPDATE PERMISSIVE {illuxi_relay} true\n\
        snapshot SELECT PERMISSIVE {illuxi_relay} true\n\
        snapshot UPDATE PERMISSIVE {illuxi_relay} true";
    assert_eq!(database.query_text(of_relay).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_role_of_the_service_is_above_the_walls() {
    let database = migrated().await;
    let roles = "('illuxi_gateway', 'illuxi_relay')";
    let above = format!(
        "select count(*) from pg_roles where rolname in {roles} and (rolsuper or rolbypassrls or rolcreaterole)"
    );
    assert_eq!(database.query_i64(&above).await, 0);
    let owned = format!(
        "select count(*) from pg_class join pg_roles on pg_roles.oid = relowner where rolname in {roles}"
    );
    assert_eq!(database.query_i64(&owned).await, 0);
    let member = "select pg_has_role('illuxi_gateway', 'illuxi_relay', 'member')::int";
    assert_eq!(database.query_i64(member).await, 0, "the relay's policies are not the gateway's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_says_nothing_sees_nothing() {
    let database = migrated().await;
    furnished(&database).await;
    let client = session(&database, "illuxi_gateway", None).await;
    for setting in ["", "set illuxi.integration = ''"] {
        client.batch_execute(setting).await.unwrap();
        for table in tables(&database).await {
            assert_eq!(count(&client, &table).await, 0, "{table} {setting}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_touches_no_row_of_another_integration() {
    let database = migrated().await;
    furnished(&database).await;
    let client = session(&database, "illuxi_gateway", Some(MINE)).await;
    let (mine, theirs) = (MINE.0, THEIRS.0);
    for table in tables(&database).await {
        let of = async |of: Uuid| {
            database
                .query_i64(&format!("select count(*) from directory.{table} where integration_id = '{of}'"))
                .await
        };
        let before = of(theirs).await;
        assert!(before > 0 && of(mine).await > 0, "{table} has rows of both");
        assert_eq!(count(&client, &table).await, of(mine).await, "{table}");
        for statement in
            ["update directory.{} set integration_id = integration_id", "delete from directory.{}"]
        {
            let statement = statement.replace("{}", &table);
            let touched =
                client.execute(&format!("{statement} where integration_id = '{theirs}'"), &[]).await;
            assert_eq!(touched.unwrap(), 0, "{statement}");
        }
        let given_away = format!("update directory.{table} set integration_id = '{theirs}'");
        refused(&client, &given_away).await;
        let columns = database
            .query_text(&format!(
                "select string_agg(quote_ident(column_name), ', ') from information_schema.columns
                where table_schema = 'directory' and table_name = '{table}' and is_generated = 'NEVER'
                and is_identity = 'NO' and column_name <> 'integration_id'"
            ))
            .await;
        let insert = format!(
            "insert into directory.{table} (integration_id, {columns}) select '{theirs}', {columns} from directory.{table}"
        );
        refused(&client, &insert).await;
        assert_eq!(of(theirs).await, before, "{table}");
    }
}

async fn refused(client: &Client, statement: &str) {
    let error = client.execute(statement, &[]).await.unwrap_err();
    let message = error.as_db_error().unwrap().message();
    assert!(message.starts_with("new row violates row-level security policy"), "{statement}: {message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_serves_integrations_in_turn() {
    let database = migrated().await;
    let store = furnished(&database).await;
    for _ in 0..3 {
        for (n, of) in [(1, MINE), (2, THEIRS)] {
            assert!(store.user(of, user_id(n), true).await.unwrap().is_some());
            assert!(store.user(of, user_id(3 - n), true).await.unwrap().is_none());
            assert!(
                store.integration(&integration(n, &format!("integration-{n}")).slug).await.unwrap().is_some()
            );
            assert_eq!(store.entries(of, &ALL).await.unwrap().entries.len(), 3);
        }
    }
    let edit = edit_members(MINE, group_id(1), None, add(&[user_id(2)]));
    assert!(matches!(store.commit(edit).await.unwrap(), Committed::Unchanged(_)));
    let mixed = [request(THEIRS, 7), request(MINE, 8), request(THEIRS, 9)];
    store.append(&mixed).await.unwrap();
    assert_eq!(store.entries(MINE, &ALL).await.unwrap().entries.len(), 4);
    assert_eq!(store.entries(THEIRS, &ALL).await.unwrap().entries.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_relay_sees_what_waits_in_all_integrations_and_nothing_else() {
    let database = migrated().await;
    let store = furnished(&database).await;
    let events = store.claim(RelayId(Uuid::from_u128(9)), 100, LONG_LEASE).await.unwrap();
    let mut told: Vec<_> = events.iter().map(|event| event.envelope.integration.as_str()).collect();
    told.dedup();
    assert_eq!(told, ["integration-1", "integration-2"]);
    let worker = WorkerId(Uuid::from_u128(9));
    assert!(store.claim_next(worker, LONG_LEASE).await.unwrap().is_some());

    let relay = client(&database).await;
    relay.batch_execute("set role illuxi_relay").await.unwrap();
    assert_eq!(count(&relay, "event_log").await, 6);
    assert_eq!(count(&relay, "outbox").await, 6);
    assert_eq!(count(&relay, "snapshot").await, 2);
    for forbidden in [
        "select from directory.scim_user",
        "select from directory.scim_group",
        "select from directory.group_member",
        "select from directory.user_lookup",
        "select from directory.provisioning_log",
        "select from directory.credential",
        "select from directory.act",
        "select settings from directory.integration",
        "update directory.event_log set data = ''",
        "update directory.event_log set integration_id = gen_random_uuid()",
        "update directory.event_log set committed_at = now()",
        "update directory.outbox set integration_id = gen_random_uuid()",
        "update directory.outbox set replayed = true",
        "insert into directory.outbox (event_id, attempts) values (gen_random_uuid(), 0)",
        "update directory.snapshot set chunks = 0",
        "insert into directory.event_log (event_id) values (gen_random_uuid())",
        "delete from directory.snapshot",
    ] {
        let error = relay.execute(forbidden, &[]).await.unwrap_err();
        let message = error.as_db_error().unwrap().message();
        assert!(message.starts_with("permission denied"), "{forbidden}: {message}");
    }
    let new = "insert into directory.outbox (event_id, integration_id, log_id, replayed, committed_at)
        select gen_random_uuid(), integration_id, log_id, false, committed_at from directory.outbox";
    refused(&relay, new).await;
    let forgotten = relay.execute("delete from directory.event_log", &[]).await.unwrap();
    assert_eq!(forgotten, 0, "none of them was published");
    relay.batch_execute(&format!("set illuxi.integration = '{}'", MINE.0)).await.unwrap();
    refused(&relay, &format!("{new} where integration_id = '{}'", MINE.0)).await;
    let forgotten = relay.execute("delete from directory.event_log", &[]).await.unwrap();
    assert_eq!(forgotten, 0, "working for an integration lets through no more");
    relay.batch_execute("reset illuxi.integration").await.unwrap();
    assert_eq!(store.mark_published(RelayId(Uuid::from_u128(9)), &[events[0].envelope.id]).await.unwrap(), 1);
    let forgotten = relay.execute("delete from directory.event_log", &[]).await.unwrap();
    assert_eq!(forgotten, 1, "what was published is not in the outbox");
    assert_eq!((count(&relay, "event_log").await, count(&relay, "outbox").await), (5, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_the_outbox_moves_no_event_of_another_integration() {
    let database = migrated().await;
    let store = furnished(&database).await;
    let relay = RelayId(Uuid::from_u128(9));
    let sent: Vec<_> = store.claim(relay, 100, LONG_LEASE).await.unwrap();
    let ids: Vec<_> = sent.iter().map(|event| event.envelope.id).collect();
    assert_eq!(store.mark_published(relay, &ids).await.unwrap(), 6);
    let gateway = client(&database).await;
    gateway.batch_execute("set role illuxi_gateway").await.unwrap();
    gateway.batch_execute(&format!("set illuxi.integration = '{}'", MINE.0)).await.unwrap();
    let forged = format!(
        "insert into directory.outbox (event_id, integration_id, log_id, committed_at)
         select gen_random_uuid(), '{}', log_id, now() from generate_series(1, 6) as log_id",
        MINE.0
    );
    assert_eq!(gateway.execute(&*forged, &[]).await.unwrap(), 6);
    assert_eq!(store.claim(relay, 100, LONG_LEASE).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_sees_that_events_wait_and_not_what_they_say() {
    let database = migrated().await;
    furnished(&database).await;
    let gateway = client(&database).await;
    gateway.batch_execute("set role illuxi_gateway").await.unwrap();
    let visible = "select integration_id, log_id, replayed, committed_at from directory.outbox";
    assert_eq!(gateway.query(visible, &[]).await.unwrap().len(), 0, "behind no wall there is none");
    gateway.batch_execute(&format!("set illuxi.integration = '{}'", MINE.0)).await.unwrap();
    assert_eq!(gateway.query(visible, &[]).await.unwrap().len(), 3, "of six events three are mine");
    for hidden in ["data", "event_type", "subject_id", "txn", "*"] {
        let select = format!("select {hidden} from directory.event_log");
        let error = gateway.execute(&select, &[]).await.unwrap_err();
        assert!(error.as_db_error().unwrap().message().starts_with("permission denied"), "{hidden}");
    }
    for forbidden in [
        "select claimed_by from directory.outbox",
        "select * from directory.outbox",
        "update directory.outbox set claimed_by = null",
        "delete from directory.outbox",
        "insert into directory.outbox (event_id, replayed) values (gen_random_uuid(), true)",
        "update directory.event_log set committed_at = now()",
    ] {
        let error = gateway.execute(forbidden, &[]).await.unwrap_err();
        assert!(error.as_db_error().unwrap().message().starts_with("permission denied"), "{forbidden}");
    }
}

/// The server checks foreign keys as the owner of the table, and past the walls.
#[tokio::test(flavor = "multi_thread")]
async fn foreign_keys_hold_under_an_owner_without_privileges() {
    let database = migrated().await;
    furnished(&database).await;
    let client = client(&database).await;
    let owner = format!("illuxi_test_{}", Uuid::new_v4().simple());
    // Taken back in the end, the role included.
    let another = format!(
        "begin;
        create role {owner};
        grant usage on schema directory to {owner};
        do $$
        declare
            owned text;
        begin
            for owned in select tablename from pg_tables where schemaname = 'directory' loop
                execute format('alter table directory.%I owner to {owner}', owned);
            end loop;
        end
        $$;
        set local role {owner};"
    );
    client.batch_execute(&another).await.unwrap();
    assert_eq!(count(&client, "scim_user").await, 0, "the owner is behind the walls");
    let mine = MINE.0;
    client
        .batch_execute(&format!("set role illuxi_gateway; set illuxi.integration = '{mine}'"))
        .await
        .unwrap();
    let group = group_id(1);
    let insert = async |user: UserId| {
        let insert = format!(
            "insert into directory.group_member (integration_id, group_id, user_id) values ('{mine}', '{group}', '{user}')"
        );
        client.execute(&insert, &[]).await
    };
    client.execute("delete from directory.group_member", &[]).await.unwrap();
    assert_eq!(insert(user_id(1)).await.unwrap(), 1);
    assert_eq!(count(&client, "group_member").await, 1);
    let of_another = insert(user_id(2)).await.unwrap_err();
    assert!(of_another.as_db_error().unwrap().message().contains("violates foreign key constraint"));
    client.batch_execute("rollback").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_act_of_the_last_thirty_days_is_forgotten() {
    let database = migrated().await;
    let gateway = client(&database).await;
    gateway.batch_execute("set role illuxi_gateway").await.unwrap();
    gateway
        .batch_execute(
            "insert into directory.act (id, at, subject, method, route) values
                (gen_random_uuid(), now() - interval '29 days', 'young', 'PUT', '/'),
                (gen_random_uuid(), now() - interval '31 days', 'old', 'PUT', '/')",
        )
        .await
        .unwrap();
    assert_eq!(gateway.execute("delete from directory.act", &[]).await.unwrap(), 1);
    let kept = gateway.query_one("select subject from directory.act", &[]).await.unwrap();
    assert_eq!(kept.get::<_, String>(0), "young");
}
