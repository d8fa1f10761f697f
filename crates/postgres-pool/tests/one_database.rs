//! Services in one database, and their replicas.
#![cfg(test)]

use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use postgres_pool::{Migrations, PoolError, Refusal, SchemaError};
use testkit::postgres::TestDatabase;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const LEFT: EmbeddedMigrations = embed_migrations!("tests/migrations/left");
const RIGHT: EmbeddedMigrations = embed_migrations!("tests/migrations/right");
const FLOOR: EmbeddedMigrations = embed_migrations!("tests/migrations/floor");

fn migrations(schema: &'static str, lock: i64, embedded: EmbeddedMigrations) -> Migrations {
    Migrations { application_name: "test", schema, lock, embedded }
}

async fn notes(database: &TestDatabase) -> String {
    database
        .query_text(
            "select coalesce(string_agg(schemaname, ',' order by schemaname), '')
             from pg_tables where tablename = 'note'",
        )
        .await
}

#[tokio::test]
async fn migrations_of_the_same_version_do_not_hide_each_other() {
    let database = TestDatabase::create().await;
    migrations("left", 1, LEFT).run(database.url()).await.unwrap();
    migrations("right", 2, RIGHT).run(database.url()).await.unwrap();
    assert_eq!(notes(&database).await, "left,right");
    migrations("left", 1, LEFT).revert(database.url()).await.unwrap();
    assert_eq!(notes(&database).await, "right");
    migrations("left", 1, LEFT).run(database.url()).await.unwrap();
    assert_eq!(notes(&database).await, "left,right");
}

#[tokio::test]
async fn replicas_of_both_may_migrate_together() {
    let database = TestDatabase::create().await;
    let mut replicas = JoinSet::new();
    for _ in 0..3 {
        for one in [migrations("left", 1, LEFT), migrations("right", 2, RIGHT)] {
            let url = database.url().to_owned();
            replicas.spawn(async move { one.run(&url).await });
        }
    }
    for migrated in replicas.join_all().await {
        migrated.unwrap();
    }
    assert_eq!(notes(&database).await, "left,right");
}

#[tokio::test]
async fn an_error_tells_the_address_the_server_and_the_migration_apart() {
    let run = async |url: &str| migrations("left", 1, LEFT).run(url).await;
    assert!(matches!(run("amqp://localhost").await, Err(PoolError::Address(_))));
    assert!(matches!(run("postgres://nobody@127.0.0.1:1/nothing").await, Err(PoolError::Away(_))));
    let database = TestDatabase::create().await;
    database.execute("create schema \"left\"; create table \"left\".note (id int)").await;
    assert!(matches!(run(database.url()).await, Err(PoolError::Migration(_))));
}

/// What a program that knows two migrations is told.
async fn check(database: &TestDatabase) -> Result<(), PoolError> {
    migrations("floor", 3, FLOOR).check(database.url(), &[]).await
}

