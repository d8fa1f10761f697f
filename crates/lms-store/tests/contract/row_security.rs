//! The second wall between integrations in PostgreSQL: what a session may see, whatever its statements say.

use diesel::dsl::sql;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use events::EventType::{GroupProvisioned, UserProvisioned};
use lms::{IntegrationSlug, LmsReader, LmsStore, Narrowed, Page};
use lms_store::OpenError;
use lms_store::postgres::{PostgresLmsStore, PostgresOptions};
use testkit::postgres::TestDatabase;
use uuid::Uuid;

use crate::fixture::{INTEGRATION, OTHER, at, group, group_event_of, members_of, scim, user, user_event_of};
use crate::world::World;

/// Tables of the schema without a wall, and why.
const WITHOUT_WALL: [(&str, &str); 3] = [
    ("provenance", "hangs on the learner, which is the LMS's, and holds digests"),
    ("exemption", "hangs on the learner, which is the LMS's"),
    ("schema_floor", "tells of the tables, and of nobody"),
];

/// Tables that hang below one with a wall.
const HANGING: [(&str, &str, &str); 3] = [
    ("reconcile_part", "reconcile_run", "run_id"),
    ("drift", "reconcile_run", "run_id"),
    ("effect_member", "effect", "effect_id"),
];

/// Views that look past the walls on purpose: four that tell little, two that are doors and have no rows.
const PAST_THE_WALLS: &str =
    "detach_some,effect_time,erase_learner,living_user,standing_membership,wanted_learner";

/// Tables with an integration that the service's role has a policy for: its column, and the table.
async fn walled(database: &TestDatabase) -> Vec<(String, String)> {
    let select = "select string_agg(column_name || ' ' || table_name, ',' order by table_name)
        from information_schema.columns join information_schema.tables using (table_schema, table_name)
        where table_schema = 'sync' and table_type = 'BASE TABLE' and table_name <> 'act'
            and (column_name = 'integration' or (table_name = 'integration' and column_name = 'slug'))";
    let all = database.query_text(select).await;
    let split =
        |entry: &str| entry.split_once(' ').map(|(column, table)| (column.to_owned(), table.to_owned()));
    all.split(',').filter_map(split).collect()
}

/// A session of a role that may do everything to every table, so that nothing but the walls is in its way.
async fn session(database: &TestDatabase, role: &str, setting: Option<&str>) -> AsyncPgConnection {
    let all = "select, insert, update, delete on all tables in schema sync";
    database.execute(&format!("grant {all} to illuxi_user_sync")).await;
    let mut connection = AsyncPgConnection::establish(database.url()).await.unwrap();
    connection.batch_execute(&format!("set role {role}")).await.unwrap();
    if let Some(setting) = setting {
        connection.batch_execute(&format!("set illuxi.integrations = '{setting}'")).await.unwrap();
    }
    connection
}

async fn count(connection: &mut AsyncPgConnection, from: &str) -> i64 {
    let count = diesel::select(sql::<BigInt>(&format!("(select count(*) from {from})")));
    diesel_async::RunQueryDsl::get_result(count, connection).await.unwrap()
}

#[expect(clippy::disallowed_methods, reason = "each statement is executed once")]
async fn touched(connection: &mut AsyncPgConnection, statement: &str) -> usize {
    diesel_async::RunQueryDsl::execute(diesel::sql_query(statement), connection).await.unwrap()
}

async fn refusal(connection: &mut AsyncPgConnection, statement: &str) -> String {
    connection.batch_execute(statement).await.expect_err(statement).to_string()
}

