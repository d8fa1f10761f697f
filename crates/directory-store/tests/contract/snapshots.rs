//! Snapshots: what is told covers everything, once, whoever dies or changes something meanwhile.

pub(crate) mod told;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use directory::{
    GroupId, IntegrationId, MemberPosition, Snapshot, SnapshotId, SnapshotPosition, SnapshotStep,
    StateReader, Told, UserId, WorkerId,
};
use events::v1::snapshot_chunk::Content;
use events::{EventType, Sequence, Subject, SubjectKind};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::changes::{
    add, at, create_group, create_user, delete_group, edit_members, group, group_id, replace_user, user,
    user_id,
};
use crate::fixture::{Fixture, LONG_LEASE, integration};
use told::{Telling, many_users, worker};

const ONE: WorkerId = WorkerId(Uuid::from_u128(1));
const TWO: WorkerId = WorkerId(Uuid::from_u128(2));

pub(crate) async fn everything_is_told_once_and_in_order(fixture: Fixture) {
    many_users(&fixture, 1..=230).await;
    fixture.delete_user(&user(7, "user7@acme.example")).await;
    fixture.add_group(&group(1, "Sales"), &[user_id(1), user_id(2)]).await;
    fixture.add_group(&group(2, "Nobody"), &[]).await;
    fixture.add_group(&group(3, "Gone"), &[user_id(1)]).await;
    fixture.store.commit(delete_group(fixture.of, &group(3, "Gone"))).await.unwrap();
    let told = Telling::begin(&fixture).await.finish().await;

    assert_eq!(told.kinds(), ["users", "users", "users", "groups", "members", "members", "ended"]);
    let users: Vec<UserId> = (1..=230).filter(|n| *n != 7).map(user_id).collect();
    assert_eq!(told.users(), users);
    assert_eq!(told.groups(), [group_id(1), group_id(2)]);
    let members = BTreeMap::from([(group_id(1), vec![user_id(1), user_id(2)]), (group_id(2), vec![])]);
    assert_eq!(told.members(), members);
    told.assert_without_gaps();
    let end = told.end();
    assert_eq!((end.chunks, end.users, end.groups, end.members), (6, 229, 2, 2));
    assert_eq!(end.began_at, Some(at(100).into()));
}

pub(crate) async fn an_empty_integration_is_told_too(fixture: Fixture) {
    let told = Telling::begin(&fixture).await.finish().await;
    assert_eq!(told.kinds(), ["users", "groups", "ended"]);
    told.assert_without_gaps();
    assert_eq!(told.chunk(0).settled_before, Some(at(200 - 120).into()));
}

pub(crate) async fn its_events_are_of_the_integration(fixture: Fixture) {
    fixture.execute("update directory.source_epoch set epoch = 3").await;
    let telling = Telling::begin(&fixture).await;
    let id = telling.snapshot.id;
    let told = telling.finish().await;
    for (event, number) in told.0.iter().zip(1..) {
        let envelope = &event.envelope;
        assert_eq!(envelope.subject, Subject { kind: SubjectKind::Integration, id: fixture.of.0 });
        assert_eq!(envelope.sequence, Sequence { epoch: 3, incarnation: 1, version: number });
        assert_eq!((envelope.txn, envelope.time), (id.0, at(200)));
        assert_eq!((envelope.integration.as_str(), envelope.portal.as_str()), ("acme-production", "acme"));
    }
    let ids: std::collections::BTreeSet<_> = told.0.iter().map(|event| event.envelope.id).collect();
    assert_eq!(ids.len(), told.0.len());
}

pub(crate) async fn sequences_are_those_of_the_resources_own_events(fixture: Fixture) {
    fixture.execute("update directory.source_epoch set epoch = 2").await;
    fixture.add_users(2).await;
    fixture.store.commit(replace_user(fixture.of, &user(2, "user2@acme.example"))).await.unwrap();
    fixture.add_group(&group(1, "Sales"), &[user_id(1)]).await;
    fixture.store.commit(edit_members(fixture.of, group_id(1), None, add(&[user_id(2)]))).await.unwrap();
    let live = fixture.newest_sequences().await;

    let told = Telling::begin(&fixture).await.finish().await;
    assert_eq!(told.sequences(), live);
    assert_eq!(live[&group_id(1).0], Sequence { epoch: 2, incarnation: 1, version: 2 });
    let Some(Content::Members(range)) = told.chunk(2).content else { panic!("not members") };
    assert_eq!(range.sequence, live[&group_id(1).0].to_string());
    let Some(Content::Users(range)) = told.chunk(0).content else { panic!("not users") };
    assert_eq!(range.users[1].changed_at, Some(at(60).into()));
    assert_eq!(range.users[1].user.as_ref().unwrap().user_name, "user2@acme.example");
}

