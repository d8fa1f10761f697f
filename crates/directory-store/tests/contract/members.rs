//! Members: the net change is found by the store.

use directory::{CommitError, Committed, GroupLink, Member, MemberChange, UserId, Version};
use events::EventType;
use serde_json::{Value, json};

use crate::changes::{
    add, at, create_user, delete_group, edit_members, group, group_id, remove, user, user_id, user_of,
};
use crate::fixture::Fixture;

async fn edit(fixture: &Fixture, members: MemberChange) -> Committed {
    fixture.store.commit(edit_members(fixture.of, group_id(1), None, members)).await.unwrap()
}

/// Data of the only event since the last look.
async fn told(fixture: &Fixture) -> Value {
    let events = fixture.claim_all().await;
    let [event] = events.as_slice() else { panic!("not one event: {events:?}") };
    assert_eq!(event.envelope.event_type, EventType::MembershipChanged);
    serde_json::from_str(&event.data).unwrap()
}

fn texts(users: &[UserId]) -> Value {
    users.iter().map(ToString::to_string).collect()
}

pub(crate) async fn a_delta_changes_only_what_it_names(fixture: Fixture) {
    fixture.add_user(&user_of(1, json!({ "userName": "alice", "displayName": "Alice" }))).await;
    fixture.add_user(&user(2, "bob")).await;
    fixture.add_user(&user(3, "carol")).await;
    fixture.add_group(&group(1, "Sales"), &[user_id(1), user_id(2)]).await;
    fixture.claim_all().await;

    let delta =
        MemberChange::Delta { add: vec![user_id(3), user_id(1)], remove: vec![user_id(2), user_id(9)] };
    assert_eq!(edit(&fixture, delta).await, Committed::Applied(Version(2)));
    let alice = Member { id: user_id(1), display: Some("Alice".to_owned()) };
    let carol = Member { id: user_id(3), display: None };
    assert_eq!(fixture.members(group_id(1)).await, [alice, carol]);
    let data = told(&fixture).await;
    assert_eq!(data["added"], texts(&[user_id(3)]));
    assert_eq!(data["removed"], texts(&[user_id(2)]));
    assert_eq!(data["memberCount"], 2);
}

pub(crate) async fn a_replacement_tells_only_the_difference(fixture: Fixture) {
    let users = fixture.add_users(4).await;
    fixture.add_group(&group(1, "Sales"), &users[..3]).await;
    fixture.claim_all().await;

    let replace = MemberChange::Replace(vec![users[1], users[2], users[3]]);
    assert_eq!(edit(&fixture, replace).await, Committed::Applied(Version(2)));
    assert_eq!(fixture.member_ids(group_id(1)).await, users[1..]);
    let data = told(&fixture).await;
    assert_eq!((&data["added"], &data["removed"]), (&texts(&users[3..]), &texts(&users[..1])));

    assert_eq!(edit(&fixture, MemberChange::Replace(vec![])).await, Committed::Applied(Version(3)));
    assert_eq!(fixture.member_ids(group_id(1)).await, []);
    assert_eq!(told(&fixture).await["removed"], texts(&users[1..]));
}

pub(crate) async fn duplicates_and_unknown_users_are_passed_over(fixture: Fixture) {
    let users = fixture.add_users(2).await;
    fixture.delete_user(&user(2, "user2@acme.example")).await;
    fixture.add_group(&group(1, "Sales"), &[]).await;
    fixture.claim_all().await;

    let twice_and_gone = add(&[users[0], users[1], users[0], user_id(99)]);
    assert_eq!(edit(&fixture, twice_and_gone).await, Committed::Applied(Version(2)));
    assert_eq!(fixture.member_ids(group_id(1)).await, [users[0]]);
    let data = told(&fixture).await;
    assert_eq!((&data["added"], &data["memberCount"]), (&texts(&users[..1]), &json!(1)));
}

pub(crate) async fn users_of_another_integration_never_join(fixture: Fixture) {
    fixture.store.commit(create_user(fixture.other, &user(7, "stranger"))).await.unwrap();
    fixture.add_group(&group(1, "Sales"), &[user_id(7)]).await;
    assert_eq!(edit(&fixture, add(&[user_id(7)])).await, Committed::Unchanged(Version(1)));
    let replace = MemberChange::Replace(vec![user_id(7)]);
    assert_eq!(edit(&fixture, replace).await, Committed::Unchanged(Version(1)));
    assert_eq!(fixture.number("select count(*) from directory.group_member").await, 0);
}

