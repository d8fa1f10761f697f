//! What a transport gave up, or what this program panics at, waits for a person and holds up nobody.

use std::sync::Arc;

use events::Applied::{AlreadyApplied, Executed, Parked};
use events::{EventHandler, EventId, Message, PARKED_REASON};
use lms::casework::{ParkedView, discard_parked_event, parked_events, retry_parked_event};
use lms::{DirectorySync, Footprint, GivenUpEvents, IntegrationSlug, Page};

use crate::casework_holds::own;
use crate::fixture::{at, changed, provisioned, scim, user};
use crate::interrupted::{Interrupted, Meanwhile};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    what_was_given_up_waits_for_a_person,
    what_was_applied_already_does_not_wait,
    what_cannot_be_read_waits_where_it_says_it_belongs,
    one_that_panics_is_given_up_and_holds_up_nobody,
    a_discarded_event_has_no_effect,
);

fn given_up(message: &Message, reason: &str) -> Message {
    let mut message = message.clone();
    message.attributes.insert(PARKED_REASON.to_owned(), reason.to_owned());
    message
}

async fn waiting(world: &World) -> Vec<ParkedView> {
    parked_events(world.cases.as_ref(), &own(), None, Page { after: None, limit: 10 }).await.unwrap()
}

async fn keep(world: &World, batch: &[Message]) -> Vec<events::Applied> {
    GivenUpEvents::new(world.store.clone()).handle(batch).await.unwrap()
}

async fn what_was_given_up_waits_for_a_person(world: World) {
    let ana = provisioned(1, at(1), user("ana"));
    let twice = [given_up(&ana, "it panics"), given_up(&ana, "it panics")];
    assert_eq!(keep(&world, &twice).await, [Parked, Parked]);
    let [parked] = waiting(&world).await.try_into().unwrap();
    assert_eq!((parked.case.reason_code.as_str(), parked.next_try_at), ("given_up", None));
    assert_eq!(parked.case.reason, "it was given up: it panics");
    assert_eq!(parked.case.subject, Some(format!("Users/{}", scim(1))));
    assert_eq!(parked.case.attempts, 1);

    world.let_a_minute_pass_for_parked_events().await;
    assert_eq!(world.retry_parked().await, 0, "not of itself");
    assert_eq!(world.count("lms.learner").await, 0);
    retry_parked_event(world.cases.as_ref(), &own(), ana.id).await.unwrap();
    assert_eq!(world.retry_parked().await, 1);
    assert_eq!(world.count("lms.learner").await, 1);
    assert_eq!(waiting(&world).await, []);
}

async fn what_was_applied_already_does_not_wait(world: World) {
    let ana = provisioned(1, at(1), user("ana"));
    assert_eq!(world.apply(ana.clone()).await, Executed);
    let bea = provisioned(2, at(1), user("bea"));
    let batch = [given_up(&ana, "its limit"), given_up(&bea, "its limit")];
    assert_eq!(keep(&world, &batch).await, [AlreadyApplied, Parked]);
    assert_eq!(waiting(&world).await.len(), 1);
}

async fn what_cannot_be_read_waits_where_it_says_it_belongs(world: World) {
    let mut garbled = provisioned(1, at(1), user("ana"));
    garbled.body = vec![0xff, 0];
    assert_eq!(keep(&world, &[given_up(&garbled, "it panics")]).await, [Parked]);
    assert_eq!(waiting(&world).await.len(), 1);
    let mut anonymous = provisioned(2, at(1), user("bea"));
    anonymous.attributes.clear();
    assert_eq!(keep(&world, &[anonymous]).await, [Parked]);
    assert_eq!(world.count("sync.parked_event where integration is null").await, 1);
    assert_eq!(world.count("sync.parked_event where attributes like '%parkedreason%'").await, 0);
}

async fn one_that_panics_is_given_up_and_holds_up_nobody(world: World) {
    let poison = provisioned(1, at(1), user("ana"));
    let harmless = provisioned(2, at(1), user("bea"));
    keep(&world, &[given_up(&poison, "x"), given_up(&harmless, "x")]).await;
    let sync = DirectorySync::new(Arc::new(Interrupted {
        store: world.store.clone(),
        meanwhile: PanicAt(poison.id),
    }));
    for event in [poison.id, harmless.id] {
        retry_parked_event(world.cases.as_ref(), &own(), event).await.unwrap();
    }
    assert_eq!(sync.retry_parked().await.unwrap(), 1);
    assert_eq!(world.learner().await.scim_id.0, scim(2));
    let [parked] = waiting(&world).await.try_into().unwrap();
    assert_eq!(parked.case.reason, "it was given up: this program panicked at it");
    assert_eq!((parked.case.attempts, parked.next_try_at), (2, None));
    assert_eq!(sync.retry_parked().await.unwrap(), 0, "and is not given again");
    assert_eq!(waiting(&world).await[0].case.attempts, 2);
}

async fn a_discarded_event_has_no_effect(world: World) {
    let ana = provisioned(1, at(1), user("ana"));
    keep(&world, &[given_up(&ana, "x")]).await;
    let elsewhere = IntegrationSlug("globex-staging".to_owned());
    assert!(discard_parked_event(world.cases.as_ref(), &elsewhere, ana.id).await.is_err());
    discard_parked_event(world.cases.as_ref(), &own(), ana.id).await.unwrap();
    assert!(discard_parked_event(world.cases.as_ref(), &own(), ana.id).await.is_err());
    assert_eq!(world.retry_parked().await, 0);
    assert_eq!(world.count("lms.learner").await, 0);
    assert_eq!(world.apply(changed(1, at(2), user("ana"))).await, Executed, "what is newer makes up for it");
}

/// Deciding one event panics.
struct PanicAt(EventId);

impl Meanwhile for PanicAt {
    fn before_load(&self, footprint: &Footprint) {
        assert!(!footprint.events.contains(&self.0), "told to panic");
    }
}