pub(crate) async fn members_of_a_large_group_come_in_ranges(fixture: Fixture) {
    let users = many_users(&fixture, 1..=3_000).await;
    fixture.add_group(&group(1, "Everybody"), &users).await;
    let mut telling = Telling::begin(&fixture).await;
    while !matches!(telling.position(), SnapshotPosition::Members(MemberPosition::Rest { .. })) {
        telling.step().await;
    }
    fixture.add_user(&user(4_000, "late@acme.example")).await;
    fixture.store.commit(edit_members(fixture.of, group_id(1), None, add(&[user_id(4_000)]))).await.unwrap();
    let told = telling.finish().await;

    let ranges = told.member_ranges();
    let sizes: Vec<_> = ranges.iter().map(|range| range.members.len()).collect();
    assert_eq!(sizes, [1_000, 1_000, 1_000, 1], "the newcomer is behind");
    let versions: Vec<_> =
        ranges.iter().map(|range| range.sequence.parse::<Sequence>().unwrap().version).collect();
    assert_eq!(versions, [1, 2, 2, 2], "each as of its own moment");
    told.assert_without_gaps();
}

pub(crate) async fn a_group_that_goes_meanwhile_ends_its_ranges(fixture: Fixture) {
    let users = many_users(&fixture, 1..=1_500).await;
    fixture.add_group(&group(1, "Everybody"), &users).await;
    fixture.add_group(&group(2, "Sales"), &users[..1]).await;
    let mut telling = Telling::begin(&fixture).await;
    while !matches!(telling.position(), SnapshotPosition::Members(MemberPosition::Rest { .. })) {
        telling.step().await;
    }
    fixture.store.commit(delete_group(fixture.of, &group(1, "Everybody"))).await.unwrap();
    let told = telling.finish().await;
    let groups: Vec<_> = told.member_ranges().into_iter().map(|range| range.group_id).collect();
    assert_eq!(groups, [group_id(1).to_string(), group_id(2).to_string()]);
}

pub(crate) async fn what_changes_meanwhile_is_told_by_a_range_or_a_newer_event(fixture: Fixture) {
    many_users(&fixture, 1..=250).await;
    fixture.add_group(&group(1, "Sales"), &[user_id(1)]).await;
    let mut telling = Telling::begin(&fixture).await;
    telling.step().await;
    // Behind the position and before it.
    for n in [1, 250] {
        let change = replace_user(fixture.of, &user(n, &format!("renamed{n}@acme.example")));
        fixture.store.commit(change).await.unwrap();
    }
    fixture.delete_user(&user(2, "user2@acme.example")).await;
    fixture.delete_user(&user(249, "user249@acme.example")).await;
    fixture.add_user(&user(300, "new@acme.example")).await;
    fixture.store.commit(edit_members(fixture.of, group_id(1), None, add(&[user_id(250)]))).await.unwrap();
    let live = fixture.newest_sequences().await;
    let told = telling.finish().await;

    told.assert_without_gaps();
    let mut known = told.sequences();
    for (id, sequence) in live {
        known.entry(id).and_modify(|known| *known = sequence.max(*known)).or_insert(sequence);
    }
    let of = fixture.of;
    for found in fixture.store.users_after(of, None, 1_000).await.unwrap() {
        assert_eq!(known[&found.state.id.0], found.sequence, "{:?}", found.state.id);
    }
    for found in fixture.store.groups_after(of, None, 1_000).await.unwrap() {
        assert_eq!(known[&found.state.id.0], found.sequence);
    }
    assert!(!told.users().contains(&user_id(249)), "gone before its range was read");
    assert_eq!(known[&user_id(2).0].version, 2, "the event of the deletion is newer than the range");
}

pub(crate) async fn a_worker_that_dies_leaves_no_gap(fixture: Fixture) {
    many_users(&fixture, 1..=250).await;
    let mut telling = Telling::begin(&fixture).await;
    telling.step().await;
    // Another claims, reads, and is never heard of again.
    let held = fixture.store.claim_next(TWO, Duration::from_millis(1)).await.unwrap();
    assert_eq!(held, None, "the first holds it");
    testkit::eventually(Duration::from_secs(10), "the lease ends", || async {
        fixture.store.claim_next(TWO, Duration::from_millis(1)).await.unwrap().is_some()
    })
    .await;
    let told = telling.resumed_by(worker(&fixture, WorkerId(Uuid::from_u128(3)))).finish().await;
    assert_eq!(told.users().len(), 250);
    told.assert_without_gaps();
}

