//! Services in one database, and their replicas.
#![cfg(test)]

use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use postgres_pool::{Migrations, PoolError, Refusal, SchemaError};
use testkit::postgres::TestDatabase;
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
