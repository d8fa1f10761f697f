//! What events did, and what a detachment leaves.

use events::v1::{IntegrationChange, IntegrationState};
use events::{EventData, EventType};
use serde_json::json;

use crate::harness::{TestApi, ana, assert_problem};

#[tokio::test(flavor = "multi_thread")]
async fn effects_are_listed_and_searched() {
    let api = TestApi::start().await;
    api.hear("acme", 1, 2, events::v1::User { title: "Pilot".to_owned(), ..ana() }).await;
    let all = api.administrator.get("/acme-production/effects").await;
    assert_eq!(all.header("cache-control"), "no-store");
    let items = all.body["items"].as_array().unwrap();
    assert_eq!((items.len(), &all.body["next"]), (2, &json!(null)));
    assert_eq!((&items[0]["outcome"], &items[0]["changed"]), (&json!("updated"), &json!(["job_title"])));
    assert_eq!(items[0]["request_id"], "00000000-0000-0000-0000-000000000009");
    let learner = api.learner("acme").await;
    assert_eq!(items[1]["learner_id"], learner);
    for (query, count) in [
        (format!("learner_id={learner}"), 2),
        ("request_id=00000000-0000-0000-0000-000000000009".to_owned(), 2),
        ("scim_id=00000000-0000-0000-0000-000000000001".to_owned(), 2),
        ("scim_id=00000000-0000-0000-0000-000000000002".to_owned(), 0),
        ("outcome=created".to_owned(), 1),
        ("outcome=created,updated".to_owned(), 2),
        ("outcome=created,parked,created".to_owned(), 1),
        ("to=2020-01-01T00:00:00Z".to_owned(), 0),
        ("from=2020-01-01T00:00:00Z&outcome=updated".to_owned(), 1),
        (format!("cursor={}", items[0]["effect_id"]), 1),
        ("limit=1".to_owned(), 1),
    ] {
        let found = api.administrator.get(&format!("/acme-production/effects?{query}")).await;
        assert_eq!(found.body["items"].as_array().unwrap().len(), count, "{query}");
    }
    for query in [
        "outcome=nonsense",
        "outcome=created,",
        "outcome=",
        "learner_id=1",
        "from=yesterday",
        "color=red",
        "limit=many",
    ] {
        let refused = api.administrator.get(&format!("/acme-production/effects?{query}")).await;
        assert_problem(&refused, 400, query);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn effects_are_exported_whole() {
    let api = TestApi::start().await;
    for version in 2..1_005 {
        api.hear("acme", 1, version, ana()).await;
    }
    let base = format!("{}/acme-production/effects/export", api.administrator.base());
    let token = api.administrator.token().unwrap().to_owned();
    let get = async |query: &str| {
        let request = reqwest::Client::new().get(format!("{base}?{query}")).bearer_auth(&token);
        let answer = request.send().await.unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (kind, answer.text().await.unwrap())
    };
    let (kind, csv) = get("format=csv").await;
    assert_eq!(kind, "text/csv; charset=utf-8");
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert!(lines[0].starts_with("effect_id,at,request_id,event_id,event_type,kind,"), "{}", lines[0]);
    assert_eq!((lines.len(), lines[1_005]), (1_006, ""));
    assert!(lines[1].contains(",user.changed,user,"), "{}", lines[1]);
    let (kind, text) = get("format=ndjson&outcome=created").await;
    assert_eq!(kind, "application/x-ndjson");
    let only: serde_json::Value = serde_json::from_str(text.trim_end()).unwrap();
    assert_eq!(only["outcome"], "created");
    assert_eq!(get("format=csv&outcome=parked").await.1.lines().count(), 1);
    for query in ["", "?format=xml"] {
        let refused = api.administrator.get(&format!("/acme-production/effects/export{query}")).await;
        assert_problem(&refused, 400, query);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_shown_what_a_detachment_leaves() {
    let api = TestApi::start().await;
    let before = api.administrator.get("/acme-production/detachment").await.body;
    assert_eq!(
        before,
        json!({
            "state": "enabled", "detached_at": null, "is_settled": true,
            "learners": { "active": 1, "inactive": 0 }, "cohorts": 0, "memberships": 0, "role_grants": 0,
            "held": 0, "waiting_adoption": 0, "parked": 0, "counted_up_to": 100_000,
        })
    );
    let detached = IntegrationChange { state: IntegrationState::Detached.into() };
    api.apply("acme", EventType::IntegrationChanged, 0xff, 1, EventData::Integration(detached)).await;
    while api.sync.settle_detachment().await.unwrap() {}
    let after = api.administrator.get("/acme-production/detachment").await.body;
    assert_eq!((&after["state"], &after["learners"]), (&json!("detached"), &before["learners"]));
    assert!(after["detached_at"].is_string() && after["counted_up_to"].is_null());
    let learners = api.administrator.get("/acme-production/learners").await.body;
    assert_eq!(learners["items"], json!([]));
}
