//! The way back from the tables of learning.

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::sql_types::Text;
use diesel::{Connection, RunQueryDsl, SqliteConnection};
use testkit::postgres::TestDatabase;

const POSTGRES: [&str; 3] = [
    include_str!("../../migrations/postgres/2026-01-10-000000_create_lms/up.sql"),
    include_str!("../../migrations/postgres/2026-01-11-000000_create_learning/up.sql"),
    include_str!("../../migrations/postgres/2026-01-11-000000_create_learning/down.sql"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_in_postgresql_restores_every_table_trigger_and_right() {
    const SCHEMA: &str = "
        select string_agg(line, e'\\n' order by line) from (
            select format('%s %s %s %s', attrelid::regclass, attname, atttypid::regtype, attacl) as line
            from pg_attribute join pg_class on pg_class.oid = attrelid
            where relnamespace in ('lms'::regnamespace, 'sync'::regnamespace) and attnum > 0 and not attisdropped
            union all
            select format('%s %s %s', oid::regclass, relkind, relacl) from pg_class
            where relnamespace in ('lms'::regnamespace, 'sync'::regnamespace)
            union all
            select format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint
            where connamespace in ('lms'::regnamespace, 'sync'::regnamespace)
            union all
            select pg_get_triggerdef(pg_trigger.oid) from pg_trigger
            join pg_class on pg_class.oid = tgrelid where relnamespace = 'lms'::regnamespace and not tgisinternal
            union all
            select format('%s %s', oid::regprocedure, proacl) from pg_proc
            where pronamespace in ('lms'::regnamespace, 'sync'::regnamespace)
        ) as described (line)";
    let database = TestDatabase::create().await;
    let [create_lms, up, down] = POSTGRES;
    database.execute(create_lms).await;
    let before = database.query_text(SCHEMA).await;
    database.execute(up).await;
    assert_ne!(database.query_text(SCHEMA).await, before);
    database.execute(down).await;
    assert_eq!(database.query_text(SCHEMA).await, before);
    database.execute(up).await;
}

const SQLITE: [&str; 3] = [
    include_str!("../../migrations/sqlite/2026-01-10-000000_create_lms/up.sql"),
    include_str!("../../migrations/sqlite/2026-01-11-000000_create_learning/up.sql"),
    include_str!("../../migrations/sqlite/2026-01-11-000000_create_learning/down.sql"),
];

#[test]
fn the_way_back_in_sqlite_restores_every_table_and_trigger() {
    // A table that counts its ids makes SQLite keep one of its own, which cannot be dropped.
    const SCHEMA: &str = "(select group_concat(name || sql, ';') from (select name, sql from sqlite_master
          where sql is not null and name <> 'sqlite_sequence' order by name))";
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    let mut schema_after = |script: &str| {
        connection.batch_execute(script).unwrap();
        let schema: String = diesel::select(sql::<Text>(SCHEMA)).get_result(&mut connection).unwrap();
        schema
    };
    let [create_lms, up, down] = SQLITE;
    let before = schema_after(create_lms);
    assert_ne!(schema_after(up), before);
    assert_eq!(schema_after(down), before);
    schema_after(up);
}
