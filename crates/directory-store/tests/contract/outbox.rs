//! The outbox: leases, and what an event says.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use directory::{Backlog, RelayId};
use events::{Envelope, Environment, EventType, Sequence, Subject, SubjectKind};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::changes::{TRACEPARENT, at, create_user, user, user_id};
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
    assert_eq!(fixture.store.mark_published(TWO, &ids).await.unwrap(), 1);
    assert_eq!(fixture.number("select attempts from directory.event_log").await, 2);
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