pub(crate) async fn one_who_lost_the_lease_tells_nothing(fixture: Fixture) {
    many_users(&fixture, 1..=150).await;
    let telling = Telling::begin(&fixture).await;
    let slow = fixture.store.claim_next(TWO, Duration::from_millis(1)).await.unwrap().unwrap();
    let late = told::progress_of(&slow);
    let told = telling.finish().await;
    assert!(!fixture.store.advance(TWO, &late).await.unwrap(), "another has taken it over");
    assert!(!fixture.store.advance(ONE, &late).await.unwrap(), "its number was told");
    assert_eq!(fixture.claim_all().await, []);
    told.assert_without_gaps();
}

pub(crate) async fn workers_side_by_side_tell_nothing_twice(fixture: Fixture) {
    many_users(&fixture, 1..=450).await;
    fixture.add_group(&group(1, "Sales"), &[user_id(1)]).await;
    let telling = Telling::begin(&fixture).await;
    let mut workers = JoinSet::new();
    for n in 0..4 {
        // No lease to speak of, so that they take it from each other all the time.
        let worker = told::worker_with(&fixture, WorkerId(Uuid::from_u128(10 + n)), Duration::from_millis(1));
        let store = Arc::clone(&fixture.store);
        let (of, id) = (fixture.of, telling.snapshot.id);
        workers.spawn(async move {
            while store.snapshot(of, id).await.unwrap().unwrap().finished.is_none() {
                worker.step(at(200)).await.unwrap();
            }
        });
    }
    workers.join_all().await;
    let told = telling.collected().await;
    assert_eq!(told.kinds(), ["users", "users", "users", "users", "users", "groups", "members", "ended"]);
    told.assert_without_gaps();
    assert_eq!(told.users().len(), 450);
}

pub(crate) async fn integrations_take_turns_and_never_mix(fixture: Fixture) {
    many_users(&fixture, 1..=120).await;
    fixture.add_group(&group(1, "Sales"), &[user_id(1)]).await;
    fixture.store.commit(create_user(fixture.other, &user(500, "stranger"))).await.unwrap();
    fixture.store.commit(create_group(fixture.other, &group(9, "Strangers"), &[user_id(500)])).await.unwrap();
    let mine = Telling::begin(&fixture).await;
    let theirs = Telling::begin_of(&fixture, fixture.other).await;
    let worker = worker(&fixture, ONE);
    let mut turns = vec![];
    while let SnapshotStep::Told(snapshot) = worker.step(at(200)).await.unwrap() {
        turns.push(snapshot.integration == fixture.of);
    }
    assert_eq!(turns.iter().filter(|is_mine| **is_mine).count(), 5);
    assert!(
        turns.windows(3).take(5).all(|three| three.contains(&true) && three.contains(&false)),
        "{turns:?}"
    );

    let (mine, theirs) = told::apart(fixture.claim_all().await, mine.snapshot.id, theirs.snapshot.id);
    assert_eq!((mine.users().len(), mine.groups()), (120, vec![group_id(1)]));
    assert_eq!((theirs.users(), theirs.groups()), (vec![user_id(500)], vec![group_id(9)]));
    assert_eq!(theirs.members(), BTreeMap::from([(group_id(9), vec![user_id(500)])]));
    assert_eq!(theirs.0[0].envelope.integration, "other-production");
    assert_eq!(fixture.store.snapshot(fixture.other, theirs.id()).await.unwrap().unwrap().told.users, 1);
    assert_eq!(fixture.store.snapshot(fixture.of, theirs.id()).await.unwrap(), None);
}

