use directory::{DirectoryError, IfMatch, Outbox, Version};
use serde_json::json;

use crate::fixture::{Fixture, patch, user};

#[tokio::test(flavor = "multi_thread")]
async fn writers_of_one_user_lose_nothing_of_each_other() {
    let fixture = Fixture::new().await;
    let id = fixture.directory.create_user(&fixture.caller(), user("ana")).await.unwrap().id;
    let names = ["title", "nickName", "locale", "timezone", "userType", "preferredLanguage"];
    let writers = names.map(|name| {
        let (directory, caller) = (fixture.directory.clone(), fixture.caller());
        tokio::spawn(async move {
            let change = patch(json!([{ "op": "replace", "path": name, "value": "x" }]));
            directory.patch_user(&caller, id, &change, &IfMatch::Any).await
        })
    });
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    let user = fixture.directory.user(&fixture.caller(), id).await.unwrap();
    assert_eq!(user.version, Version(1 + names.len() as i64));
    for name in names {
        assert_eq!(user.resource.as_map()[name], "x", "{name}");
    }
    assert_eq!(fixture.store.backlog().await.unwrap().unsent, 1 + names.len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_named_is_checked_and_not_decided_again() {
    let fixture = Fixture::new().await;
    let id = fixture.directory.create_user(&fixture.caller(), user("ana")).await.unwrap().id;
    let change = patch(json!([{ "op": "replace", "path": "title", "value": "x" }]));
    let stale = IfMatch::OneOf(vec![Version(7)]);
    let refused = fixture.directory.patch_user(&fixture.caller(), id, &change, &stale).await;
    assert!(matches!(refused, Err(DirectoryError::PreconditionFailed)));
    let refused = fixture.directory.delete_user(&fixture.caller(), id, &stale).await;
    assert!(matches!(refused, Err(DirectoryError::PreconditionFailed)));
    let current = IfMatch::OneOf(vec![Version(9), Version(1)]);
    fixture.directory.patch_user(&fixture.caller(), id, &change, &current).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_alters_nothing_writes_nothing() {
    let fixture = Fixture::new().await;
    let created = fixture.directory.create_user(&fixture.caller(), user("ana")).await.unwrap();
    let same = patch(json!([{ "op": "Replace", "path": "userName", "value": "ana" }]));
    let after =
        fixture.directory.patch_user(&fixture.caller(), created.id, &same, &IfMatch::Any).await.unwrap();
    assert_eq!(after, created);
    let body = created.resource.as_map().clone();
    let after =
        fixture.directory.replace_user(&fixture.caller(), created.id, &body, &IfMatch::Any).await.unwrap();
    assert_eq!(after, created);
    assert_eq!(fixture.store.backlog().await.unwrap().unsent, 1);
}
