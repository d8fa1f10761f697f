use std::time::Duration;

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use events::Applied;
use events::EventHandler;
use lms_store::postgres::Timeouts;

use crate::fixture::{INTEGRATION, at, provisioned, user};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_does_not_come_is_an_outage_and_nothing_was_applied() {
    let world =
        World::postgres_with(Timeouts { lock: Duration::from_millis(100), ..Timeouts::default() }).await;
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let mut other = AsyncPgConnection::establish(world.database().url()).await.unwrap();
    other.batch_execute("begin; lock table sync.integration in exclusive mode").await.unwrap();
    let batch = [provisioned(2, at(1), user("bea")), provisioned(3, at(1), user("caio"))];
    assert!(world.sync.handle(&batch).await.is_err());
    assert_eq!(world.learners_of(INTEGRATION).await.len(), 1);
    other.batch_execute("rollback").await.unwrap();
    assert_eq!(world.handle(&batch).await, [Applied::Executed; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_takes_no_writes_is_an_outage() {
    let world = World::postgres().await;
    world.sync.probe().await.unwrap();
    world
        .execute(
            "do $$ begin
                 execute format('alter database %I set default_transaction_read_only = on', current_database());
             end $$;
             select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid();",
        )
        .await;
    // The first call may meet the connection that was cut, the second meets a read-only one.
    for _ in 0..2 {
        assert!(world.sync.handle(&[provisioned(1, at(1), user("ana"))]).await.is_err());
    }
    assert_eq!(world.learners_of(INTEGRATION).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_another_version_are_an_outage_until_they_are_mended() {
    let world = World::postgres().await;
    let batch = [provisioned(1, at(1), user("ana")), provisioned(2, at(1), user("bea"))];
    for (fault, cure) in [
        (
            "alter table lms.learner rename column job_title to occupation",
            "alter table lms.learner rename column occupation to job_title",
        ),
        (
            "revoke insert on sync.inbox from illuxi_user_sync",
            "grant insert on sync.inbox to illuxi_user_sync",
        ),
    ] {
        world.execute(fault).await;
        assert!(world.sync.handle(&batch).await.is_err(), "{fault}");
        assert_eq!(world.count("sync.parked_event").await, 0, "{fault}");
        world.execute(cure).await;
    }
    assert_eq!(world.handle(&batch).await, [Applied::Executed; 2]);
}