pub(crate) async fn one_runs_at_a_time(fixture: Fixture) {
    let wanted =
        |n: u128, began| Snapshot::new(SnapshotId(Uuid::from_u128(n)), fixture.of, "ana".to_owned(), began);
    let first = fixture.store.begin(&wanted(1, at(1))).await.unwrap();
    assert_eq!(first, wanted(1, at(1)));
    assert_eq!(fixture.store.begin(&wanted(2, at(2))).await.unwrap(), first);
    let worker = worker(&fixture, ONE);
    while let SnapshotStep::Told(_) = worker.step(at(200)).await.unwrap() {}
    let second = fixture.store.begin(&wanted(3, at(3))).await.unwrap();
    assert_eq!(second, wanted(3, at(3)));

    let listed = fixture.store.latest(fixture.of, 10).await.unwrap();
    assert_eq!(listed.iter().map(|snapshot| snapshot.id).collect::<Vec<_>>(), [second.id, first.id]);
    assert_eq!(listed[1].finished, Some(at(200)));
    assert_eq!(listed[1].told, Told { chunks: 2, users: 0, groups: 0, members: 0 });
    assert_eq!(fixture.store.latest(fixture.of, 1).await.unwrap(), listed[..1]);
    assert_eq!(fixture.store.latest(fixture.other, 10).await.unwrap(), []);
}

pub(crate) async fn a_position_is_kept_as_it_was(fixture: Fixture) {
    let positions = [
        SnapshotPosition::Users { after: Some(user_id(1)) },
        SnapshotPosition::Groups { after: None },
        SnapshotPosition::Groups { after: Some(group_id(1)) },
        SnapshotPosition::Members(MemberPosition::FirstGroup),
        SnapshotPosition::Members(MemberPosition::Rest { group: group_id(1), after: user_id(2) }),
        SnapshotPosition::Members(MemberPosition::GroupAfter(group_id(1))),
    ];
    let telling = Telling::begin(&fixture).await;
    let mut snapshot = fixture.store.claim_next(ONE, LONG_LEASE).await.unwrap().unwrap();
    for position in positions {
        let progress = told::progress_to(&snapshot, position);
        assert!(fixture.store.advance(ONE, &progress).await.unwrap());
        snapshot = fixture.store.snapshot(fixture.of, telling.snapshot.id).await.unwrap().unwrap();
        assert_eq!(snapshot, progress.after);
    }
}

