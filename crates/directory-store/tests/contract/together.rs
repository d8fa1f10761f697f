//! What PostgreSQL is asked for together.
//!
//! On one thread: what is polled together waits together, behind the first change, which begins at once.

use std::time::Duration;

use directory::{Change, CommitError, Committed, DirectoryStore, MemberChange, StoreError};
use directory_store::postgres::{PostgresDirectoryStore, PostgresOptions, Timeouts};
use futures::future::join_all;
use testkit::postgres::TestDatabase;
use tokio_postgres::NoTls;

use crate::changes::{
    add, alter_user, at, create_group, create_user, edit_members, group, group_id, remove, user, user_id,
};
use crate::postgres::{OF, connected, migrated};

/// Users 1 to `count`, and group 1 with the first `members` of them.
pub(crate) async fn seeded(count: u128, members: usize) -> (TestDatabase, PostgresDirectoryStore) {
    let database = migrated().await;
    let timeouts = Timeouts { lock: Duration::from_millis(50), ..Timeouts::default() };
    let store = connected(database.url(), PostgresOptions { timeouts, ..PostgresOptions::default() }).await;
    let ids: Vec<_> = (1..=count).map(user_id).collect();
    for n in 1..=count {
        store.commit(create_user(OF, &user(n, &format!("user{n}")))).await.unwrap();
    }
    store.commit(create_group(OF, &group(1, "Sales"), &ids[..members])).await.unwrap();
    (database, store)
}

fn edit(seconds: i64, members: MemberChange) -> Change {
    Change { at: at(seconds), ..edit_members(OF, group_id(1), None, members) }
}

/// Why the store could not do it now.
fn reason(outcome: Result<Committed, CommitError>) -> String {
    match outcome {
        Err(CommitError::Store(StoreError::Unavailable { outcome_unknown: false, source })) => {
            source.to_string()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_lock_that_is_not_given_is_waited_for_once() {
    let (database, store) = seeded(3, 0).await;
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("begin; select from directory.scim_group for update").await.unwrap();
    let commit = |n| store.commit(edit(60, add(&[user_id(n)])));
    let (first, second, third) = tokio::join!(biased; commit(1), commit(2), commit(3));
    assert_eq!(reason(first), "canceling statement due to lock timeout");
    assert_eq!(reason(second), "the changes that were committed together failed");
    assert_eq!(reason(third), "the changes that were committed together failed");
}

#[tokio::test]
async fn a_user_whom_somebody_holds_costs_no_other_user_anything() {
    let (database, store) = seeded(40, 0).await;
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let held = format!("begin; select from directory.scim_user where id = '{}' for update", user_id(20).0);
    client.batch_execute(&held).await.unwrap();
    let users: Vec<_> = (1..=40).map(|n| user(n, &format!("user{n}"))).collect();
    let outcomes = join_all(users.iter().map(|user| store.commit(alter_user(OF, user, user)))).await;
    for (user, outcome) in users.iter().zip(outcomes) {
        if user.id == user_id(20) {
            assert_eq!(reason(outcome), "canceling statement due to lock timeout");
        } else {
            assert!(matches!(outcome, Ok(Committed::Applied(_))), "{:?}: {outcome:?}", user.id);
        }
    }
}

#[tokio::test]
async fn edits_that_different_threads_took_go_together() {
    let (database, store) = seeded(3, 0).await;
    let (one, other) = (store.for_thread(2).unwrap(), store.for_thread(2).unwrap());
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("begin; select from directory.scim_group for update").await.unwrap();
    let commit = |store: &PostgresDirectoryStore, n| {
        let store = store.clone();
        async move { store.commit(edit(60, add(&[user_id(n)]))).await }
    };
    let (first, second, third) = tokio::join!(biased; commit(&one, 1), commit(&other, 2), commit(&one, 3));
    assert_eq!(reason(first), "canceling statement due to lock timeout");
    assert_eq!(reason(second), "the changes that were committed together failed");
    assert_eq!(reason(third), "the changes that were committed together failed");
}

#[tokio::test]
async fn a_thread_has_connections_of_its_own_for_users() {
    let database = migrated().await;
    // One connection for all that is no search.
    let store =
        connected(database.url(), PostgresOptions { pool_size: 4, ..PostgresOptions::default() }).await;
    store.commit(create_user(OF, &user(1, "user1"))).await.unwrap();
    store.commit(create_group(OF, &group(1, "Sales"), &[])).await.unwrap();
    let thread = store.for_thread(1).unwrap();
    let (client, connection) = tokio_postgres::connect(database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("begin; select from directory.scim_group for update").await.unwrap();
    let mut waiting = Box::pin(thread.commit(edit(60, add(&[user_id(1)]))));
    assert!(futures::poll!(&mut waiting).is_pending());
    thread.commit(create_user(OF, &user(2, "user2"))).await.unwrap();
    assert!(thread.user(OF, user_id(2), false).await.unwrap().is_some());
    client.batch_execute("rollback").await.unwrap();
    waiting.await.unwrap();
}

#[tokio::test]
async fn an_edit_whose_caller_has_gone_is_not_made() {
    let (_database, store) = seeded(3, 0).await;
    let commit = |n| store.commit(edit(60, add(&[user_id(n)])));
    let (mut gone, mut also_gone, stays) = (commit(1), commit(2), commit(3));
    std::future::poll_fn(|context| {
        assert!(gone.as_mut().poll(context).is_pending());
        assert!(also_gone.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
    drop((gone, also_gone));
    stays.await.unwrap();
    let members = store.members(OF, &[group_id(1)]).await.unwrap();
    let members: Vec<_> = members.into_iter().map(|(_, member)| member.id).collect();
    assert_eq!(members, [user_id(1), user_id(3)], "the first had begun");
}

#[tokio::test]
async fn an_edit_that_changes_nothing_leaves_no_date() {
    let (_database, store) = seeded(3, 1).await;
    let (first, unchanged, last) = tokio::join!(biased;
        store.commit(edit(70, remove(&[user_id(3)]))),
        store.commit(edit(90, add(&[user_id(1)]))),
        store.commit(edit(80, add(&[user_id(2)]))),
    );
    for outcome in [first.unwrap(), unchanged.unwrap()] {
        assert!(matches!(outcome, Committed::Unchanged(_)), "{outcome:?}");
    }
    assert!(matches!(last.unwrap(), Committed::Applied(_)));
    assert_eq!(store.group(OF, group_id(1)).await.unwrap().unwrap().last_modified, at(80));
}

#[tokio::test]
async fn a_question_that_fails_takes_no_other_along() {
    let (database, store) = seeded(3, 1).await;
    database
        .execute(
            "create policy fails on directory.scim_user as restrictive for select
            using (1 / (case user_name_folded when 'user2' then 0 else 1 end) = 1)",
        )
        .await;
    let (first, second, third) = tokio::join!(biased;
        store.user(OF, user_id(1), false),
        store.user(OF, user_id(2), false),
        store.user(OF, user_id(3), false),
    );
    assert_eq!(first.unwrap().unwrap().user.id, user_id(1));
    assert!(matches!(second, Err(StoreError::Unexpected(_))), "{second:?}");
    assert_eq!(third.unwrap().unwrap().user.id, user_id(3));
}
