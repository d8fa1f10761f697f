//! Rules of one integration compared with those of another, and taken over.

use serde_json::{Value, json};
use testkit::entra::{Answer, Entra};

use crate::harness::{TestApi, assert_problem};

async fn promote(caller: &Entra, from: i32, to: i32) -> Answer {
    let body =
        json!({ "from": "acme-production", "from_version": from, "to_version": to, "comment": "rehearsed" });
    caller.post("/globex-production/rules-promotion", body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_compared_and_taken_over() {
    let api = TestApi::start().await;
    let rules = json!({ "rules": { "guard": { "people": 7 } }, "comment": "few" });
    assert_eq!(api.save(0, &rules).await.status, 200);
    let compared = api.administrator.get("/acme-production/rules-comparison?with=globex-production").await;
    assert_eq!(
        compared.body,
        json!({
            "differences": [{ "pointer": "/guard/people", "here": 7, "there": 500 }],
            "versions": { "here": 1, "there": 0 },
        })
    );
    let promoted = promote(&api.administrator, 1, 0).await;
    assert_eq!(promoted.status, 200, "{promoted:?}");
    assert_eq!(
        promoted.body["differences"],
        json!([{ "pointer": "/guard/people", "here": 500, "there": 7 }])
    );
    let there = api.administrator.get("/globex-production/rules").await.body;
    assert_eq!((&there["version"], &there["rules"]["guard"]["people"]), (&json!(1), &json!(7)));
    assert_eq!((&there["comment"], &there["saved_by"]), (&json!("rehearsed"), &json!("olga")));
    let compared = api.administrator.get("/acme-production/rules-comparison?with=globex-production").await;
    assert_eq!(compared.body["differences"], json!([]));
    let record = api.administrator.get("/globex-production/lms-audit").await.body;
    assert_eq!(record["items"][0]["details"]["from"], "acme-production");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_over_that_was_not_seen() {
    let api = TestApi::start().await;
    let rules = json!({ "rules": { "guard": { "people": 7 } } });
    assert_eq!(api.save(0, &rules).await.status, 200);
    for (from, to) in [(0, 0), (2, 0), (1, 1)] {
        assert_problem(&promote(&api.administrator, from, to).await, 412, &format!("{from} {to}"));
    }
    let there = api.administrator.get("/globex-production/rules").await.body;
    assert_eq!(there["version"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_portals_must_be_the_callers() {
    let api = TestApi::start().await;
    let one = api.caller("one", &["globex:owner"]);
    assert_problem(&promote(&one, 0, 0).await, 404, "the other is unseen");
    let viewer = api.caller("two", &["globex:owner", "acme:viewer"]);
    assert_problem(&promote(&viewer, 0, 0).await, 403, "the other is only seen");
    let path = "/globex-production/rules-comparison?with=";
    assert_problem(&one.get(&format!("{path}acme-production")).await, 404, "unseen");
    let unknown = api.administrator.get(&format!("{path}nowhere")).await;
    assert_problem(&unknown, 404, "unknown");
    assert_eq!(unknown.body, one.get(&format!("{path}acme-production")).await.body);
    assert_eq!(viewer.get(&format!("{path}acme-production")).await.status, 200);
    assert_problem(&api.administrator.get("/globex-production/rules-comparison").await, 400, "with whom?");
    let body: Value =
        json!({ "from": "acme-production", "from_version": 0, "to_version": 0, "colour": "red" });
    assert_problem(
        &api.administrator.post("/globex-production/rules-promotion", body).await,
        400,
        "unknown member",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_what_is_detached_are_neither_saved_nor_taken_over() {
    let api = TestApi::start().await;
    let rules = json!({ "rules": { "guard": { "people": 7 } } });
    assert_eq!(api.save(0, &rules).await.status, 200);
    api.detach("acme").await;
    let refused = api.save(1, &json!({ "rules": { "guard": { "people": 8 } } })).await;
    assert_problem(&refused, 409, "its rules decide nothing");
    assert!(refused.body["detail"].as_str().unwrap().contains("acme-production is detached"), "{refused:?}");
    assert_eq!(refused.body["code"], "detached");
    let refused = promote(&api.administrator, 1, 0).await;
    assert_problem(&refused, 409, "an example for nobody");
    assert_eq!(refused.body["code"], "example_detached");
    let back = json!({ "from": "globex-production", "from_version": 0, "to_version": 1 });
    let refused = api.administrator.post("/acme-production/rules-promotion", back).await;
    assert_problem(&refused, 409, "nor to it");
    assert_eq!(refused.body["code"], "detached");
    assert_eq!(api.administrator.get("/acme-production/rules").await.body["version"], 1);
}
