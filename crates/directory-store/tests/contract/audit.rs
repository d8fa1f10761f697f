//! The record of what administrators did.

use administration::{Act, ActOutcome, RecordedAct};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::changes::at;
use crate::fixture::Fixture;

fn act(n: u32, integration: Option<&str>) -> Act {
    Act {
        id: Uuid::from_u128(n.into()),
        at: at(n.into()),
        subject: "olga".to_owned(),
        address: None,
        method: "PUT".to_owned(),
        route: "/admin/v1/integrations/{slug}/state".to_owned(),
        integration: integration.map(str::to_owned),
        target: None,
    }
}

fn outcome(status: u16, details: Value) -> ActOutcome {
    ActOutcome { status, details }
}

async fn acts(
    fixture: &Fixture,
    integration: Option<&str>,
    before: Option<i64>,
    limit: u32,
) -> Vec<RecordedAct> {
    fixture.audit.acts(integration, before, limit).await.unwrap()
}

pub(crate) async fn an_act_is_on_record_before_and_after_it_ends(fixture: Fixture) {
    let full = Act {
        address: "2001:db8::1".parse().ok(),
        target: Some("credentials/0123456789abcdef".to_owned()),
        ..act(1, Some("acme-production"))
    };
    fixture.audit.begin(&full).await.unwrap();
    let [begun] = acts(&fixture, None, None, 10).await.try_into().unwrap();
    assert_eq!((&begun.act, &begun.outcome), (&full, &None));
    let ended = outcome(201, json!({ "é": ["x", 1, null] }));
    fixture.audit.finish(full.id, &ended).await.unwrap();
    assert_eq!(acts(&fixture, None, None, 10).await, [RecordedAct { outcome: Some(ended), ..begun }]);

    let bare = act(2, None);
    fixture.audit.begin(&bare).await.unwrap();
    fixture.audit.finish(bare.id, &outcome(204, Value::Null)).await.unwrap();
    let found = acts(&fixture, None, None, 1).await;
    assert_eq!((&found[0].act, &found[0].outcome), (&bare, &Some(outcome(204, Value::Null))));
}

pub(crate) async fn an_act_begins_and_ends_once(fixture: Fixture) {
    fixture.audit.begin(&act(1, None)).await.unwrap();
    let again = Act { subject: "mallory".to_owned(), ..act(1, None) };
    fixture.audit.begin(&again).await.unwrap();
    fixture.audit.finish(Uuid::from_u128(1), &outcome(403, Value::Null)).await.unwrap();
    fixture.audit.finish(Uuid::from_u128(1), &outcome(200, Value::Null)).await.unwrap();
    fixture.audit.finish(Uuid::from_u128(2), &outcome(200, Value::Null)).await.unwrap();
    let [kept] = acts(&fixture, None, None, 10).await.try_into().unwrap();
    assert_eq!((kept.act, kept.outcome), (act(1, None), Some(outcome(403, Value::Null))));
}

pub(crate) async fn an_act_gets_the_integration_that_it_made(fixture: Fixture) {
    let made = act(1, None);
    fixture.audit.begin(&made).await.unwrap();
    fixture.audit.assign(made.id, "a").await.unwrap();
    fixture.audit.assign(made.id, "b").await.unwrap();
    fixture.audit.finish(made.id, &outcome(201, Value::Null)).await.unwrap();
    let [kept] = acts(&fixture, Some("a"), None, 10).await.try_into().unwrap();
    assert_eq!((kept.act, kept.outcome), (act(1, Some("a")), Some(outcome(201, Value::Null))));

    let ended = act(2, None);
    fixture.audit.begin(&ended).await.unwrap();
    fixture.audit.finish(ended.id, &outcome(409, Value::Null)).await.unwrap();
    fixture.audit.assign(ended.id, "b").await.unwrap();
    assert_eq!(acts(&fixture, Some("b"), None, 10).await, []);
}

pub(crate) async fn acts_are_listed_newest_first_for_one_integration_or_all(fixture: Fixture) {
    for (n, integration) in [(1, Some("a")), (2, Some("b")), (3, None), (4, Some("a")), (5, Some("a"))] {
        fixture.audit.begin(&act(n, integration)).await.unwrap();
    }
    let ids = |acts: &[RecordedAct]| acts.iter().map(|act| act.act.id.as_u128()).collect::<Vec<_>>();
    assert_eq!(ids(&acts(&fixture, None, None, 10).await), [5, 4, 3, 2, 1]);
    assert_eq!(ids(&acts(&fixture, Some("c"), None, 10).await), [] as [u128; 0]);
    let page = acts(&fixture, Some("a"), None, 2).await;
    assert_eq!(ids(&page), [5, 4]);
    assert_eq!(ids(&acts(&fixture, Some("a"), Some(page[1].cursor), 2).await), [1]);
    assert_eq!(ids(&acts(&fixture, None, Some(page[1].cursor), 2).await), [3, 2]);
}

pub(crate) async fn acts_are_forgotten_the_oldest_first(fixture: Fixture) {
    for n in [3, 1, 2, 5, 4] {
        fixture.audit.begin(&act(n, None)).await.unwrap();
    }
    fixture.audit.finish(Uuid::from_u128(1), &outcome(204, Value::Null)).await.unwrap();
    let forget = async |limit| fixture.audit.forget_acts(at(4), limit).await.unwrap();
    assert_eq!(forget(2).await, 2);
    let left = acts(&fixture, None, None, 10).await;
    assert_eq!(left.iter().map(|act| act.act.id.as_u128()).collect::<Vec<_>>(), [4, 5, 3]);
    assert_eq!(forget(2).await, 1);
    assert_eq!(forget(2).await, 0);
    assert_eq!(acts(&fixture, None, None, 10).await.len(), 2);
}
