//! Every migration can be taken back, and leaves what was there before it.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::sql_types::Text;
use diesel::{Connection, RunQueryDsl, SqliteConnection};
use testkit::postgres::TestDatabase;
use testkit::postgres_schema::describe;

/// There and back, in the order in which they run.
fn migrations(of: &str) -> Vec<(PathBuf, [String; 2])> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(of);
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let scripts = |folder: PathBuf| {
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let scripts = ["up.sql", "down.sql"].map(read);
        (folder, scripts)
    };
    folders.into_iter().map(scripts).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_back_in_postgresql_restores_what_was_there_before() {
    let database = TestDatabase::create().await;
    // As it is made before the first one runs.
    let prepare = "create schema sync; create table sync.__diesel_schema_migrations (
        version varchar(50) primary key, run_on timestamp not null default current_timestamp)";
    database.execute(prepare).await;
    let schemas = ["lms", "sync"];
    let empty = describe(&database, &schemas).await;
    let migrations = migrations("postgres");
    for (name, [up, down]) in &migrations {
        let before = describe(&database, &schemas).await;
        database.execute(up).await;
        let after = describe(&database, &schemas).await;
        assert_ne!(before, after, "{}", name.display());
        database.execute(down).await;
        assert_eq!(describe(&database, &schemas).await, before, "{}", name.display());
        database.execute(up).await;
        assert_eq!(describe(&database, &schemas).await, after, "{}", name.display());
    }
    let full = describe(&database, &schemas).await;
    for (_, [_, down]) in migrations.iter().rev() {
        database.execute(down).await;
    }
    assert_eq!(describe(&database, &schemas).await, empty);
    for (_, [up, _]) in &migrations {
        database.execute(up).await;
    }
    assert_eq!(describe(&database, &schemas).await, full);
}

/// Of SQLite's own tables one stays that counts ids, and cannot be dropped.
const MADE: &str =
    "(select coalesce(group_concat(name || sql, ';'), '') from (select name, sql from sqlite_master
    where sql is not null and name <> 'sqlite_sequence' order by name))";

#[test]
fn each_way_back_in_sqlite_restores_what_was_there_before() {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    let mut made_after = |script: &str| -> String {
        connection.batch_execute(script).unwrap();
        diesel::select(sql::<Text>(MADE)).get_result(&mut connection).unwrap()
    };
    let migrations = migrations("sqlite");
    let mut before = made_after("select 1");
    for (name, [up, down]) in &migrations {
        let after = made_after(up);
        assert_ne!(before, after, "{}", name.display());
        assert_eq!(made_after(down), before, "{}", name.display());
        assert_eq!(made_after(up), after, "{}", name.display());
        before = after;
    }
    for (_, [_, down]) in migrations.iter().rev() {
        made_after(down);
    }
    assert_eq!(made_after("select 1"), "");
    for (_, [up, _]) in &migrations {
        made_after(up);
    }
    assert_eq!(made_after("select 1"), before);
}
