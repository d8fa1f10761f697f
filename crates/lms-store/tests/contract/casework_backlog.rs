use events::Applied::{Executed, Parked};
use events::EventId;
use events::v1::{EnterpriseUser, Manager, User};
use lms::casework::{CaseError, parked_events, retry_parked_event, retry_parked_events, retry_stuck};
use lms::{IntegrationSlug, Page, ScimId};

use crate::casework_holds::own;
use crate::fixture::{INTEGRATION, OTHER, at, deactivated, deprovisioned, provisioned, scim, user};
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    a_parked_event_is_retried_when_somebody_asks,
    parked_events_are_listed_and_retried_by_reason,
    what_could_not_be_decided_anew_is_retried,
    managers_who_are_named_and_unknown_are_listed,
    a_manager_whose_departure_is_held_is_not_missing,
);

fn first<Id>() -> Page<Id> {
    Page { after: None, limit: 10 }
}

fn double() -> User {
    User { user_name: "ana@contoso.example".to_owned(), ..user("bea") }
}

async fn a_parked_event_is_retried_when_somebody_asks(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    assert_eq!(world.apply(provisioned(2, at(1), double())).await, Parked);
    let parked = parked_events(world.cases.as_ref(), &own(), None, first()).await.unwrap();
    assert_eq!(parked.len(), 1);
    let case = &parked[0].case;
    assert_eq!((case.reason_code.as_str(), case.attempts), ("refused", 1));
    assert_eq!(case.subject.as_deref(), Some(format!("Users/{}", scim(2)).as_str()));
    assert_eq!(parked[0].next_try_at.unwrap() - case.last_parked_at, chrono::TimeDelta::minutes(1));
    world.apply(deactivated(1, at(2), user("ana"))).await;
    assert_eq!(world.retry_parked().await, 0);
    let event = EventId(case.event_id);
    let other = IntegrationSlug(OTHER.to_owned());
    let foreign = retry_parked_event(world.cases.as_ref(), &other, event).await;
    assert!(matches!(foreign, Err(CaseError::NotFound(_))));
    retry_parked_event(world.cases.as_ref(), &own(), event).await.unwrap();
    assert_eq!(world.retry_parked().await, 1);
    assert!(matches!(
        retry_parked_event(world.cases.as_ref(), &own(), event).await,
        Err(CaseError::NotFound(_))
    ));
}

async fn parked_events_are_listed_and_retried_by_reason(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    let nameless = User { user_name: String::new(), ..user("caio") };
    assert_eq!(
        world.handle(&[provisioned(2, at(1), double()), provisioned(3, at(1), nameless)]).await,
        [Parked, Parked]
    );
    let cases = world.cases.as_ref();
    assert_eq!(parked_events(cases, &own(), None, first()).await.unwrap().len(), 2);
    let refused = parked_events(cases, &own(), Some("refused"), first()).await.unwrap();
    assert_eq!(refused.len(), 1);
    let one = Page { after: None, limit: 1 };
    let page = parked_events(cases, &own(), None, one).await.unwrap();
    let after = Page { after: Some(EventId(page[0].case.event_id)), limit: 10 };
    assert_eq!(parked_events(cases, &own(), None, after).await.unwrap().len(), 1);
    assert_eq!(retry_parked_events(cases, &own(), Some("refused")).await.unwrap(), 1);
    assert_eq!(retry_parked_events(cases, &own(), None).await.unwrap(), 2);
    assert_eq!(world.retry_parked().await, 0);
    assert_eq!(world.count("sync.parked_event where attempts = 2").await, 2);
    // A retry is asked for once.
    assert_eq!(world.retry_parked().await, 0);
    assert_eq!(world.count("sync.parked_event where attempts = 2").await, 2);
}

async fn what_could_not_be_decided_anew_is_retried(world: World) {
    world.apply(provisioned(1, at(1), user("ana"))).await;
    world
        .execute(&format!(
            "insert into sync.recheck (integration, kind, scim_id, not_before, attempts, reason_code, reason)
             values ('{INTEGRATION}', 'user', '{}', '2999-01-01T00:00:00.000Z', 3, 'no_seat', 'no seat')",
            scim(1)
        ))
        .await;
    let stuck = world.cases.stuck(&own(), first()).await.unwrap();
    assert_eq!((stuck[0].kind.as_str(), stuck[0].scim_id.0, stuck[0].attempts), ("user", scim(1), 3));
    world.recheck().await;
    assert_eq!(world.count("sync.recheck").await, 1);
    retry_stuck(world.cases.as_ref(), &own(), ScimId(scim(1))).await.unwrap();
    world.recheck().await;
    assert_eq!(world.count("sync.recheck").await, 0);
    let gone = retry_stuck(world.cases.as_ref(), &own(), ScimId(scim(1))).await;
    assert!(matches!(gone, Err(CaseError::NotFound(_))));
}

fn led_by(name: &str, manager: u128) -> User {
    let manager = Some(Manager { value: scim(manager).to_string(), ..Manager::default() });
    User { enterprise: Some(EnterpriseUser { manager, ..EnterpriseUser::default() }), ..user(name) }
}

/// The guard lets one person go; the manager, who left as well, is an active learner for as long as the hold is undecided.
async fn a_manager_whose_departure_is_held_is_not_missing(world: World) {
    for (id, person) in [(1, user("ana")), (2, user("bea")), (3, led_by("caio", 2))] {
        world.apply(provisioned(id, at(1), person)).await;
    }
    world
        .execute(&format!(
            "insert into sync.rules (integration, version, document, saved_by)
             values ('{INTEGRATION}', 1, '{{\"guard\":{{\"people\":1}}}}', 'ops')"
        ))
        .await;
    world.apply(deprovisioned(1, at(2), user("ana"))).await;
    world.apply(deprovisioned(2, at(2), user("bea"))).await;
    assert_eq!(world.count("sync.link where waits = 'held' and phase = 'deleted'").await, 1);
    let missing = world.cases.missing_managers(&own(), first()).await.unwrap();
    assert_eq!((missing.total, missing.items.len()), (0, 0));
}

async fn managers_who_are_named_and_unknown_are_listed(world: World) {
    let batch = [
        provisioned(1, at(1), user("ana")),
        provisioned(2, at(1), led_by("bea", 1)),
        provisioned(3, at(1), led_by("caio", 70)),
        provisioned(4, at(1), led_by("davi", 70)),
        provisioned(5, at(1), led_by("eva", 71)),
    ];
    assert_eq!(world.handle(&batch).await, [Executed; 5]);
    let missing = world.cases.missing_managers(&own(), Page { after: None, limit: 1 }).await.unwrap();
    assert_eq!(missing.total, 2);
    assert_eq!((missing.items[0].manager_scim_id.0, missing.items[0].reports), (scim(70), 2));
    let after = Page { after: Some(missing.items[0].manager_scim_id), limit: 10 };
    let rest = world.cases.missing_managers(&own(), after).await.unwrap();
    assert_eq!((rest.total, rest.items.len(), rest.items[0].manager_scim_id.0), (2, 1, scim(71)));
    let beyond = Page { after: Some(rest.items[0].manager_scim_id), limit: 10 };
    let none = world.cases.missing_managers(&own(), beyond).await.unwrap();
    assert_eq!((none.total, none.items.len()), (2, 0), "what is counted does not depend on the page");
    // Who is gone names nobody.
    world.apply(deprovisioned(5, at(2), led_by("eva", 71))).await;
    let left = world.cases.missing_managers(&own(), Page { after: None, limit: 10 }).await.unwrap();
    assert_eq!((left.total, left.items.len()), (1, 1));
}