pub(crate) async fn the_schedule_finds_integrations_that_are_due(fixture: Fixture) {
    let due = async |since| {
        let slugs = fixture.store.integrations_without(at(since)).await.unwrap();
        slugs.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(due(0).await, Vec::<String>::new(), "they are no older themselves");
    assert_eq!(due(1).await, ["acme-production", "other-production"]);
    Telling::begin_one(&fixture, Subject { kind: SubjectKind::User, id: user_id(1).0 }).await;
    assert_eq!(due(50).await, ["acme-production", "other-production"], "one resource is not everything");
    Telling::begin(&fixture).await;
    assert_eq!(due(50).await, ["other-production"]);
    assert_eq!(due(101).await, ["acme-production", "other-production"]);
    fixture
        .execute("update directory.integration set state = 'paused' where slug = 'other-production'")
        .await;
    assert_eq!(due(50).await, Vec::<String>::new());
    fixture.store.add_integration(&integration(3, "late-production"), None, at(60)).await.unwrap();
    assert_eq!(due(61).await, ["late-production"]);
}

pub(crate) async fn a_full_outbox_makes_a_snapshot_wait(fixture: Fixture) {
    fixture.add_users(201).await;
    assert_eq!(fixture.store.unsent_up_to(1_000).await.unwrap(), 201);
    assert_eq!(fixture.store.unsent_up_to(20).await.unwrap(), 20);
    let snapshot = Telling::begin_unsent(&fixture, fixture.of).await.snapshot;
    let worker = worker(&fixture, ONE);
    assert_eq!(worker.step(at(200)).await.unwrap(), SnapshotStep::NotNow);
    fixture.send_all().await;
    assert_eq!(fixture.store.unsent_up_to(1_000).await.unwrap(), 0);
    let SnapshotStep::Told(told) = worker.step(at(200)).await.unwrap() else { panic!("not told") };
    assert_eq!((told.id, told.told.chunks), (snapshot.id, 1));
}

pub(crate) async fn a_step_wakes_a_waiting_relay(fixture: Fixture) {
    let mut telling = Telling::begin(&fixture).await;
    // Takes what the fixture's own commits have left.
    fixture.store.wait_for_events(Duration::from_millis(1)).await;
    let store = Arc::clone(&fixture.store);
    let relay = tokio::spawn(async move { store.wait_for_events(LONG_LEASE).await });
    telling.step().await;
    tokio::time::timeout(Duration::from_secs(10), relay).await.unwrap().unwrap();
}

pub(crate) async fn pages_are_of_one_integration(fixture: Fixture) {
    fixture.add_users(1).await;
    fixture.add_group(&group(1, "Sales"), &[user_id(1)]).await;
    let reader: &dyn StateReader = fixture.store.as_ref();
    let other: IntegrationId = fixture.other;
    assert_eq!(reader.users_after(other, None, 10).await.unwrap(), []);
    assert_eq!(reader.groups_after(other, None, 10).await.unwrap(), []);
    let rest = MemberPosition::Rest { group: group_id(1), after: UserId(Uuid::nil()) };
    for position in [MemberPosition::FirstGroup, MemberPosition::GroupAfter(GroupId(Uuid::nil())), rest] {
        assert_eq!(reader.members_from(other, position, 10).await.unwrap(), None);
        let mine = reader.members_from(fixture.of, position, 10).await.unwrap().unwrap();
        assert_eq!((mine.state.group, mine.state.members), (group_id(1), vec![user_id(1)]));
    }
    let types: Vec<_> = fixture.claim_all().await.iter().map(|event| event.envelope.event_type).collect();
    assert!(!types.contains(&EventType::SnapshotChunk), "reading tells nothing");
}

async fn told_alone(fixture: &Fixture, kind: SubjectKind, id: Uuid) -> told::Told {
    Telling::begin_one(fixture, Subject { kind, id }).await.finish().await
}

pub(crate) async fn a_user_alone_is_told(fixture: Fixture) {
    fixture.add_users(3).await;
    let told = told_alone(&fixture, SubjectKind::User, user_id(2).0).await;
    assert_eq!(told.kinds(), ["users", "ended"]);
    let Some(Content::Users(range)) = told.chunk(0).content else { panic!("not users") };
    assert_eq!((range.after, range.through), (user_id(1).to_string(), user_id(2).to_string()));
    assert_eq!(range.users[0].user.as_ref().unwrap().user_name, "user2@acme.example");
    let end = told.end();
    assert_eq!((end.chunks, end.users, end.groups, end.members), (1, 1, 0, 0));
}

pub(crate) async fn a_group_alone_is_told_with_its_members(fixture: Fixture) {
    let users = many_users(&fixture, 1..=1_500).await;
    for (n, members) in [(1, &users[..1]), (2, &users[..]), (3, &users[..2])] {
        fixture.add_group(&group(n, &format!("Group {n}")), members).await;
    }
    let told = told_alone(&fixture, SubjectKind::Group, group_id(2).0).await;
    assert_eq!(told.kinds(), ["groups", "members", "members", "ended"]);
    assert_eq!(told.groups(), [group_id(2)]);
    assert_eq!(told.members(), BTreeMap::from([(group_id(2), users)]));
    let Some(Content::Groups(range)) = told.chunk(0).content else { panic!("not groups") };
    assert_eq!((range.after, range.through), (group_id(1).to_string(), group_id(2).to_string()));
}

pub(crate) async fn what_is_gone_is_told_as_an_empty_range(fixture: Fixture) {
    fixture.add_users(3).await;
    fixture.delete_user(&user(2, "user2@acme.example")).await;
    let told = told_alone(&fixture, SubjectKind::User, user_id(2).0).await;
    let Some(Content::Users(range)) = told.chunk(0).content else { panic!("not users") };
    assert_eq!((range.through, range.users.len()), (user_id(2).to_string(), 0));
    fixture.add_group(&group(8, "Behind"), &[user_id(1)]).await;
    let told = told_alone(&fixture, SubjectKind::Group, group_id(7).0).await;
    assert_eq!(told.kinds(), ["groups", "ended"]);
}

pub(crate) async fn of_one_resource_one_runs_beside_that_of_all(fixture: Fixture) {
    let snapshot = |n| Snapshot::new(SnapshotId(Uuid::from_u128(n)), fixture.of, "test".to_owned(), at(100));
    let subject = |n: u128| Subject { kind: SubjectKind::User, id: user_id(n).0 };
    let of_all = fixture.store.begin(&snapshot(1)).await.unwrap();
    let of_one = fixture.store.begin(&snapshot(2).of_one(subject(1))).await.unwrap();
    let of_another = fixture.store.begin(&snapshot(3).of_one(subject(2))).await.unwrap();
    assert_eq!((of_all.only, of_one.only), (None, Some(subject(1))));
    assert_eq!(of_another, snapshot(3).of_one(subject(2)));
    assert_eq!(fixture.store.begin(&snapshot(4).of_one(subject(1))).await.unwrap(), of_one);
    assert_eq!(fixture.store.begin(&snapshot(5)).await.unwrap(), of_all);
}
