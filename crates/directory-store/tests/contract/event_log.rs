//! The event log after it was published: once more, and no more.

use directory::{Change, IntegrationId, LogStep, Replay, Snapshot, SnapshotId};
use events::{Subject, SubjectKind};
use uuid::Uuid;

use crate::changes::{at, create_group, create_user, group, group_id, replace_user, user, user_id};
use crate::fixture::Fixture;

const ALL: Replay = Replay { since: None, subject: None };
const MANY: u32 = 1_000;
const DAY: i64 = 86_400;

/// A new user of an integration, at a second.
fn created(of: IntegrationId, n: u128, second: i64) -> Change {
    Change { at: at(second), ..create_user(of, &user(n, &format!("user{n}@acme.example"))) }
}

async fn commit(fixture: &Fixture, changes: impl IntoIterator<Item = Change>) {
    for change in changes {
        fixture.store.commit(change).await.unwrap();
    }
}

async fn replay(fixture: &Fixture, wanted: Replay) -> LogStep {
    fixture.store.replay(fixture.of, &wanted, None, MANY).await.unwrap()
}

fn done(events: u64) -> LogStep {
    LogStep { events, next: None }
}

pub(crate) async fn what_was_published_since_is_published_again(fixture: Fixture) {
    let (of, other) = (fixture.of, fixture.other);
    let changes = [created(of, 1, 100), created(other, 2, 200), created(of, 3, 200), created(of, 4, 300)];
    commit(&fixture, changes).await;
    let sent = fixture.send_all().await;
    let since = Replay { since: Some(at(200)), ..ALL };
    assert_eq!(replay(&fixture, since).await, done(2));
    assert_eq!(fixture.send_all().await, [sent[2].clone(), sent[3].clone()], "as they were");
    assert_eq!(fixture.send_all().await, [], "and once");
    assert_eq!(replay(&fixture, Replay { since: Some(at(301)), ..ALL }).await, done(0));
}

pub(crate) async fn what_comes_again_is_behind_what_is_new(fixture: Fixture) {
    commit(&fixture, (1..=20).map(|n| created(fixture.of, n, 100))).await;
    fixture.send_all().await;
    assert_eq!(replay(&fixture, ALL).await, done(20));
    let backlog = directory::Backlog { unsent: 20, oldest_age_seconds: 0 };
    assert_eq!(fixture.store.backlog().await.unwrap(), backlog, "nobody waits for it");
    commit(&fixture, [created(fixture.other, 21, 200), created(fixture.of, 22, 200)]).await;
    assert_eq!(fixture.store.unsent_up_to(MANY).await.unwrap(), 2, "so no snapshot waits for it");
    assert_eq!(fixture.store.backlog().await.unwrap().unsent, 22);
    let relay = directory::RelayId(Uuid::from_u128(1));
    let lease = crate::fixture::LONG_LEASE;
    let next = fixture.store.claim(relay, 2, lease).await.unwrap();
    let mut subjects: Vec<_> = next.iter().map(|event| event.envelope.subject.id).collect();
    subjects.sort();
    assert_eq!(subjects, [user_id(21).0, user_id(22).0]);
    assert_eq!(fixture.store.claim(relay, MANY, lease).await.unwrap().len(), 20);
}

pub(crate) async fn one_resource_is_published_again(fixture: Fixture) {
    let (one, two) = (user(1, "one@acme.example"), user(2, "two@acme.example"));
    let group = group(1, "Sales");
    let of = fixture.of;
    let changes = [create_user(of, &one), create_user(of, &two), replace_user(of, &one)];
    commit(&fixture, changes).await;
    commit(&fixture, [create_group(of, &group, &[user_id(1)])]).await;
    let sent = fixture.send_all().await;
    let subject = |kind, id| Replay { subject: Some(Subject { kind, id }), ..ALL };
    assert_eq!(replay(&fixture, subject(SubjectKind::User, user_id(1).0)).await, done(2));
    assert_eq!(fixture.send_all().await, [sent[0].clone(), sent[2].clone()]);
    assert_eq!(replay(&fixture, subject(SubjectKind::Group, group_id(1).0)).await, done(2));
    assert_eq!(fixture.send_all().await, sent[3..], "with its members");
    assert_eq!(replay(&fixture, subject(SubjectKind::Group, user_id(1).0)).await, done(0));
}

pub(crate) async fn what_waits_already_waits_once(fixture: Fixture) {
    commit(&fixture, [created(fixture.of, 1, 100), created(fixture.of, 2, 100)]).await;
    assert_eq!(replay(&fixture, ALL).await, done(0), "neither was published");
    fixture.send_all().await;
    assert_eq!(replay(&fixture, ALL).await, done(2));
    assert_eq!(replay(&fixture, ALL).await, done(0));
    assert_eq!(fixture.claim_all().await.len(), 2);
}

