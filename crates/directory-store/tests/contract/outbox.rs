//! The outbox: leases, and what an event says.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use directory::{Backlog, IntegrationEvent, NewEvent, RelayId, Replay, Snapshot, SnapshotId, WorkerId};
use events::{Envelope, Environment, EventId, EventType, Sequence, Subject, SubjectKind};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::changes::{
    TRACEPARENT, add, at, create_group, create_user, delete_group, delete_user, edit_members, group,
    group_id, replace_user, user, user_id,
};
use crate::fixture::{Fixture, LONG_LEASE, integration};

const ONE: RelayId = RelayId(Uuid::from_u128(1));
const TWO: RelayId = RelayId(Uuid::from_u128(2));

pub(crate) async fn an_envelope_is_complete(fixture: Fixture) {
    let change = create_user(fixture.of, &user(1, "alice"));
    fixture.store.commit(change.clone()).await.unwrap();
    let [event] = fixture.store.claim(ONE, 10, LONG_LEASE).await.unwrap().try_into().unwrap();
    assert_eq!(
        event.envelope,
        Envelope {
            id: change.events[0].id,
            event_type: EventType::UserProvisioned,
            integration: "acme-production".to_owned(),
            environment: Environment::Production,
            portal: "acme".to_owned(),
            subject: Subject { kind: SubjectKind::User, id: user_id(1).0 },
            time: at(60),
            sequence: Sequence { epoch: 0, incarnation: 1, version: 1 },
            txn: change.txn,
            traceparent: Some(TRACEPARENT.to_owned()),
        }
    );
    assert_eq!(event.data, change.events[0].data);
}

pub(crate) async fn events_are_claimed_oldest_first_and_only_once(fixture: Fixture) {
    let users = fixture.add_users(5).await;
    let mut claimed = vec![];
    for limit in [2, 2, 2, 2] {
        let events = fixture.store.claim(ONE, limit, LONG_LEASE).await.unwrap();
        claimed.extend(events.into_iter().map(|event| event.envelope.subject.id));
    }
    assert_eq!(claimed, users.iter().map(|user| user.0).collect::<Vec<_>>());
}

pub(crate) async fn a_lease_that_ended_is_claimed_again(fixture: Fixture) {
    fixture.add_users(1).await;
    let first = fixture.store.claim(ONE, 10, Duration::from_millis(1)).await.unwrap();
    testkit::eventually(Duration::from_secs(10), "the lease ends", || async {
        fixture.store.claim(TWO, 10, LONG_LEASE).await.unwrap() == first
    })
    .await;
    let ids = [first[0].envelope.id];
    assert_eq!(fixture.store.mark_published(ONE, &ids).await.unwrap(), 0, "the first relay holds nothing");
    assert_eq!(fixture.number("select attempts from directory.outbox").await, 2);
    assert_eq!(fixture.store.mark_published(TWO, &ids).await.unwrap(), 1);
}

pub(crate) async fn an_event_of_a_later_version_keeps_no_other_from_being_sent(fixture: Fixture) {
    fixture.add_users(3).await;
    let second = "(select min(id) + 1 from directory.event_log)";
    let later =
        format!("update directory.event_log set event_type = 'of.a.later.version' where id = {second}");
    fixture.execute(&later).await;
    assert_eq!(fixture.store.claim(ONE, 10, LONG_LEASE).await.unwrap().len(), 2);
    assert_eq!(fixture.store.backlog().await.unwrap().unsent, 3);
}

pub(crate) async fn relays_never_share_an_event(fixture: Fixture) {
    fixture.add_users(60).await;
    let mut relays = JoinSet::new();
    for n in 0..6 {
        let store = Arc::clone(&fixture.store);
        relays.spawn(async move {
            let mut mine = vec![];
            loop {
                let events = store.claim(RelayId(Uuid::from_u128(n)), 7, LONG_LEASE).await.unwrap();
                if events.is_empty() {
                    return mine;
                }
                mine.extend(events.into_iter().map(|event| event.envelope.id));
            }
        });
    }
    let claimed: Vec<_> = relays.join_all().await.into_iter().flatten().collect();
    // A relay that met only rows which others were claiming has stopped early; nobody has any of them twice.
    assert_eq!(claimed.iter().collect::<HashSet<_>>().len(), claimed.len());
    let rest = fixture.claim_all().await.len();
    assert_eq!(claimed.len() + rest, 60);
}

