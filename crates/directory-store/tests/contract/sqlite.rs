//! What only SQLite promises.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use directory::{CommitError, Committed, DirectoryStore, IntegrationId, Outbox, StoreError, UniqueAttribute};
use directory_store::sqlite::SqliteDirectoryStore;
use futures::future::join_all;
use tempfile::TempDir;
use uuid::Uuid;

use crate::changes::{create_user, user, user_id};

const OF: IntegrationId = IntegrationId(Uuid::nil());

#[tokio::test(flavor = "multi_thread")]
async fn a_file_keeps_what_was_committed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.db");
    let store = SqliteDirectoryStore::open(&path).await.unwrap();
    store.commit(create_user(OF, &user(1, "alice"))).await.unwrap();
    drop(store);
    let store = SqliteDirectoryStore::open(&path).await.unwrap();
    assert!(store.user(OF, user_id(1), false).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_in_memory_is_read_and_written() {
    let store = SqliteDirectoryStore::open_in_memory().await.unwrap();
    store.commit(create_user(OF, &user(1, "alice"))).await.unwrap();
    assert!(store.user(OF, user_id(1), false).await.unwrap().is_some());
    let another = SqliteDirectoryStore::open_in_memory().await.unwrap();
    assert!(another.user(OF, user_id(1), false).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_opened_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let opened = SqliteDirectoryStore::open(folder.path().join("missing").join("directory.db")).await;
    assert!(matches!(opened.err(), Some(StoreError::Unavailable { outcome_unknown: false, .. })));
}

/// A store in a file, with a trigger that refuses the user "mallory" the way that is given.
async fn store_that_refuses(how: &str) -> (TempDir, SqliteDirectoryStore) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.db");
    let store = SqliteDirectoryStore::open(&path).await.unwrap();
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let trigger = format!(
        "create trigger refuses before insert on scim_user when new.user_name_folded = 'mallory'
         begin select raise({how}); end"
    );
    connection.batch_execute(&trigger).unwrap();
    (folder, store)
}

/// Commits users of these names, 1, 2 and so on, at the same time. On one thread: all wait before the first is looked at.
async fn commit_together(
    store: &SqliteDirectoryStore,
    names: &[&str],
) -> Vec<Result<Committed, CommitError>> {
    let users = (1..).zip(names).map(|(n, name)| create_user(OF, &user(n, name)));
    join_all(users.map(|change| store.commit(change))).await
}

#[tokio::test]
async fn a_conflict_costs_no_other_change_anything() {
    let store = SqliteDirectoryStore::open_in_memory().await.unwrap();
    let outcomes = commit_together(&store, &["alice", "Alice", "bob"]).await;
    let [first, taken, last] = outcomes.try_into().unwrap();
    assert!(matches!(first, Ok(Committed::Applied(_))), "{first:?}");
    assert!(matches!(taken, Err(CommitError::Taken(UniqueAttribute::UserName))), "{taken:?}");
    assert!(matches!(last, Ok(Committed::Applied(_))), "{last:?}");
    assert_eq!(store.count_users(OF, &[1, 2, 3].map(user_id)).await.unwrap(), 2);
    assert_eq!(store.unsent_up_to(10).await.unwrap(), 2, "one event of each that was made");
}

#[tokio::test]
async fn a_change_that_fails_takes_no_other_along() {
    let (_folder, store) = store_that_refuses("abort, 'something unexpected'").await;
    let outcomes = commit_together(&store, &["alice", "mallory", "bob"]).await;
    let [first, failed, last] = outcomes.try_into().unwrap();
    assert!(matches!(failed, Err(CommitError::Store(StoreError::Unexpected(_)))), "{failed:?}");
    assert!(first.is_ok() && last.is_ok(), "{first:?} {last:?}");
    assert_eq!(store.count_users(OF, &[1, 2, 3].map(user_id)).await.unwrap(), 2);
}

/// A disk that is full ends the transaction of all of them, those before included.
#[tokio::test]
async fn nothing_is_lost_when_sqlite_ends_the_transaction() {
    let (_folder, store) = store_that_refuses("rollback, 'database or disk is full'").await;
    let outcomes = commit_together(&store, &["alice", "mallory", "bob"]).await;
    let [first, full, last] = outcomes.try_into().unwrap();
    assert!(
        matches!(full, Err(CommitError::Store(StoreError::Unavailable { outcome_unknown: false, .. }))),
        "{full:?}"
    );
    assert!(first.is_ok() && last.is_ok(), "{first:?} {last:?}");
    assert_eq!(store.count_users(OF, &[1, 2, 3].map(user_id)).await.unwrap(), 2);
}

#[tokio::test]
async fn a_store_that_is_full_is_unavailable_to_one_alone() {
    let (_folder, store) = store_that_refuses("rollback, 'database or disk is full'").await;
    let full = store.commit(create_user(OF, &user(1, "mallory"))).await;
    assert!(
        matches!(full, Err(CommitError::Store(StoreError::Unavailable { outcome_unknown: false, .. }))),
        "{full:?}"
    );
    store.commit(create_user(OF, &user(2, "alice"))).await.unwrap();
}

#[tokio::test]
async fn a_change_whose_caller_has_gone_is_not_made() {
    let store = SqliteDirectoryStore::open_in_memory().await.unwrap();
    let commit = |n, name| store.commit(create_user(OF, &user(n, name)));
    let (mut begun, mut gone, stays) = (commit(1, "alice"), commit(2, "bob"), commit(3, "carol"));
    std::future::poll_fn(|context| {
        assert!(begun.as_mut().poll(context).is_pending());
        assert!(gone.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
    drop((begun, gone));
    stays.await.unwrap();
    let mut is_there = [false; 3];
    for (is_there, n) in is_there.iter_mut().zip(1..) {
        *is_there = store.user(OF, user_id(n), false).await.unwrap().is_some();
    }
    assert_eq!(is_there, [true, false, true]);
}
