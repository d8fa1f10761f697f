//! What only SQLite promises.

use directory::{DirectoryStore, IntegrationId, StoreError};
use directory_store::sqlite::SqliteDirectoryStore;
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
