//! How an integration is doing, and whether its set-up is complete.

use serde_json::{Value, json};
use testkit::entra::user;

use crate::harness::TestGateway;

const OBJECT_ID: &str = "3f1c0f5e-0d0b-4f3c-9b1a-0123456789ab";

/// The members that are instants, once seen to be such.
fn instants(view: &Value, names: &[&str]) -> Vec<bool> {
    let is_given = |name: &&str| match &view[*name] {
        Value::Null => false,
        at => at.as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().is_ok(),
    };
    names.iter().map(is_given).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_summary_says_what_came_and_what_waits() {
    let gateway = TestGateway::start().await;
    gateway.all_events().await;
    let names = [
        "last_request_at",
        "last_success_at",
        "last_problem_at",
        "health_check_last_at",
        "oldest_waiting_at",
    ];
    let before = gateway.administrator.get("/acme-production/summary").await;
    assert_eq!(before.status, 200, "{before:?}");
    assert_eq!(instants(&before.body, &names), [false; 5], "{before:?}");
    assert_eq!(before.body["problems_last_day"], json!({ "count": 0, "more": false }));
    assert_eq!(before.body["credentials"]["usable"], 1);

    gateway.entra.post("/Users", user("ana@acme.example", OBJECT_ID, "Ana", "Silva")).await;
    assert_eq!(gateway.entra.post("/Users", json!({ "userName": "" })).await.status, 400);
    gateway.log("acme-production", 2).await;
    let after = gateway.administrator.get("/acme-production/summary").await.body;
    assert_eq!(instants(&after, &names), [true, true, true, false, true], "{after}");
    assert_eq!(after["problems_last_day"], json!({ "count": 1, "more": false }));
    assert_eq!(after["events_waiting"], json!({ "count": 1, "more": false }));
    assert!(instants(&after["credentials"], &["next_expiry"])[0], "{after}");
    let mut members: Vec<_> = after.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(
        members,
        [
            "credentials",
            "events_waiting",
            "health_check_last_at",
            "last_problem_at",
            "last_request_at",
            "last_success_at",
            "oldest_waiting_at",
            "problems_last_day",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_up_is_checked_step_by_step() {
    let gateway = TestGateway::start().await;
    let steps = ["test_connection", "first_user", "first_group", "first_deactivation"];
    let check = async || gateway.administrator.get("/acme-production/setup-check").await.body;
    let done = |view: &Value| steps.map(|step| instants(&view[step], &["at"])[0]);
    let before = check().await;
    assert_eq!(done(&before), [false; 4], "{before}");
    assert_eq!((&before["sampled"], &before["findings"]), (&json!(0), &json!([])));

    let nobody = "/Users?filter=userName%20eq%20%22c31e5d0b-2b2b-4a7a-9e93-5b8f7a3d9b01%22";
    assert_eq!(gateway.entra.get(nobody).await.status, 200);
    let ana = gateway.entra.post("/Users", user("ana@acme.example", OBJECT_ID, "Ana", "Silva")).await;
    assert_eq!(ana.status, 201);
    let group = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Sales" });
    assert_eq!(gateway.entra.post("/Groups", group).await.status, 201);
    let disable = json!([{ "op": "Replace", "path": "active", "value": "False" }]);
    assert_eq!(gateway.entra.patch(&format!("/Users/{}", ana.id()), disable).await.status, 200);
    gateway.log("acme-production", 4).await;
    let after = check().await;
    assert_eq!(done(&after), [true; 4], "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_looks_wrong_is_told_in_numbers_and_ids_and_never_by_value() {
    let gateway = TestGateway::start().await;
    let mut ids = vec![];
    for (name, external_id) in [("ana@acme.example", OBJECT_ID), ("secretive", "bea.nickname")] {
        let mut body = user(name, external_id, "Ana", "Silva");
        body["emails"][0]["value"] = json!("office@acme.example");
        let made = gateway.entra.post("/Users", body).await;
        assert_eq!(made.status, 201, "{made:?}");
        ids.push(made.id());
    }
    let answer = gateway.administrator.get("/acme-production/setup-check").await;
    let text = answer.body.to_string();
    for value in ["secretive", "nickname", OBJECT_ID, "acme.example"] {
        assert!(!text.contains(value), "{text}");
    }
    let findings = answer.body["findings"].as_array().unwrap();
    let found = |code: &str| findings.iter().find(|finding| finding["code"] == code);
    assert_eq!(answer.body["sampled"], 2);
    for code in ["external_id_is_no_object_id", "user_name_is_no_address"] {
        assert_eq!(
            found(code),
            Some(&json!({ "code": code, "users": 1, "share": 0.5, "examples": [ids[1]] })),
            "{text}"
        );
    }
    assert_eq!(found("no_external_id"), None);
}
