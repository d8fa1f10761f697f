use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use lms_store::OpenError;
use lms_store::postgres::{PostgresLmsStore, PostgresOptions};

use crate::fixture::{at, provisioned, user};
use crate::world::World;

async fn world_with_records(world: World) -> World {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let learner = world.learner().await;
    world.record_training(&learner).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_role_reaches_nothing_that_is_not_its_own() {
    let world = world_with_records(World::postgres().await).await;
    let mut connection = AsyncPgConnection::establish(world.database().url()).await.unwrap();
    connection.batch_execute("set role illuxi_user_sync").await.unwrap();
    for statement in [
        "delete from lms.learner",
        "truncate lms.learner cascade",
        "update lms.learner set bio = 'x'",
        "update lms.learner set password_hash = 'x'",
        "update lms.learner set learner_id = gen_random_uuid()",
        "select password_hash from lms.learner",
        "delete from lms.cohort",
        "insert into lms.training_record select * from lms.training_record",
        "update lms.training_record set passed = true",
        "delete from lms.training_record",
        "drop table lms.training_record",
    ] {
        let refusal = connection.batch_execute(statement).await.unwrap_err().to_string();
        assert!(
            refusal.contains("permission denied") || refusal.contains("must be owner"),
            "{statement}: {refusal}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn not_even_the_owner_deletes_learners_or_changes_records() {
    let world = world_with_records(World::postgres().await).await;
    let mut connection = AsyncPgConnection::establish(world.database().url()).await.unwrap();
    for statement in [
        "delete from lms.learner",
        "truncate lms.learner cascade",
        "update lms.training_record set passed = true",
        "delete from lms.training_record",
        "truncate lms.training_record",
    ] {
        let refusal = connection.batch_execute(statement).await.unwrap_err().to_string();
        assert!(refusal.contains("is forbidden"), "{statement}: {refusal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_could_delete_is_not_worked_with() {
    let world = World::postgres().await;
    let options = PostgresOptions { role: None, ..PostgresOptions::default() };
    let opened = PostgresLmsStore::connect(world.database().url(), options).await;
    assert!(matches!(opened.err(), Some(OpenError::TooPowerful("delete learners"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn triggers_of_sqlite_keep_learners_and_records() {
    let world = world_with_records(World::sqlite().await).await;
    for statement in [
        "delete from lms.learner",
        "update lms.training_record set passed = 1",
        "delete from lms.training_record",
    ] {
        let refusal = world.sqlite_refusal(statement).unwrap();
        assert!(refusal.contains("is forbidden"), "{statement}: {refusal}");
    }
}