pub(crate) async fn snapshots_are_not_published_again(fixture: Fixture) {
    commit(&fixture, [created(fixture.of, 1, 100)]).await;
    let wanted = Snapshot::new(SnapshotId(Uuid::from_u128(1)), fixture.of, "test".to_owned(), at(100));
    fixture.store.begin(&wanted).await.unwrap();
    let worker = crate::snapshots::told::worker(&fixture, directory::WorkerId(Uuid::from_u128(1)));
    worker.step(at(200)).await.unwrap();
    assert_eq!(fixture.send_all().await.len(), 2);
    assert_eq!(replay(&fixture, ALL).await, done(1));
}

pub(crate) async fn the_log_is_walked_over_in_parts(fixture: Fixture) {
    let (of, other) = (fixture.of, fixture.other);
    let owner = |n: u128| if n.is_multiple_of(2) { of } else { other };
    commit(&fixture, (1..=7).map(|n| created(owner(n), n, 100))).await;
    fixture.send_all().await;
    let mut position = None;
    let mut steps = vec![];
    loop {
        let step = fixture.store.replay(of, &ALL, position, 2).await.unwrap();
        steps.push(step.events);
        position = step.next;
        if position.is_none() {
            break;
        }
    }
    assert_eq!(steps, [1, 1, 1, 0], "those of the others are looked at, too");
    assert_eq!(fixture.send_all().await.len(), 3);

    // Far behind the instant nothing is looked at any more.
    let since = Replay { since: Some(at(100 + 301)), ..ALL };
    assert_eq!(fixture.store.replay(of, &since, None, 2).await.unwrap(), done(0));
    let since = Replay { since: Some(at(100 + 299)), ..ALL };
    assert!(fixture.store.replay(of, &since, None, 2).await.unwrap().next.is_some());
}

pub(crate) async fn what_is_old_and_published_is_forgotten(fixture: Fixture) {
    let (of, other) = (fixture.of, fixture.other);
    let days = [(of, 1, 0), (other, 2, 1), (of, 3, 2), (other, 4, 3), (of, 5, 40), (other, 6, 41)];
    commit(&fixture, days.map(|(of, n, day)| created(of, n, day * DAY))).await;
    fixture.send_all().await;
    let before = at(31 * DAY);
    let first = fixture.store.forget_events(before, None, 3).await.unwrap();
    assert_eq!(first.events, 3);
    assert_eq!(fixture.store.forget_events(before, first.next, 3).await.unwrap(), done(1));
    assert_eq!(fixture.store.forget_events(before, None, 3).await.unwrap(), done(0));
    assert_eq!(fixture.number("select count(*) from directory.event_log").await, 2);
    assert_eq!(replay(&fixture, ALL).await, done(1));
}

pub(crate) async fn what_was_not_published_is_never_forgotten(fixture: Fixture) {
    commit(&fixture, (1..=3).map(|n| created(fixture.of, n, 0))).await;
    let relay = directory::RelayId(Uuid::from_u128(1));
    let held = fixture.store.claim(relay, 2, crate::fixture::LONG_LEASE).await.unwrap();
    fixture.store.mark_published(relay, &[held[0].envelope.id]).await.unwrap();
    let far = at(4_000 * DAY);
    // One that waits at the old end holds up none behind it.
    let mut step = fixture.store.forget_events(far, None, 1).await.unwrap();
    let mut forgotten = step.events;
    while step.next.is_some() {
        step = fixture.store.forget_events(far, step.next, 1).await.unwrap();
        forgotten += step.events;
    }
    assert_eq!(forgotten, 1);
    fixture.store.release(relay, &[held[1].envelope.id]).await.unwrap();
    assert_eq!(fixture.claim_all().await.len(), 2);
}

pub(crate) async fn what_is_to_be_published_again_is_not_forgotten(fixture: Fixture) {
    commit(&fixture, (1..=3).map(|n| created(fixture.of, n, 0))).await;
    fixture.send_all().await;
    let one = Replay { subject: Some(Subject { kind: SubjectKind::User, id: user_id(2).0 }), ..ALL };
    assert_eq!(replay(&fixture, one).await, done(1));
    let far = at(4_000 * DAY);
    assert_eq!(fixture.store.forget_events(far, None, MANY).await.unwrap(), done(2));
    assert_eq!(fixture.send_all().await.len(), 1);
    assert_eq!(fixture.store.forget_events(far, None, MANY).await.unwrap(), done(1));
}

/// An event of the log that is not in the outbox, for whatever reason, is one that was sent.
pub(crate) async fn what_does_not_wait_was_published(fixture: Fixture) {
    commit(&fixture, (1..=3).map(|n| created(fixture.of, n, 0))).await;
    let second = "(select min(id) + 1 from directory.event_log)";
    fixture.execute(&format!("delete from directory.outbox where log_id = {second}")).await;
    assert_eq!(fixture.send_all().await.len(), 2);
    assert_eq!(fixture.send_all().await, []);
    assert_eq!(replay(&fixture, ALL).await, done(3));
    assert_eq!(fixture.send_all().await.len(), 3);
    assert_eq!(fixture.store.forget_events(at(DAY), None, MANY).await.unwrap(), done(3));
}
