//! Every migration can be taken back, and leaves what was there before it.

use std::path::PathBuf;

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::sql_types::Text;
use diesel::{Connection, RunQueryDsl, SqliteConnection};
use testkit::migrations::there_and_back;
use testkit::postgres::TestDatabase;
use testkit::postgres_schema::describe;

fn folder(of: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "migrations", of].iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_back_in_postgresql_restores_what_was_there_before() {
    let database = TestDatabase::create().await;
    // As it is made before the first one runs.
    let prepare = "create schema sync; create table sync.__diesel_schema_migrations (
        version varchar(50) primary key, run_on timestamp not null default current_timestamp)";
    database.execute(prepare).await;
    there_and_back(&folder("postgres"), async |script| {
        database.execute(script).await;
        describe(&database, &["lms", "sync"]).await
    })
    .await;
}

/// Of SQLite's own tables one stays that counts ids, and cannot be dropped.
const MADE: &str =
    "(select coalesce(group_concat(name || sql, ';'), '') from (select name, sql from sqlite_master
    where sql is not null and name <> 'sqlite_sequence' order by name))";

#[tokio::test]
async fn each_way_back_in_sqlite_restores_what_was_there_before() {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    there_and_back(&folder("sqlite"), async |script| -> String {
        connection.batch_execute(script).unwrap();
        diesel::select(sql::<Text>(MADE)).get_result(&mut connection).unwrap()
    })
    .await;
}