#[tokio::test]
async fn a_schema_may_be_newer_unless_it_says_for_whom_and_never_older() {
    let database = TestDatabase::create().await;
    assert!(matches!(
        check(&database).await,
        Err(PoolError::Schema(SchemaError::Missing { schema: "floor" }))
    ));
    migrations("floor", 3, FLOOR).run(database.url()).await.unwrap();
    check(&database).await.unwrap();

    // The next version adds a column.
    let list = "\"floor\".__diesel_schema_migrations";
    database
        .execute(&format!(
            "alter table \"floor\".note add column text text; insert into {list} (version) values ('20270101000000')"
        ))
        .await;
    check(&database).await.unwrap();
    // One later moves its programs to it, and says so by a migration that makes nothing; the one after that drops what only
    // older programs use.
    database
        .execute(&format!("insert into {list} (version) values ('20270201000000'), ('20270301000000')"))
        .await;
    check(&database).await.unwrap();
    database.execute("insert into \"floor\".schema_floor values ('20270201000000')").await;
    let refused = check(&database).await.unwrap_err();
    assert!(
        matches!(&refused, PoolError::Schema(SchemaError::Newer { needs, .. }) if needs == "20270201000000")
    );
    assert!(!refused.is_away());
    // Whoever knows a migration that is named may go on.
    database.execute("update \"floor\".schema_floor set migration = '20260101000000'").await;
    check(&database).await.unwrap();

    database.execute(&format!("delete from {list} where version = '20260102000000'")).await;
    let refused = check(&database).await;
    assert!(
        matches!(&refused, Err(PoolError::Schema(SchemaError::Older { lacks, .. })) if lacks == "20260102000000"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_schema_from_before_floors_is_older() {
    let database = TestDatabase::create().await;
    migrations("left", 1, LEFT).run(database.url()).await.unwrap();
    let refused = migrations("left", 1, LEFT).check(database.url(), &[]).await;
    assert!(
        matches!(&refused, Err(PoolError::Schema(SchemaError::Older { lacks, .. })) if lacks == "20260101000000"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_away_and_one_that_refuses_is_not() {
    let ask = async |url: &str| migrations("floor", 3, FLOOR).check(url, &[]).await.unwrap_err();
    assert!(ask("postgres://nobody@127.0.0.1:1/nothing").await.is_away());
    let unresolved = ask("postgres://nobody@nowhere.invalid/nothing").await;
    assert!(unresolved.is_away());
    let words = "cannot resolve the host name \"nowhere.invalid\": error connecting to server: failed to lookup address \
                 information";
    assert!(lines(&unresolved)[1].starts_with(words), "{unresolved:?}");
    let database = TestDatabase::create().await;
    let refused = ask(&format!("{}_not", database.url())).await;
    assert!(matches!(refused, PoolError::Refused { refusal: Refusal::NoDatabase, .. }), "{refused:?}");
    migrations("floor", 3, FLOOR).run(database.url()).await.unwrap();
    let refused = migrations("floor", 3, FLOOR).check(database.url(), &["no_such_role"]).await.unwrap_err();
    assert!(
        matches!(&refused, PoolError::Refused { refusal: Refusal::Role(role), .. } if role == "no_such_role"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_server_without_tls_refuses_an_address_that_requires_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://nobody@{}/nothing?sslmode=verify-full", listener.local_addr().unwrap());
    let answering = tokio::spawn(async move {
        let (mut asked, _) = listener.accept().await.unwrap();
        // SSLRequest, and the answer of a server that is not able to (protocol 3.0, "SSL Session Encryption").
        asked.read_exact(&mut [0; 8]).await.unwrap();
        asked.write_all(b"N").await.unwrap();
    });
    let refused = migrations("floor", 3, FLOOR).check(&url, &[]).await.unwrap_err();
    assert_eq!(
        lines(&refused),
        [
            "the server speaks no TLS: let it, or leave `sslmode` out of the address",
            "error performing TLS handshake: server does not support TLS"
        ]
    );
    answering.await.unwrap();
}

#[tokio::test]
async fn only_what_the_server_says_of_rights_is_told_as_such() {
    let database = TestDatabase::create().await;
    migrations("floor", 3, FLOOR).run(database.url()).await.unwrap();
    // A role that every server has, and that owns nothing here.
    let as_stranger = migrations("floor", 3, FLOOR).check(database.url(), &["pg_signal_backend"]).await;
    assert_eq!(
        lines(&as_stranger.unwrap_err()),
        [
            "the user has no right to use this database: grant it, or correct user or database",
            "permission denied for schema floor"
        ]
    );

    // Somebody has been at work there.
    database.execute("alter table \"floor\".schema_floor rename column migration to version").await;
    let refused = check(&database).await.unwrap_err();
    assert_eq!(lines(&refused), ["column \"migration\" does not exist"]);
    assert!(!refused.is_away());
    database.execute("alter table \"floor\".schema_floor rename column version to migration").await;
    check(&database).await.unwrap();
}

#[tokio::test]
async fn a_migration_that_fails_gives_the_words_of_the_server() {
    let database = TestDatabase::create().await;
    database.execute("create schema \"left\"; create table \"left\".note (id int)").await;
    let refused = migrations("left", 1, LEFT).run(database.url()).await.unwrap_err();
    let lines = lines(&refused);
    assert_eq!(lines[0], "the migrations did not run to their end");
    assert!(lines[1].ends_with("relation \"note\" already exists"), "{lines:?}");
    assert!(!refused.is_away());
}

#[tokio::test]
async fn a_server_that_takes_no_writes_for_now_is_away_for_who_migrates_and_not_for_who_asks() {
    let database = TestDatabase::create().await;
    migrations("floor", 3, FLOOR).run(database.url()).await.unwrap();
    let read_only = format!("{}?options=-c%20default_transaction_read_only%3Don", database.url());
    migrations("floor", 3, FLOOR).check(&read_only, &[]).await.unwrap();
    let refused = migrations("left", 1, LEFT).run(&read_only).await.unwrap_err();
    assert_eq!(
        lines(&refused),
        ["the database gave no connection", "cannot execute CREATE SCHEMA in a read-only transaction"]
    );
    assert!(refused.is_away());
}

/// An error, and what it came from.
fn lines(error: &PoolError) -> Vec<String> {
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    causes.map(ToString::to_string).collect()
}
