//! Groups: reading, uniqueness, versions, life and death.

use directory::{CommitError, Committed, GroupRecord, MemberChange, Page, Query, UniqueAttribute, Version};
use events::{EventType, Sequence};
use serde_json::json;

use crate::changes::{
    add, at, create_group, delete_group, edit_members, group, group_id, group_of, replace_group, user_id,
};
use crate::fixture::{Fixture, groups};

fn sales() -> GroupRecord {
    group_of(1, json!({ "displayName": "Sales EMEA", "externalId": "g-1" }))
}

pub(crate) async fn a_created_group_is_read_as_it_was_written(fixture: Fixture) {
    fixture.add_group(&sales(), &[]).await;
    assert_eq!(fixture.store.group(fixture.of, group_id(1)).await.unwrap(), Some(sales()));

    let renamed = GroupRecord { resource: group(1, "Sales World").resource, ..sales() };
    let committed =
        fixture.store.commit(replace_group(fixture.of, &renamed, MemberChange::Keep)).await.unwrap();
    assert_eq!(committed, Committed::Applied(Version(2)));
    let read = fixture.store.group(fixture.of, group_id(1)).await.unwrap().unwrap();
    assert_eq!(read, GroupRecord { version: Version(2), last_modified: at(60), ..renamed });
}

pub(crate) async fn every_key_finds_the_group(fixture: Fixture) {
    fixture.add_group(&sales(), &[]).await;
    fixture.add_group(&group(2, "Marketing"), &[]).await;
    for filter in
        [&format!("id eq \"{}\"", group_id(1)), "externalId eq \"g-1\"", "displayName eq \"sales emea\""]
    {
        assert_eq!(fixture.group_ids(filter).await, [group_id(1)], "{filter}");
    }
    assert_eq!(fixture.group_ids("").await, [group_id(1), group_id(2)]);
    assert_eq!(fixture.group_ids("externalId eq \"G-1\"").await, []);
}

pub(crate) async fn groups_are_found_by_member(fixture: Fixture) {
    fixture.add_users(2).await;
    fixture.add_group(&sales(), &[user_id(1)]).await;
    fixture.add_group(&group(2, "Marketing"), &[user_id(1), user_id(2)]).await;
    fixture.add_group(&group(3, "Nobody"), &[]).await;
    let with = |n| format!("members.value eq \"{}\"", user_id(n));
    assert_eq!(fixture.group_ids(&with(1)).await, [group_id(1), group_id(2)]);
    assert_eq!(fixture.group_ids(&with(2)).await, [group_id(2)]);
    let neither = format!("id eq \"{}\" and members[value eq \"{}\"]", group_id(1), user_id(2));
    assert_eq!(fixture.group_ids(&neither).await, []);
    assert_eq!(fixture.group_ids("members pr").await, [group_id(1), group_id(2)]);
    assert_eq!(fixture.group_ids("not (members.type eq \"user\")").await, [group_id(3)]);
}

pub(crate) async fn pages_are_in_the_order_of_ids_and_know_the_total(fixture: Fixture) {
    for n in [3, 1, 2] {
        fixture.add_group(&group(n, &format!("group {n}")), &[]).await;
    }
    for (offset, limit, expected) in
        [(0, 2, vec![1, 2]), (2, 2, vec![3]), (3, 2, vec![]), (0, 0, vec![]), (0, 3, vec![1, 2, 3])]
    {
        let query = Query { page: Page::From { offset, limit }, ..groups("") };
        let found = fixture.store.groups(fixture.of, &query).await.unwrap();
        let ids: Vec<_> = found.items.iter().map(|group| group.id).collect();
        assert_eq!(ids, expected.into_iter().map(group_id).collect::<Vec<_>>(), "{offset} {limit}");
        assert_eq!(found.total, 3, "{offset} {limit}");
    }
}

pub(crate) async fn a_display_name_is_taken_in_any_letter_case(fixture: Fixture) {
    fixture.add_group(&sales(), &[]).await;
    let refused = fixture.store.commit(create_group(fixture.of, &group(2, "SALES emea"), &[])).await;
    assert!(matches!(refused, Err(CommitError::Taken(UniqueAttribute::DisplayName))), "{refused:?}");
    let same_external_id = group_of(3, json!({ "displayName": "Another", "externalId": "g-1" }));
    let refused = fixture.store.commit(create_group(fixture.of, &same_external_id, &[user_id(1)])).await;
    assert!(matches!(refused, Err(CommitError::Taken(UniqueAttribute::ExternalId))), "{refused:?}");
    assert_eq!(fixture.log_sizes().await, (1, 1));
    fixture.store.commit(create_group(fixture.other, &sales(), &[])).await.unwrap();
}

pub(crate) async fn first_members_are_told_after_the_group(fixture: Fixture) {
    let users = fixture.add_users(3).await;
    fixture.claim_all().await;
    let logged = fixture.log_sizes().await.1;
    fixture.add_group(&sales(), &[users[2], users[0], user_id(99)]).await;

    assert_eq!(fixture.member_ids(group_id(1)).await, [users[0], users[2]]);
    let told = fixture.claim_all().await;
    let types: Vec<_> = told.iter().map(|event| event.envelope.event_type).collect();
    assert_eq!(types, [EventType::GroupProvisioned, EventType::MembershipChanged]);
    let first = Sequence { epoch: 0, incarnation: 1, version: 1 };
    assert!(told.iter().all(|event| event.envelope.sequence == first), "{told:?}");
    let data: serde_json::Value = serde_json::from_str(&told[1].data).unwrap();
    assert_eq!(data["added"], json!([users[0].to_string(), users[2].to_string()]));
    assert_eq!(data["memberCount"], 2);
    assert_eq!(fixture.log_sizes().await.1, logged + 1, "one request, one line");
}

