use std::time::Duration;

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use events::Applied;
use events::EventHandler;

use crate::fixture::{INTEGRATION, at, provisioned, user};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_does_not_come_is_an_outage_and_nothing_was_applied() {
    let world = World::postgres_with(Duration::from_millis(100)).await;
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
