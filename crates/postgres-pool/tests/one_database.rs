//! Services in one database, and their replicas.
#![cfg(test)]

use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use postgres_pool::{Migrations, PoolError};
use testkit::postgres::TestDatabase;
use tokio::task::JoinSet;

const LEFT: EmbeddedMigrations = embed_migrations!("tests/migrations/left");
const RIGHT: EmbeddedMigrations = embed_migrations!("tests/migrations/right");

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
