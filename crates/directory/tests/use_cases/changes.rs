use directory::{DirectoryError, IfMatch, Modified, Outbox, Version};
use serde_json::json;

use crate::fixture::{Fixture, group, group_patch, patch, user};

#[tokio::test(flavor = "multi_thread")]
async fn writers_of_one_user_lose_nothing_of_each_other() {
    let fixture = Fixture::new().await;
    let id = fixture.directory.create_user(&fixture.caller(), user("ana")).await.unwrap().user.id;
    let writers: Vec<_> = (0..32)
        .map(|n| {
            let (directory, caller) = (fixture.directory.clone(), fixture.caller());
            let mail = json!([{ "type": format!("t{n}"), "value": format!("{n}@contoso.example") }]);
            let change = patch(json!([{ "op": "add", "path": "emails", "value": mail }]));
            tokio::spawn(async move { directory.patch_user(&caller, id, &change, &IfMatch::Any).await })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    let user = fixture.directory.user(&fixture.caller(), id, false).await.unwrap().user;
    assert_eq!(user.version, Version(33));
    assert_eq!(user.resource.as_map()["emails"].as_array().unwrap().len(), 32);
    assert_eq!(fixture.store.backlog().await.unwrap().unsent, 33);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_and_a_deletion_get_through_a_storm_of_members() {
    let fixture = Fixture::new().await;
    let group = fixture.directory.create_group(&fixture.caller(), group("Forklift"), &[]).await.unwrap().id;
    let mut members = Vec::new();
    for n in 0..40 {
        let member = fixture.directory.create_user(&fixture.caller(), user(&format!("u{n}"))).await.unwrap();
        members.push(member.user.id);
    }
    let adders = members.into_iter().map(|member| {
        let (directory, caller) = (fixture.directory.clone(), fixture.caller());
        let join = json!([{ "op": "Add", "path": "members", "value": [{ "value": member.to_string() }] }]);
        let join = group_patch(join);
        tokio::spawn(async move { directory.patch_group(&caller, group, join, &IfMatch::Any).await })
    });
    let adders: Vec<_> = adders.collect();
    for n in 0..5 {
        let rename =
            group_patch(json!([{ "op": "replace", "path": "displayName", "value": format!("F {n}") }]));
        fixture.directory.patch_group(&fixture.caller(), group, rename, &IfMatch::Any).await.unwrap();
    }
    for adder in adders {
        adder.await.unwrap().unwrap();
    }
    let view = fixture.directory.group(&fixture.caller(), group, true).await.unwrap();
    assert_eq!(view.group.version, Version(1 + 40 + 5));
    assert_eq!(view.members.unwrap().len(), 40);
    fixture.directory.delete_group(&fixture.caller(), group, &IfMatch::Any).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_named_is_checked_and_not_decided_again() {
    let fixture = Fixture::new().await;
    let id = fixture.directory.create_user(&fixture.caller(), user("ana")).await.unwrap().user.id;
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
        fixture.directory.patch_user(&fixture.caller(), created.user.id, &same, &IfMatch::Any).await.unwrap();
    assert_eq!(after, Modified { view: created.clone(), is_changed: false });
    let body = created.user.resource.as_map().clone();
    let after = fixture
        .directory
        .replace_user(&fixture.caller(), created.user.id, &body, &IfMatch::Any)
        .await
        .unwrap();
    assert_eq!(after, Modified { view: created, is_changed: false });
    assert_eq!(fixture.store.backlog().await.unwrap().unsent, 1);
}
