//! The record of what administrators asked for.

use administration::{Act, ActOutcome};
use chrono::{DateTime, Utc};
use serde_json::json;

use crate::fixture::scim;
use crate::over_both_stores;
use crate::world::World;

over_both_stores!(
    an_act_is_on_record_before_it_ends,
    an_act_gets_the_integration_that_it_made,
    an_outcome_is_never_another,
    acts_are_listed_by_page,
    acts_are_forgotten_the_oldest_first
);

fn act(id: u128, integration: Option<&str>) -> Act {
    let at: DateTime<Utc> = "2026-03-01T10:00:00.250Z".parse().unwrap();
    Act {
        id: scim(id),
        at,
        subject: "olga".to_owned(),
        address: "10.0.0.7".parse().ok(),
        method: "PUT".to_owned(),
        route: "/admin/v1/integrations/{integration}/rules".to_owned(),
        integration: integration.map(str::to_owned),
        target: None,
    }
}

async fn an_act_is_on_record_before_it_ends(world: World) {
    let begun = act(1, Some("nobody-has-heard-of-it"));
    world.acts.begin(&begun).await.unwrap();
    let recorded = world.acts.acts(None, None, 10).await.unwrap().remove(0);
    assert_eq!((&recorded.act, &recorded.outcome), (&begun, &None));
    let outcome = ActOutcome { status: 200, details: json!({ "version": 3 }) };
    world.acts.finish(begun.id, &outcome).await.unwrap();
    let recorded = world.acts.acts(None, None, 10).await.unwrap().remove(0);
    assert_eq!((recorded.act, recorded.outcome), (begun, Some(outcome)));
}

async fn an_act_gets_the_integration_that_it_made(world: World) {
    let (made, named) = (act(1, None), act(2, Some("named")));
    for begun in [&made, &named] {
        world.acts.begin(begun).await.unwrap();
        world.acts.assign(begun.id, "made").await.unwrap();
        world.acts.assign(begun.id, "another").await.unwrap();
    }
    let found = world.acts.acts(Some("made"), None, 10).await.unwrap();
    assert_eq!(found.iter().map(|found| found.act.clone()).collect::<Vec<_>>(), [act(1, Some("made"))]);
    assert_eq!(world.acts.acts(Some("named"), None, 10).await.unwrap()[0].act, named);
    assert_eq!(world.acts.acts(Some("another"), None, 10).await.unwrap(), []);
}

async fn an_outcome_is_never_another(world: World) {
    let begun = act(1, None);
    world.acts.begin(&begun).await.unwrap();
    assert!(world.acts.begin(&begun).await.is_err(), "an act is begun once");
    let first = ActOutcome { status: 403, details: json!(null) };
    world.acts.finish(begun.id, &first).await.unwrap();
    world.acts.finish(begun.id, &ActOutcome { status: 200, details: json!(null) }).await.unwrap();
    assert_eq!(world.acts.acts(None, None, 10).await.unwrap()[0].outcome, Some(first));
}

async fn acts_are_listed_by_page(world: World) {
    for id in 1..6 {
        let integration = if id % 2 == 0 { "even" } else { "odd" };
        world.acts.begin(&act(id, Some(integration))).await.unwrap();
    }
    let all = world.acts.acts(None, None, 10).await.unwrap();
    let ids: Vec<_> = all.iter().map(|recorded| recorded.act.id).collect();
    assert_eq!(ids, [5, 4, 3, 2, 1].map(scim));
    assert_eq!(world.acts.acts(None, Some(all[1].cursor), 2).await.unwrap(), all[2..4]);
    let odd = world.acts.acts(Some("odd"), None, 10).await.unwrap();
    assert_eq!(odd, [all[0].clone(), all[2].clone(), all[4].clone()]);
    assert_eq!(world.acts.acts(Some("odd"), Some(odd[0].cursor), 1).await.unwrap(), odd[1..2]);
    assert_eq!(world.acts.acts(Some("none"), None, 10).await.unwrap(), []);
}

async fn acts_are_forgotten_the_oldest_first(world: World) {
    for (id, day) in [(3, 3), (1, 1), (2, 2), (5, 5), (4, 4)] {
        let at = format!("2026-03-0{day}T10:00:00Z").parse().unwrap();
        world.acts.begin(&Act { at, ..act(id, None) }).await.unwrap();
    }
    world.acts.finish(scim(1), &ActOutcome { status: 204, details: json!(null) }).await.unwrap();
    let then: DateTime<Utc> = "2026-03-04T10:00:00Z".parse().unwrap();
    let mut forgotten = vec![];
    for _ in 0..3 {
        forgotten.push(world.acts.forget_acts(then, 2).await.unwrap());
    }
    assert_eq!(forgotten, [2, 1, 0]);
    let left = world.acts.acts(None, None, 10).await.unwrap();
    assert_eq!(left.iter().map(|recorded| recorded.act.id).collect::<Vec<_>>(), [4, 5].map(scim));
}
