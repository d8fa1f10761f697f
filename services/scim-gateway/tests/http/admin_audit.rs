//! The record of what administrators did.

use reqwest::Method;
use serde_json::{Value, json};

use crate::administration::assert_problem;
use crate::harness::TestGateway;

#[tokio::test(flavor = "multi_thread")]
async fn the_record_of_an_integration_begins_with_its_making() {
    let gateway = TestGateway::start().await;
    let body = json!({ "slug": "acme-new", "portal": "acme", "environment": "staging" });
    assert_eq!(gateway.administrator.post("", body.clone()).await.status, 201);
    let taken = json!({ "slug": "acme-new", "portal": "globex", "environment": "staging" });
    assert_eq!(gateway.administrator_with(&["globex:owner"]).post("", taken).await.status, 409);
    let record = gateway.administrator_with(&["acme:owner"]).get("/acme-new/audit").await;
    let acts = record.body["items"].as_array().unwrap();
    assert_eq!(acts.len(), 1, "what others wanted of the name is not told");
    let made = &acts[0];
    assert_eq!([&made["method"], &made["route"]], ["POST", "/admin/v1/integrations"]);
    assert_eq!((&made["integration"], &made["status"]), (&json!("acme-new"), &json!(201)));
    let details =
        json!({ "integration": "acme-new", "portal": "acme", "environment": "staging", "is_new": true });
    assert_eq!(made["details"], details);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_act_is_on_record_with_what_it_did_and_without_a_secret() {
    let gateway = TestGateway::start().await;
    let administrator = &gateway.administrator;
    let body = json!({ "kind": "secret", "name": "Entra" });
    let made = administrator.post("/acme-production/credentials", body).await;
    let secret = made.body["secret"].as_str().unwrap();
    let rotate = format!("/acme-production/credentials/{}/rotate", made.id());
    administrator.send(Method::POST, &rotate, &[], None).await;
    let settings = Some(json!({ "log_retention_days": 30 }).to_string().into_bytes());
    administrator.send(Method::PUT, "/acme-production/settings", &[("if-match", "\"1\"")], settings).await;
    administrator.put("/acme-production/state", json!({ "state": "paused" })).await;
    let viewer = gateway.administrator_with(&["acme:viewer"]);
    assert_problem(&viewer.put("/acme-production/state", json!({ "state": "enabled" })).await, 403, "");
    viewer.get("/acme-production").await;

    let record = administrator.get("/acme-production/audit").await;
    let acts = record.body["items"].as_array().unwrap();
    let told: Vec<_> = acts.iter().map(|act| (&act["method"], &act["status"], &act["details"])).collect();
    let (put, post) = (json!("PUT"), json!("POST"));
    assert_eq!(told[0], (&put, &json!(403), &Value::Null));
    assert_eq!(told[1], (&put, &json!(200), &json!({ "before": "enabled", "after": "paused" })));
    let changed = json!({ "changed": ["/settings/log_retention_days"] });
    assert_eq!(told[2], (&put, &json!(200), &changed));
    assert_eq!((told[3].0, told[3].1, &told[3].2["kind"]), (&post, &json!(201), &json!("secret")));
    assert_eq!((told[4].0, &told[4].2["credential"]), (&post, &made.body["id"]));
    assert_eq!(acts.len(), 5, "what changes nothing is no act");
    assert_eq!(acts[3]["route"], "/admin/v1/integrations/{slug}/credentials/{id}/rotate");
    assert_eq!([&acts[3]["integration"], &acts[3]["target"]], [&json!("acme-production"), &made.body["id"]]);
    assert_eq!([&acts[3]["subject"], &acts[3]["address"]], ["test", "127.0.0.1"]);
    let kept = record.body.to_string();
    assert!(!kept.contains(secret) && !kept.contains("ilx_"), "{kept}");

    let mut walked = vec![];
    let mut cursor = String::new();
    loop {
        let part = administrator.get(&format!("/acme-production/audit?limit=2{cursor}")).await;
        walked.extend(part.body["items"].as_array().unwrap().clone());
        let Some(next) = part.body["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(&walked, acts);
}