/// Two integrations with a row in every table, and with the same ids wherever these may be the same.
async fn furnished() -> World {
    let world = World::postgres().await;
    for (n, integration) in [(1, INTEGRATION), (2, OTHER)] {
        let batch = [
            user_event_of(integration, UserProvisioned, 1, at(1), user("ana")),
            group_event_of(integration, GroupProvisioned, 50, at(1), group("Sales")),
            members_of(integration, 50, at(2), &[1], &[]),
        ];
        world.handle(&batch).await;
        let key = format!(
            "select slug, learner_id from sync.integration join lms.learner on integration = slug
            where slug = '{integration}'"
        );
        let id = scim(n);
        world
            .execute(&format!(
                "insert into sync.rules (integration, version, document, saved_by)
                     values ('{integration}', 1, '{{}}', 'ops');
                 insert into sync.hold (hold_id, integration, departed, active) values ('{id}', '{integration}', 1, 1);
                 insert into sync.departure (integration, minute, people) values ('{integration}', now(), 1);
                 insert into sync.adoption (integration, scim_id, learner_id, matched)
                     select slug, '{id}', learner_id, '[]' from ({key}) as known;
                 insert into sync.conflict (integration, learner_id, kind, rules_version, event_id, request_id)
                     select slug, learner_id, 'reverted', 0, '{id}', '{id}' from ({key}) as known;
                 insert into sync.recheck (integration, kind, scim_id) values ('{integration}', 'user', '{id}');
                 insert into sync.reconcile_run (run_id, integration) values ('{id}', '{integration}');
                 insert into sync.reconcile_part (run_id, number) values ('{id}', 1);
                 insert into sync.drift (run_id, kind, scim_id) values ('{id}', 'extra_user', '{id}');
                 insert into sync.erasure (integration, learner_id, reason, requested_by)
                     select slug, learner_id, 'asked', 'ops' from ({key}) as known;
                 insert into sync.finding (integration, portal_id, kind, detail)
                     select slug, portal_id, 'x', '' from sync.integration where slug = '{integration}';
                 insert into sync.parked_event (event_id, integration, reason_code, reason, routing_key, content_type,
                     attributes, body) values ('{id}', '{integration}', 'x', '', '', '', '{{}}', '');"
            ))
            .await;
    }
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_of_integrations_has_a_wall() {
    let world = World::postgres().await;
    let database = world.database();
    let mut walls = Vec::new();
    for (column, table) in walled(database).await {
        let setting = "(( SELECT (NULLIF(current_setting('illuxi.integrations'::text, true), ''::text))::text[] AS \"nullif\")::text[])";
        let mine = format!("(COALESCE({column}, ''::text) = ANY {setting})");
        walls.push((table, format!("{mine} {mine}")));
    }
    assert!(walls.len() >= 15, "{walls:?}");
    for (table, above, key) in HANGING {
        let visible =
            format!("(EXISTS ( SELECT FROM sync.{above} above WHERE (above.{key} = {table}.{key})))");
        walls.push((table.to_owned(), visible));
    }
    for (table, wall) in &walls {
        let policy = format!(
            "select concat_ws(' ', cmd, permissive, roles::text, regexp_replace(qual, '\\s+', ' ', 'g'), with_check)
             from pg_policies where schemaname = 'sync' and tablename = '{table}' and roles <> '{{illuxi_caretaker}}'"
        );
        let expected = format!("ALL PERMISSIVE {{illuxi_user_sync}} {wall}");
        assert_eq!(database.query_text(&policy).await, expected, "{table}");
    }
    let known: Vec<&str> = walls.iter().map(|(table, _)| table.as_str()).chain(["act"]).collect();
    let open = format!(
        "select coalesce(string_agg(relname, ',' order by relname), '') from pg_class
         where relnamespace = 'sync'::regnamespace and relkind = 'r' and relname not like '\\_\\_diesel%'
             and not (relrowsecurity and relname = any('{{{}}}'))",
        known.join(",")
    );
    let mut expected = WITHOUT_WALL.map(|(table, _)| table);
    expected.sort_unstable();
    assert_eq!(database.query_text(&open).await, expected.join(","));
    let acts = "select string_agg(roles::text, ',') from pg_policies where schemaname = 'sync' and tablename = 'act'";
    assert_eq!(database.query_text(acts).await, "{illuxi_caretaker},{illuxi_caretaker}");
}

#[tokio::test(flavor = "multi_thread")]
async fn views_look_past_the_walls_by_name_only() {
    let world = World::postgres().await;
    let select = "select string_agg(relname, ',' order by relname) from pg_class
        where relnamespace = 'sync'::regnamespace and relkind = 'v'
            and not coalesce('security_invoker=true' = any(reloptions), false)";
    assert_eq!(world.text(select).await, PAST_THE_WALLS);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_role_of_the_service_is_above_the_walls() {
    let world = World::postgres().await;
    let roles = "('illuxi_user_sync', 'illuxi_caretaker')";
    let above = format!("pg_roles where rolname in {roles} and (rolsuper or rolbypassrls or rolcreaterole)");
    assert_eq!(world.count(&above).await, 0);
    let owned = format!("pg_class join pg_roles on pg_roles.oid = relowner where rolname in {roles}");
    assert_eq!(world.count(&owned).await, 0);
    let member = "select (pg_has_role('illuxi_user_sync', 'illuxi_caretaker', 'member')
        or pg_has_role('illuxi_caretaker', 'illuxi_user_sync', 'member'))::text";
    assert_eq!(world.text(member).await, "false", "the policies of the one are not the other's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_says_nothing_sees_nothing() {
    let world = furnished().await;
    for setting in [None, Some(""), Some("{}"), Some(r#"{""}"#), Some("{acme}")] {
        let mut session = session(world.database(), "illuxi_user_sync", setting).await;
        for (_, table) in walled(world.database()).await {
            assert_eq!(count(&mut session, &format!("sync.{table}")).await, 0, "{table} {setting:?}");
        }
        for (table, _, _) in HANGING {
            assert_eq!(count(&mut session, &format!("sync.{table}")).await, 0, "{table} {setting:?}");
        }
        assert_eq!(
            count(&mut session, "sync.act").await + count(&mut session, "sync.derived_membership").await,
            0
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_touches_no_row_of_another_integration() {
    let world = furnished().await;
    let mut session =
        session(world.database(), "illuxi_user_sync", Some(&format!("{{{INTEGRATION}}}"))).await;
    for (column, table) in walled(world.database()).await {
        let of = async |integration: &str| {
            world.count(&format!("sync.{table} where {column} = '{integration}'")).await
        };
        let before = of(OTHER).await;
        assert!(before > 0 && of(INTEGRATION).await > 0, "{table} has rows of both");
        assert_eq!(count(&mut session, &format!("sync.{table}")).await, of(INTEGRATION).await, "{table}");
        for statement in
            [format!("update sync.{table} set {column} = {column}"), format!("delete from sync.{table}")]
        {
            let theirs = format!("{statement} where {column} = '{OTHER}'");
            assert_eq!(touched(&mut session, &theirs).await, 0, "{theirs}");
        }
        let columns = world
            .text(&format!(
                "select string_agg(quote_ident(column_name), ', ') from information_schema.columns
                 where table_schema = 'sync' and table_name = '{table}' and is_identity = 'NO'
                     and column_name <> '{column}'"
            ))
            .await;
        for statement in [
            format!("update sync.{table} set {column} = '{OTHER}'"),
            format!(
                "insert into sync.{table} ({column}, {columns}) select '{OTHER}', {columns} from sync.{table}"
            ),
        ] {
            let message = refusal(&mut session, &statement).await;
            assert!(
                message.starts_with("new row violates row-level security policy"),
                "{statement}: {message}"
            );
        }
        assert_eq!(of(OTHER).await, before, "{table}");
    }
    for (table, above, key) in HANGING {
        assert_eq!(count(&mut session, &format!("sync.{table}")).await, 1, "{table}");
        let of_another = world
            .text(&format!(
                "select {key} from sync.{above} where integration = '{OTHER}' order by {key} limit 1"
            ))
            .await;
        let moved = format!("update sync.{table} set {key} = '{of_another}'");
        let message = refusal(&mut session, &moved).await;
        assert!(message.starts_with("new row violates row-level security policy"), "{moved}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_may_work_for_several() {
    let world = furnished().await;
    let both = format!("{{{INTEGRATION},{OTHER}}}");
    let mut session = session(world.database(), "illuxi_user_sync", Some(&both)).await;
    for (_, table) in walled(world.database()).await {
        let all = world.count(&format!("sync.{table}")).await;
        assert_eq!(count(&mut session, &format!("sync.{table}")).await, all, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_serves_integrations_in_turn() {
    let world = World::postgres().await;
    let options = PostgresOptions { pool_size: 1, caretaker_pool_size: 1, ..PostgresOptions::default() };
    let store = PostgresLmsStore::connect(world.database().url(), options).await.unwrap();
    let sync = lms::DirectorySync::new(std::sync::Arc::new(store.clone()));
    let page = Page { after: None, limit: 10 };
    for version in 1..4 {
        let mut batch = Vec::new();
        for integration in [INTEGRATION, OTHER] {
            let name = format!("ana{version}");
            batch.push(user_event_of(integration, UserProvisioned, 1, at(version), user(&name)));
        }
        events::EventHandler::handle(&sync, &batch).await.unwrap();
        for integration in [INTEGRATION, OTHER] {
            let slug = IntegrationSlug(integration.to_owned());
            let learners = store.learners(&slug, Narrowed::No, page).await.unwrap();
            assert_eq!((learners.len(), learners[0].scim_id.0), (1, scim(1)));
            let heard = lms::admin::Integrations::integration(&store, &slug).await.unwrap();
            assert!(heard.is_some(), "{integration}");
        }
        store.probe().await.unwrap();
    }
    assert_eq!(world.count("sync.inbox").await, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_caretaker_sees_what_is_due_in_all_integrations_and_nothing_else() {
    let world = furnished().await;
    world.execute("update sync.parked_event set is_urgent = true").await;
    world.execute(&format!("update sync.recheck set scim_id = '{}'", scim(1))).await;
    assert_eq!(world.store.due_parked(10).await.unwrap().len(), 2);
    assert_eq!(world.store.due_rechecks(10).await.unwrap().len(), 2);
    let mut caretaker = AsyncPgConnection::establish(world.database().url()).await.unwrap();
    caretaker.batch_execute("set role illuxi_caretaker").await.unwrap();
    for (from, rows) in [("sync.parked_event", 2), ("sync.recheck", 2), ("sync.act", 0)] {
        assert_eq!(count(&mut caretaker, from).await, rows, "{from}");
    }
    for forbidden in [
        "select from lms.learner",
        "select from lms.cohort",
        "select from lms.training_record",
        "select from sync.rules",
        "select departed from sync.hold",
        "select from sync.conflict",
        "select from sync.erasure",
        "select from sync.edge",
        "select outcome from sync.inbox",
        "select from sync.provenance",
        "select reason from sync.exemption",
        "select state from sync.link",
        "select changed from sync.effect",
        "update sync.link set waits = null",
        "update sync.integration set state = 'detached'",
        "update sync.exemption set ends_at = now()",
        "update sync.act set subject = ''",
        "delete from sync.parked_event",
        "delete from sync.recheck",
        "delete from sync.link",
    ] {
        let message = refusal(&mut caretaker, forbidden).await;
        assert!(message.starts_with("permission denied"), "{forbidden}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_act_of_the_last_thirty_days_is_forgotten() {
    let world = World::postgres().await;
    let mut caretaker = AsyncPgConnection::establish(world.database().url()).await.unwrap();
    let acts = "set role illuxi_caretaker;
        insert into sync.act (id, at, subject, method, route) values
            (gen_random_uuid(), now() - interval '29 days', 'young', 'PUT', '/'),
            (gen_random_uuid(), now() - interval '31 days', 'old', 'PUT', '/');
        delete from sync.act";
    caretaker.batch_execute(acts).await.unwrap();
    assert_eq!(world.database().query_text("select string_agg(subject, ',') from sync.act").await, "young");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_events_reads_no_acts() {
    let world = World::postgres().await;
    let mut service = AsyncPgConnection::establish(world.database().url()).await.unwrap();
    service.batch_execute("set role illuxi_user_sync").await.unwrap();
    for forbidden in ["select from sync.act", "delete from sync.act", "delete from sync.effect"] {
        assert!(refusal(&mut service, forbidden).await.starts_with("permission denied"), "{forbidden}");
    }
}

/// Neither an owner without privileges nor a program of the LMS knows of the setting.
#[tokio::test(flavor = "multi_thread")]
async fn programs_of_the_lms_and_triggers_work_as_without_walls() {
    let world = World::postgres().await;
    world.apply(user_event_of(INTEGRATION, UserProvisioned, 1, at(1), user("ana"))).await;
    world.apply(user_event_of(OTHER, UserProvisioned, 1, at(1), user("bea"))).await;
    world
        .execute("insert into lms.role_grant (learner_id, role) select learner_id, 'admin' from lms.learner")
        .await;
    let mut connection = AsyncPgConnection::establish(world.database().url()).await.unwrap();
    let (owner, program) = (role_name(), role_name());
    // Taken back in the end, the roles included.
    let handed_over = format!(
        "begin;
         create role {owner};
         create role {program};
         grant usage on schema lms, sync to {owner};
         grant usage on schema lms to {program};
         grant select, update on lms.learner to {program};
         do $$
         declare
             owned record;
         begin
             for owned in select relnamespace::regnamespace as schema, relname from pg_class
                 where relnamespace in ('lms'::regnamespace, 'sync'::regnamespace) and relkind in ('r', 'v') loop
                 execute format('alter table %s.%I owner to {owner}', owned.schema, owned.relname);
             end loop;
             for owned in select oid::regprocedure as name from pg_proc
                 where pronamespace in ('lms'::regnamespace, 'sync'::regnamespace) loop
                 execute format('alter function %s owner to {owner}', owned.name);
             end loop;
         end
         $$;
         set local role {program};"
    );
    connection.batch_execute(&handed_over).await.unwrap();
    let leave = |name: &str| {
        format!(
            "update lms.learner set status = 'inactive', inactive_reason = 'admin' where given_name = '{name}'"
        )
    };
    assert_eq!(touched(&mut connection, &leave("ana")).await, 1);
    // A session of the service: its trigger looks for findings that its own walls hide.
    connection
        .batch_execute(&format!("set local role illuxi_user_sync; set illuxi.integrations = '{{{OTHER}}}'"))
        .await
        .unwrap();
    assert_eq!(touched(&mut connection, &leave("bea")).await, 1);
    assert_eq!(count(&mut connection, "sync.finding where kind = 'portal_without_admin'").await, 1);
    connection.batch_execute(&format!("set local role {owner}")).await.unwrap();
    assert_eq!(count(&mut connection, "sync.finding where kind = 'portal_without_admin'").await, 2);
    connection.batch_execute("set local role illuxi_user_sync").await.unwrap();
    assert_eq!(count(&mut connection, "sync.living_user").await, 2, "past the walls, and by name");
    assert_eq!(count(&mut connection, "sync.link").await, 1);
    let of_nobody = format!(
        "insert into sync.recheck (integration, kind, scim_id) values ('{OTHER}', 'user', '{}')",
        Uuid::nil()
    );
    assert_eq!(touched(&mut connection, &of_nobody).await, 1, "foreign keys are looked at as the owner");
    connection.batch_execute("rollback").await.unwrap();
}

fn role_name() -> String {
    format!("illuxi_test_{}", Uuid::new_v4().simple())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_above_the_walls_is_not_worked_with() {
    let world = World::postgres().await;
    world.execute("alter table sync.link disable row level security").await;
    let opened = PostgresLmsStore::connect(world.database().url(), PostgresOptions::default()).await;
    assert!(matches!(opened.err(), Some(OpenError::TooPowerful("see the rows of every integration"))));
}

/// Whoever is let in as the service may make what it likes in its session's own schema, which the server searches first
/// unless a path names it last, for types also where the path is empty.
#[tokio::test(flavor = "multi_thread")]
async fn functions_of_the_owner_take_nothing_from_the_sessions_own_schema() {
    let database = TestDatabase::create().await;
    lms_store::postgres::migrate(database.url()).await.unwrap();
    let open = "select coalesce(string_agg(oid::regprocedure::text, ', '), '') from pg_proc
        where pronamespace in ('lms'::regnamespace, 'sync'::regnamespace)
            and not coalesce(proconfig, '{}') @> array['search_path=pg_catalog, pg_temp']";
    assert_eq!(database.query_text(open).await, "");

    let mut connection = AsyncPgConnection::establish(database.url()).await.unwrap();
    let planted = "set role illuxi_user_sync;
        create function pg_temp.tell() returns real language plpgsql as
            $$ begin perform set_config('planted.ran_as', current_user, false); return 0; end $$;
        create temp view pg_class as select oid, pg_temp.tell() as reltuples from pg_catalog.pg_class;
        grant select on pg_temp.pg_class to public;
        select sync.renew_statistics();";
    connection.batch_execute(planted).await.unwrap();
    assert_eq!(
        count(&mut connection, "(select) as one where current_setting('planted.ran_as', true) <> ''").await,
        0
    );
}
