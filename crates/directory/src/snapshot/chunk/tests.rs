use events::Sequence;
use scim::{Resource, ResourceKind};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::Version;

fn user(n: usize, title: &str) -> Sequenced<UserRecord> {
    let Value::Object(map) = json!({ "userName": format!("user{n}"), "active": true, "title": title }) else {
        panic!("an object")
    };
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    Sequenced {
        state: UserRecord {
            id: user_id(n),
            version: Version(7),
            created: at,
            last_modified: at,
            resource: Resource::from_stored(ResourceKind::User, map),
        },
        sequence: Sequence { epoch: 1, incarnation: 2, version: 7 },
    }
}

fn user_id(n: usize) -> UserId {
    UserId(Uuid::from_u128(n as u128))
}

fn users(count: usize, title: &str) -> Vec<Sequenced<UserRecord>> {
    (1..=count).map(|n| user(n, title)).collect()
}

fn range(page: &Page) -> UserRange {
    let Content::Users(range) = &page.content else { panic!("not users: {page:?}") };
    range.clone()
}

#[test]
fn a_user_is_told_as_its_own_events_tell_it() {
    let page = of_users(None, &users(1, "Welder")).unwrap();
    assert_eq!(
        serde_json::to_value(range(&page)).unwrap(),
        json!({ "users": [{
            "user": {
                "id": "00000000-0000-0000-0000-000000000001",
                "userName": "user1",
                "active": true,
                "title": "Welder"
            },
            "sequence": "0000000001.0000000002.00000000000000000007",
            "changedAt": "2026-01-01T00:00:00+00:00"
        }] })
    );
}

#[test]
fn the_last_range_has_no_end_and_groups_follow() {
    for count in [0, 1, 100] {
        let page = of_users(Some(user_id(0)), &users(count, "")).unwrap();
        assert_eq!(range(&page).through, "", "{count}");
        assert_eq!(range(&page).after, user_id(0).to_string());
        assert_eq!(page.next, SnapshotPosition::Groups { after: None });
        assert_eq!(range(&page).users.len(), count);
    }
}

#[test]
fn a_full_range_ends_with_its_last_user() {
    let page = of_users(None, &users(101, "")).unwrap();
    assert_eq!((range(&page).users.len(), page.told.users), (100, 100));
    assert_eq!(range(&page).through, user_id(100).to_string());
    assert_eq!(page.next, SnapshotPosition::Users { after: Some(user_id(100)) });
}

#[test]
fn long_users_make_short_ranges() {
    let page = of_users(None, &users(20, &"x".repeat(40_000))).unwrap();
    assert_eq!(range(&page).users.len(), 3);
    assert_eq!(page.next, SnapshotPosition::Users { after: Some(user_id(3)) });
    let giant = of_users(None, &users(2, &"x".repeat(400_000))).unwrap();
    assert_eq!(range(&giant).users.len(), 1, "one at least, or it would never go on");
}

#[test]
fn members_of_a_group_come_in_ranges_of_a_thousand() {
    let group = GroupId(Uuid::from_u128(9));
    let found = |members: std::ops::Range<usize>| Sequenced {
        state: GroupMembers { group, members: members.map(user_id).collect() },
        sequence: Sequence { epoch: 0, incarnation: 1, version: 4 },
    };
    let rest = MemberPosition::Rest { group, after: user_id(1_000) };

    let first = of_members(MemberPosition::FirstGroup, &found(1..1_002));
    assert_eq!((first.next, first.told.members), (SnapshotPosition::Members(rest), 1_000));
    let last = of_members(rest, &found(1_001..1_002));
    assert_eq!(last.next, SnapshotPosition::Members(MemberPosition::GroupAfter(group)));
    let Content::Members(range) = last.content else { panic!("not members") };
    assert_eq!((range.after, range.through), (user_id(1_000).to_string(), String::new()));
    assert_eq!(range.members, [user_id(1_001).to_string()]);

    let empty = of_members(MemberPosition::GroupAfter(group), &found(0..0));
    let Content::Members(range) = empty.content else { panic!("not members") };
    assert_eq!((range.after, range.through, range.members), (String::new(), String::new(), vec![]));
}