pub(crate) async fn nothing_to_change_writes_nothing(fixture: Fixture) {
    let users = fixture.add_users(2).await;
    fixture.add_group(&group(1, "Sales"), &users[..1]).await;
    let before = (fixture.log_sizes().await, fixture.store.group(fixture.of, group_id(1)).await.unwrap());
    for members in [
        MemberChange::Keep,
        add(&users[..1]),
        remove(&users[1..]),
        add(&[]),
        MemberChange::Replace(users[..1].to_vec()),
    ] {
        assert_eq!(edit(&fixture, members.clone()).await, Committed::Unchanged(Version(1)), "{members:?}");
    }
    let after = (fixture.log_sizes().await, fixture.store.group(fixture.of, group_id(1)).await.unwrap());
    assert_eq!(after, before);
}

pub(crate) async fn an_insisted_version_is_checked(fixture: Fixture) {
    let users = fixture.add_users(2).await;
    fixture.add_group(&group(1, "Sales"), &[]).await;
    let first = edit_members(fixture.of, group_id(1), Some(Version(1)), add(&users[..1]));
    assert_eq!(fixture.store.commit(first).await.unwrap(), Committed::Applied(Version(2)));
    let stale = edit_members(fixture.of, group_id(1), Some(Version(1)), add(&users[1..]));
    let refused = fixture.store.commit(stale).await;
    assert!(matches!(refused, Err(CommitError::VersionConflict)), "{refused:?}");
    assert_eq!(fixture.member_ids(group_id(1)).await, users[..1]);
}

pub(crate) async fn a_group_that_does_not_live_has_no_members_to_edit(fixture: Fixture) {
    let users = fixture.add_users(1).await;
    let refused = fixture.store.commit(edit_members(fixture.of, group_id(1), None, add(&users))).await;
    assert!(matches!(refused, Err(CommitError::NotFound)), "{refused:?}");
}

pub(crate) async fn a_deleted_user_leaves_its_groups_without_an_event(fixture: Fixture) {
    let users = fixture.add_users(3).await;
    fixture.add_group(&group(1, "Sales"), &users).await;
    fixture.add_group(&group(2, "Marketing"), &users[..1]).await;
    fixture.claim_all().await;
    fixture.delete_user(&user(1, "user1@acme.example")).await;

    assert_eq!(fixture.member_ids(group_id(1)).await, users[1..]);
    assert_eq!(fixture.group_ids(&format!("members.value eq \"{}\"", users[0])).await, []);
    let left = fixture.store.group(fixture.of, group_id(1)).await.unwrap().unwrap();
    assert_eq!((left.version, left.last_modified, left.member_count), (Version(2), at(60), 2));
    let types: Vec<_> = fixture.claim_all().await.iter().map(|event| event.envelope.event_type).collect();
    assert_eq!(types, [EventType::UserDeprovisioned]);
    edit(&fixture, remove(&users[1..2])).await;
    assert_eq!(told(&fixture).await["memberCount"], 1);
}

pub(crate) async fn a_user_is_answered_with_its_groups(fixture: Fixture) {
    let users = fixture.add_users(2).await;
    for (n, members) in [(2, &users[..1]), (1, &users[..]), (3, &users[1..])] {
        fixture.add_group(&group(n, &format!("Group {n}")), members).await;
    }
    fixture.store.commit(delete_group(fixture.of, &group(3, "Group 3"))).await.unwrap();
    let link = |n| GroupLink { id: group_id(n), display: format!("Group {n}") };
    let view = fixture.store.user(fixture.of, users[0], true).await.unwrap().unwrap();
    assert_eq!(view.groups, Some(vec![link(1), link(2)]));
    let listed = fixture.store.users(fixture.of, &crate::fixture::users(""), true).await.unwrap();
    let groups: Vec<_> = listed.items.into_iter().map(|view| view.groups).collect();
    assert_eq!(groups, [Some(vec![link(1), link(2)]), Some(vec![link(1)])]);
    assert_eq!(fixture.store.user(fixture.of, users[0], false).await.unwrap().unwrap().groups, None);
}

pub(crate) async fn users_are_counted_by_their_ids(fixture: Fixture) {
    let users = fixture.add_users(3).await;
    fixture.delete_user(&user(3, "user3@acme.example")).await;
    let ids = [users[0], users[2], users[1], users[0], user_id(9)];
    assert_eq!(fixture.store.count_users(fixture.of, &ids).await.unwrap(), 2);
    assert_eq!(fixture.store.count_users(fixture.of, &[]).await.unwrap(), 0);
}

pub(crate) async fn a_thousand_members_are_told_in_chunks(fixture: Fixture) {
    let users = fixture.add_users(501).await;
    fixture.claim_all().await;
    fixture.add_group(&group(1, "Everybody"), &users).await;
    let sizes: Vec<_> = fixture
        .claim_all()
        .await
        .iter()
        .skip(1)
        .map(|event| serde_json::from_str::<Value>(&event.data).unwrap()["added"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [500, 1]);
    assert_eq!(fixture.members(group_id(1)).await.len(), 501);
}