pub(crate) async fn only_the_holder_marks_and_releases(fixture: Fixture) {
    fixture.add_users(2).await;
    let held = fixture.store.claim(ONE, 1, LONG_LEASE).await.unwrap();
    let ids = [held[0].envelope.id];
    fixture.store.release(TWO, &ids).await.unwrap();
    assert_eq!(fixture.store.mark_published(TWO, &ids).await.unwrap(), 0);
    assert_eq!(fixture.store.mark_published(ONE, &ids).await.unwrap(), 1);
    assert_eq!(fixture.store.mark_published(ONE, &ids).await.unwrap(), 0, "once is enough");
    fixture.store.release(ONE, &ids).await.unwrap();
    let rest = fixture.store.claim(TWO, 10, LONG_LEASE).await.unwrap();
    assert_eq!(rest.iter().map(|event| event.envelope.subject.id).collect::<Vec<_>>(), [user_id(2).0]);
}

pub(crate) async fn released_events_are_claimed_at_once(fixture: Fixture) {
    fixture.add_users(2).await;
    let held = fixture.store.claim(ONE, 10, LONG_LEASE).await.unwrap();
    assert_eq!(fixture.store.claim(TWO, 10, LONG_LEASE).await.unwrap(), []);
    fixture.store.release(ONE, &[held[0].envelope.id]).await.unwrap();
    assert_eq!(fixture.store.claim(TWO, 10, LONG_LEASE).await.unwrap(), held[..1]);
}

pub(crate) async fn the_backlog_counts_what_is_unsent(fixture: Fixture) {
    let nothing = Backlog { unsent: 0, oldest_age_seconds: 0 };
    assert_eq!(fixture.store.backlog().await.unwrap(), nothing);
    fixture.add_users(3).await;
    let events = fixture.store.claim(ONE, 2, LONG_LEASE).await.unwrap();
    let backlog = fixture.store.backlog().await.unwrap();
    assert_eq!(backlog.unsent, 3, "claimed is not sent");
    fixture.store.mark_published(ONE, &[events[0].envelope.id, events[1].envelope.id]).await.unwrap();
    assert_eq!(fixture.store.backlog().await.unwrap().unsent, 1);
}

pub(crate) async fn a_commit_wakes_a_waiting_relay(fixture: Fixture) {
    let store = Arc::clone(&fixture.store);
    let relay = tokio::spawn(async move { store.wait_for_events(LONG_LEASE).await });
    fixture.add_users(1).await;
    tokio::time::timeout(Duration::from_secs(10), relay).await.unwrap().unwrap();
    // And without a commit the wait ends by itself.
    fixture.store.wait_for_events(Duration::from_millis(1)).await;
}

pub(crate) async fn an_epoch_is_stamped_on_events(fixture: Fixture) {
    fixture.execute("update directory.source_epoch set epoch = 3").await;
    fixture.add_users(1).await;
    let events = fixture.claim_all().await;
    assert_eq!(events[0].envelope.sequence, Sequence { epoch: 3, incarnation: 1, version: 1 });
}

pub(crate) async fn one_with_much_to_tell_holds_up_no_other(fixture: Fixture) {
    fixture.add_users(30).await;
    fixture.store.commit(create_user(fixture.other, &user(31, "late@other.example"))).await.unwrap();
    let first = fixture.store.claim(ONE, 10, LONG_LEASE).await.unwrap();
    let ids: Vec<_> = first.iter().map(|event| event.envelope.subject.id).collect();
    let expected: Vec<_> = (1..=9).chain([31]).map(|n| user_id(n).0).collect();
    assert_eq!(ids, expected, "its share, and the rest to whoever has more");
}

pub(crate) async fn a_claim_is_full_when_there_is_enough(fixture: Fixture) {
    fixture.add_users(4).await;
    for n in 5..=8 {
        fixture
            .store
            .commit(create_user(fixture.other, &user(n, &format!("u{n}@other.example"))))
            .await
            .unwrap();
    }
    for (limit, expected) in [(5, 5), (2, 2), (5, 1)] {
        assert_eq!(fixture.store.claim(ONE, limit, LONG_LEASE).await.unwrap().len(), expected, "{limit}");
    }
}

pub(crate) async fn of_more_integrations_than_fit_all_get_their_turn(fixture: Fixture) {
    for n in 10..15 {
        let integration = integration(n, &format!("acme-{n}"));
        fixture.store.add_integration(&integration, None, at(0)).await.unwrap();
        fixture.store.commit(create_user(integration.id, &user(n, "ana@acme.example"))).await.unwrap();
    }
    let mut told = HashSet::new();
    for _ in 0..3 {
        let events = fixture.store.claim(ONE, 2, LONG_LEASE).await.unwrap();
        told.extend(events.into_iter().map(|event| event.envelope.integration));
    }
    assert_eq!(told.len(), 5);
}

