//! How an integration is doing.

use directory::{
    Activity, Change, ChangedAttribute, LoggedChange, LoggedRequest, Milestones, Operation, Outcome, RelayId,
};
use scim::ResourceKind;
use serde_json::json;
use uuid::Uuid;

use crate::changes::{
    at, create_group, create_user, delete_user, group, replace_user, user, user_id, user_of,
};
use crate::fixture::{Fixture, LONG_LEASE};
use crate::log::request;

async fn activity(fixture: &Fixture, since: i64, limit: u32) -> Activity {
    fixture.store.activity(fixture.of, at(since), limit).await.unwrap()
}

async fn milestones(fixture: &Fixture) -> Milestones {
    fixture.store.milestones(fixture.of).await.unwrap()
}

/// The change as one that was made then and is logged with these attributes.
fn made(seconds: i64, change: Change, operation: Operation, attributes: &[&str]) -> Change {
    let changed = attributes.iter().map(|path| ChangedAttribute::named(path)).collect();
    let log = LoggedChange { operation, changed, ..change.log };
    Change { at: at(seconds), log, ..change }
}

pub(crate) async fn the_newest_of_each_outcome_is_known_and_problems_are_counted(fixture: Fixture) {
    assert_eq!(activity(&fixture, 0, 10).await, Activity::default());
    let of_outcome = |n, outcome| LoggedRequest { outcome, ..request(fixture.of, n) };
    let entries = [
        of_outcome(1, Outcome::Failed),
        of_outcome(2, Outcome::Refused),
        of_outcome(5, Outcome::Refused),
        of_outcome(3, Outcome::Refused),
        of_outcome(4, Outcome::Denied),
        of_outcome(6, Outcome::Found),
        LoggedRequest { outcome: Outcome::Failed, ..request(fixture.other, 9) },
    ];
    fixture.store.append(&entries).await.unwrap();
    let mut told = activity(&fixture, 2, 10).await;
    told.newest.sort_by_key(|(_, at)| *at);
    assert_eq!(
        told.newest,
        [
            (Outcome::Failed, at(1)),
            (Outcome::Denied, at(4)),
            (Outcome::Refused, at(5)),
            (Outcome::Found, at(6)),
        ]
    );
    assert_eq!(told.problems, 4);
    assert_eq!(activity(&fixture, 1, 10).await.problems, 5);
    assert_eq!(activity(&fixture, 1, 2).await.problems, 2);
    assert_eq!(activity(&fixture, 6, 10).await.problems, 0);
}

pub(crate) async fn events_that_wait_are_counted_up_to_a_bound(fixture: Fixture) {
    for n in 1..=3 {
        fixture.store.commit(create_user(fixture.of, &user(n, &format!("user{n}")))).await.unwrap();
    }
    fixture.store.commit(create_user(fixture.other, &user(9, "theirs"))).await.unwrap();
    let told = activity(&fixture, 0, 10).await;
    assert_eq!((told.events_waiting, told.oldest_waiting), (3, Some(at(60))));
    assert_eq!(activity(&fixture, 0, 2).await.events_waiting, 2);
    let relay = RelayId(Uuid::from_u128(9));
    let claimed = fixture.store.claim(relay, 10, LONG_LEASE).await.unwrap();
    let sent: Vec<_> = claimed.iter().map(|event| event.envelope.id).collect();
    assert_eq!(fixture.store.mark_published(relay, &sent).await.unwrap(), 4);
    let told = activity(&fixture, 0, 10).await;
    assert_eq!((told.events_waiting, told.oldest_waiting), (0, None));
    let again = directory::Replay { since: Some(at(0)), subject: None };
    fixture.store.replay(fixture.of, &again, None, 100).await.unwrap();
    let told = activity(&fixture, 0, 10).await;
    assert_eq!((told.events_waiting, told.oldest_waiting), (3, None), "what is sent once more was sent");
}

pub(crate) async fn what_came_first_is_known(fixture: Fixture) {
    let of = fixture.of;
    assert_eq!(milestones(&fixture).await, Milestones::default());
    let check = |n| LoggedRequest { outcome: Outcome::HealthCheck, ..request(of, n) };
    fixture.store.append(&[check(8), check(4)]).await.unwrap();
    let (ana, bea) = (user(1, "ana"), user(2, "bea"));
    let seen = Milestones {
        test_connection: Some(at(4)),
        first_user: Some(at(0)),
        first_group: Some(at(0)),
        first_deactivation: None,
    };
    for (seconds, change, operation, changed) in [
        (10, create_user(of, &ana), Operation::Create, &["active"][..]),
        (11, create_user(of, &bea), Operation::Create, &["active"]),
        (12, create_group(of, &group(1, "Sales"), &[]), Operation::Create, &["active"]),
        (13, replace_user(of, &ana), Operation::Patch, &["title"]),
    ] {
        fixture.store.commit(made(seconds, change, operation, changed)).await.unwrap();
    }
    assert_eq!(milestones(&fixture).await, seen);
    fixture.store.commit(made(30, delete_user(of, &bea), Operation::Delete, &[])).await.unwrap();
    assert_eq!(milestones(&fixture).await.first_deactivation, Some(at(30)));
    let again = directory::UserRecord { version: ana.version.next(), ..ana };
    let change = made(20, replace_user(of, &again), Operation::Replace, &["active", "title"]);
    fixture.store.commit(change).await.unwrap();
    assert_eq!(milestones(&fixture).await, Milestones { first_deactivation: Some(at(20)), ..seen });
    assert_eq!(fixture.store.milestones(fixture.other).await.unwrap(), Milestones::default());
}

/// Deletions of groups, however many, say nothing of people.
pub(crate) async fn a_group_that_goes_is_nobodys_deactivation(fixture: Fixture) {
    let gone = |n, kind| LoggedRequest { outcome: Outcome::Deleted, kind, ..request(fixture.of, n) };
    fixture.store.append(&[gone(1, Some(ResourceKind::Group)), gone(2, None)]).await.unwrap();
    assert_eq!(milestones(&fixture).await.first_deactivation, None);
    fixture.store.append(&[gone(3, Some(ResourceKind::User))]).await.unwrap();
    assert_eq!(milestones(&fixture).await.first_deactivation, Some(at(3)));
}

pub(crate) async fn the_newest_users_are_answered(fixture: Fixture) {
    for n in 1..=4 {
        let document = json!({ "userName": format!("user{n}"), "title": "é" });
        fixture.store.commit(create_user(fixture.of, &user_of(n, document))).await.unwrap();
    }
    fixture.store.commit(create_user(fixture.other, &user(9, "theirs"))).await.unwrap();
    fixture.store.commit(delete_user(fixture.of, &user(4, "user4"))).await.unwrap();
    let newest = fixture.store.newest_users(fixture.of, 2).await.unwrap();
    assert_eq!(
        newest,
        [
            (user_id(3), user_of(3, json!({ "userName": "user3", "title": "é" })).resource),
            (user_id(2), user_of(2, json!({ "userName": "user2", "title": "é" })).resource)
        ]
    );
    assert_eq!(fixture.store.newest_users(fixture.of, 10).await.unwrap().len(), 3);
}