pub(crate) async fn a_replacement_with_members_is_one_version(fixture: Fixture) {
    let users = fixture.add_users(3).await;
    fixture.add_group(&sales(), &users[..2]).await;
    fixture.claim_all().await;

    let renamed = GroupRecord { resource: group(1, "Sales World").resource, ..sales() };
    let members = MemberChange::Replace(users[1..].to_vec());
    let committed = fixture.store.commit(replace_group(fixture.of, &renamed, members)).await.unwrap();
    assert_eq!(committed, Committed::Applied(Version(2)));
    assert_eq!(fixture.group_version(group_id(1)).await, Version(2));
    assert_eq!(fixture.member_ids(group_id(1)).await, users[1..]);
    let told: Vec<_> = fixture
        .claim_all()
        .await
        .into_iter()
        .map(|event| (event.envelope.event_type, event.envelope.sequence.version))
        .collect();
    assert_eq!(told, [(EventType::GroupChanged, 2), (EventType::MembershipChanged, 2)]);
}

pub(crate) async fn a_replacement_of_another_version_is_refused(fixture: Fixture) {
    let users = fixture.add_users(1).await;
    fixture.add_group(&sales(), &users).await;
    let stale = GroupRecord { version: Version(7), ..sales() };
    let sizes = fixture.log_sizes().await;
    for change in [
        replace_group(fixture.of, &stale, MemberChange::Keep),
        replace_group(fixture.of, &stale, MemberChange::Replace(vec![])),
        delete_group(fixture.of, &stale),
    ] {
        let refused = fixture.store.commit(change).await;
        assert!(matches!(refused, Err(CommitError::VersionConflict)), "{refused:?}");
    }
    for change in [
        replace_group(fixture.of, &group(9, "nobody"), MemberChange::Keep),
        replace_group(fixture.of, &group(9, "nobody"), MemberChange::Replace(vec![])),
        delete_group(fixture.of, &group(9, "nobody")),
    ] {
        let refused = fixture.store.commit(change).await;
        assert!(matches!(refused, Err(CommitError::NotFound)), "{refused:?}");
    }
    assert_eq!(fixture.log_sizes().await, sizes);
    assert_eq!(fixture.member_ids(group_id(1)).await, users);
}

pub(crate) async fn deletion_ends_the_group_and_its_memberships(fixture: Fixture) {
    let users = fixture.add_users(2).await;
    fixture.add_group(&sales(), &users).await;
    fixture.claim_all().await;
    let committed = fixture.store.commit(delete_group(fixture.of, &sales())).await.unwrap();
    assert_eq!(committed, Committed::Applied(Version(2)));

    assert_eq!(fixture.store.group(fixture.of, group_id(1)).await.unwrap(), None);
    assert_eq!(fixture.member_ids(group_id(1)).await, []);
    assert_eq!(fixture.group_ids(&format!("members.value eq \"{}\"", users[0])).await, []);
    let told: Vec<_> = fixture.claim_all().await.iter().map(|event| event.envelope.event_type).collect();
    assert_eq!(told, [EventType::GroupDeprovisioned]);
    let member = fixture.store.user(fixture.of, users[0], true).await.unwrap().unwrap();
    assert_eq!((member.user.version, member.groups), (Version(1), Some(vec![])));
    let refused = fixture.store.commit(delete_group(fixture.of, &sales())).await;
    assert!(matches!(refused, Err(CommitError::NotFound)), "{refused:?}");
}

pub(crate) async fn a_group_that_comes_back_is_the_next_incarnation(fixture: Fixture) {
    fixture.add_users(1).await;
    fixture.add_group(&sales(), &[]).await;
    fixture.store.commit(delete_group(fixture.of, &sales())).await.unwrap();
    fixture.add_group(&GroupRecord { id: group_id(2), ..sales() }, &[user_id(1)]).await;
    let last = fixture.claim_all().await.pop().unwrap();
    assert_eq!(last.envelope.event_type, EventType::MembershipChanged);
    assert_eq!(last.envelope.sequence, Sequence { epoch: 0, incarnation: 2, version: 1 });
}

pub(crate) async fn groups_of_another_integration_do_not_exist(fixture: Fixture) {
    let users = fixture.add_users(1).await;
    fixture.add_group(&sales(), &users).await;
    assert_eq!(fixture.store.group(fixture.other, group_id(1)).await.unwrap(), None);
    assert_eq!(fixture.store.members(fixture.other, &[group_id(1)]).await.unwrap(), []);
    for filter in ["id pr or displayName pr", &format!("members.value eq \"{}\"", users[0])] {
        assert_eq!(fixture.store.groups(fixture.other, &groups(filter)).await.unwrap().total, 0, "{filter}");
    }
    for change in [
        replace_group(fixture.other, &sales(), MemberChange::Keep),
        delete_group(fixture.other, &sales()),
        edit_members(fixture.other, group_id(1), None, add(&users)),
    ] {
        let refused = fixture.store.commit(change).await;
        assert!(matches!(refused, Err(CommitError::NotFound)), "{refused:?}");
    }
}