/// Events of the log that do not wait, and what waits of no event.
async fn unpaired(fixture: &Fixture) -> (i64, i64) {
    let sent = "select count(*) from directory.event_log as event where not exists (
        select 1 from directory.outbox as waiting where waiting.event_id = event.event_id
        and waiting.log_id = event.id and waiting.integration_id = event.integration_id
        and waiting.committed_at = event.committed_at)";
    let of_no_event = "select count(*) from directory.outbox as waiting where not exists (
        select 1 from directory.event_log as event where waiting.event_id = event.event_id)";
    (fixture.number(sent).await, fixture.number(of_no_event).await)
}

pub(crate) async fn what_is_written_into_the_log_waits_until_it_is_sent(fixture: Fixture) {
    let (store, of) = (&fixture.store, fixture.of);
    let told = |id, integration: &directory::Integration| IntegrationEvent {
        event: NewEvent {
            id: EventId(Uuid::from_u128(id)),
            event_type: EventType::IntegrationChanged,
            subject: Subject { kind: SubjectKind::Integration, id: integration.id.0 },
            data: "{}".to_owned(),
        },
        at: at(1),
        txn: Uuid::from_u128(id),
    };
    let added = integration(7, "new-production");
    assert!(store.add_integration(&added, Some(&told(71, &added)), at(1)).await.unwrap());
    let changed = directory::Integration { version: 2, ..added };
    assert!(store.change_integration(&changed, Some(&told(72, &changed))).await.unwrap());
    let (ana, bea, sales) = (user(1, "ana"), user(2, "bea"), group(1, "Sales"));
    for change in [
        create_user(of, &ana),
        create_user(of, &bea),
        replace_user(of, &ana),
        create_group(of, &sales, &[user_id(1)]),
        create_group(of, &group(2, "Support"), &[]),
        edit_members(of, group_id(1), None, add(&[user_id(2)])),
        delete_group(of, &group(2, "Support")),
        delete_user(of, &bea),
    ] {
        let mutation = change.mutation.clone();
        let (before, _) = fixture.log_sizes().await;
        assert!(matches!(store.commit(change).await, Ok(directory::Committed::Applied(_))), "{mutation:?}");
        assert!(fixture.log_sizes().await.0 > before, "{mutation:?}");
        assert_eq!(unpaired(&fixture).await, (0, 0), "{mutation:?}");
    }
    store.begin(&Snapshot::new(SnapshotId(Uuid::from_u128(1)), of, "test".to_owned(), at(2))).await.unwrap();
    crate::snapshots::told::worker(&fixture, WorkerId(Uuid::from_u128(1))).step(at(3)).await.unwrap();
    assert_eq!(unpaired(&fixture).await, (0, 0));

    let (all, _) = fixture.log_sizes().await;
    let first = store.claim(ONE, 2, LONG_LEASE).await.unwrap();
    assert_eq!(unpaired(&fixture).await, (0, 0), "claimed is not sent");
    store.mark_published(ONE, &[first[0].envelope.id, first[1].envelope.id]).await.unwrap();
    assert_eq!(unpaired(&fixture).await, (2, 0));
    assert_eq!(fixture.send_all().await.len(), usize::try_from(all).unwrap() - 2);
    assert_eq!(unpaired(&fixture).await, (all, 0));
}

pub(crate) async fn what_another_relay_has_sent_is_marked_by_nobody_else(fixture: Fixture) {
    fixture.add_users(1).await;
    let first = fixture.store.claim(ONE, 10, Duration::from_millis(1)).await.unwrap();
    let ids = [first[0].envelope.id];
    testkit::eventually(Duration::from_secs(10), "the lease ends", || async {
        fixture.store.claim(TWO, 10, LONG_LEASE).await.unwrap() == first
    })
    .await;
    assert_eq!(fixture.store.mark_published(TWO, &ids).await.unwrap(), 1);
    assert_eq!(fixture.store.mark_published(ONE, &ids).await.unwrap(), 0);
    let all = Replay { since: None, subject: None };
    assert_eq!(fixture.store.replay(fixture.of, &all, None, 10).await.unwrap().events, 1);
    assert_eq!(fixture.store.mark_published(ONE, &ids).await.unwrap(), 0, "and it waits once more");
    fixture.store.release(ONE, &ids).await.unwrap();
    assert_eq!(fixture.claim_all().await, first);
}

/// Somebody deleted it by hand.
pub(crate) async fn an_event_that_is_gone_holds_up_no_other(fixture: Fixture) {
    fixture.add_users(3).await;
    let second = "(select min(id) + 1 from directory.event_log)";
    fixture.execute(&format!("delete from directory.event_log where id = {second}")).await;
    assert_eq!(fixture.send_all().await.len(), 2);
    assert_eq!(fixture.store.backlog().await.unwrap().unsent, 1, "and does not go unseen");
    fixture.store.commit(create_user(fixture.of, &user(4, "user4"))).await.unwrap();
    assert_eq!(fixture.send_all().await.len(), 1);
}
