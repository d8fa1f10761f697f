//! Taking to production what was tried in staging, and ending an integration.

use events::Environment;
use reqwest::Method;
use serde_json::{Value, json};

use crate::administration::{assert_problem, put, told_of_integrations};
use crate::harness::{TestGateway, assert_refused};

const URN: &str = "urn:acme:x:User";

/// A gateway with acme-staging (version 4) beside acme-production (version 1).
async fn start() -> TestGateway {
    let gateway = TestGateway::start().await;
    gateway.integration("acme-staging", Environment::Staging).await;
    let administrator = &gateway.administrator;
    put(administrator, "/acme-staging/profile", &json!({ "profile": "strict" })).await;
    let badge = json!({ "attributes": [{ "name": "badge" }] });
    put(administrator, &format!("/acme-staging/schemas/{URN}"), &badge).await;
    let settings = Some(json!({ "log_retention_days": 30 }).to_string().into_bytes());
    let set = administrator.send(Method::PUT, "/acme-staging/settings", &[("if-match", "\"3\"")], settings);
    assert_eq!(set.await.header("etag"), "\"4\"");
    gateway
}

fn promotion(from_version: u32, to_version: u32) -> Value {
    json!({ "from": "acme-staging", "from_version": from_version, "to_version": to_version })
}

fn pointers(body: &Value) -> Vec<&str> {
    body["differences"].as_array().unwrap().iter().map(|found| found["pointer"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_compared_is_promoted() {
    let gateway = start().await;
    let owner = gateway.administrator_with(&["acme:owner"]);
    let compared = owner.get("/acme-production/comparison?with=acme-staging").await;
    assert_eq!(compared.body["versions"], json!({ "here": 1, "there": 4 }), "{compared:?}");
    let schema = format!("/user_extensions/{}", URN.to_lowercase());
    let expected = ["/profile", "/settings/log_retention_days", schema.as_str()];
    assert_eq!(pointers(&compared.body), expected);
    assert_eq!(
        compared.body["differences"][1],
        json!({ "pointer": "/settings/log_retention_days", "here": 180, "there": 30 })
    );

    let path = "/acme-production/promotion";
    assert_problem(&owner.post(path, promotion(3, 1)).await, 412, "staging has version 4");
    assert_problem(&owner.post(path, promotion(4, 2)).await, 412, "production has version 1");
    let promoted = owner.post(path, promotion(4, 1)).await;
    assert_eq!((promoted.status, pointers(&promoted.body)), (200, expected.to_vec()), "{promoted:?}");
    assert_eq!(promoted.body["integration"], owner.get("/acme-production").await.body);
    assert_eq!(promoted.body["integration"]["version"], 2);
    let compared = owner.get("/acme-production/comparison?with=acme-staging").await;
    assert_eq!(pointers(&compared.body), [""; 0]);
    let quoted = json!({ "schemas": [testkit::entra::USER], "userName": "one", "active": "True" });
    assert_refused(&gateway.entra.post("/Users", quoted).await, 400, Some("invalidValue"), "strict at once");
    let acts = owner.get("/acme-production/audit").await.body;
    assert_eq!(acts["items"][0]["details"]["differences"], promoted.body["differences"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_loses_nothing_and_needs_a_role_on_both_sides() {
    let gateway = start().await;
    let shift = json!({ "attributes": [{ "name": "shift" }] });
    put(&gateway.administrator, &format!("/acme-production/schemas/{URN}"), &shift).await;
    let path = "/acme-production/promotion";
    let refused = gateway.administrator.post(path, promotion(4, 2)).await;
    assert_problem(&refused, 409, "staging has no shift");
    assert!(refused.body["detail"].as_str().unwrap().contains("shift"), "{refused:?}");
    let itself = json!({ "from": "acme-production", "from_version": 2, "to_version": 2 });
    assert_problem(&gateway.administrator.post(path, itself).await, 422, "itself");

    let body = json!({ "slug": "globex-staging", "portal": "globex", "environment": "staging" });
    assert_eq!(gateway.administrator.post("", body).await.status, 201);
    let of_globex = json!({ "from": "globex-staging", "from_version": 1, "to_version": 2 });
    let low = gateway.administrator_with(&["acme:owner", "globex:operator"]);
    assert_problem(&low.post(path, of_globex.clone()).await, 403, "no owner there");
    let blind = gateway.administrator_with(&["acme:owner"]);
    assert_problem(&blind.post(path, of_globex).await, 404, "not seen");
    assert_problem(&blind.get("/acme-production/comparison?with=globex-staging").await, 404, "not seen");
    for query in ["", "?with=", "?with=acme-staging&x=1"] {
        let answer = blind.get(&format!("/acme-production/comparison{query}")).await;
        assert_problem(&answer, if query == "?with=" { 404 } else { 400 }, query);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_detached_stays_so_and_the_lms_is_told() {
    let gateway = TestGateway::start().await;
    let owner = gateway.administrator_with(&["acme:owner"]);
    told_of_integrations(&gateway).await;
    let confirm = |slug: &str| json!({ "confirm": slug });
    let path = "/acme-production/detach";
    for slug in ["", "acme", "ACME-PRODUCTION"] {
        assert_problem(&owner.post(path, confirm(slug)).await, 422, slug);
    }
    assert_eq!(gateway.entra.get("/Users").await.status, 200);
    gateway.integration("acme-staging", Environment::Staging).await;
    let detached = owner.post(path, confirm("acme-production")).await;
    assert_eq!((detached.status, &detached.body["state"]), (200, &json!("detached")), "{detached:?}");
    assert_refused(&gateway.entra.get("/Users").await, 403, None, "detached");
    let told = told_of_integrations(&gateway).await;
    let of_production = json!({ "state": "INTEGRATION_STATE_DETACHED" });
    assert!(told.contains(&of_production), "{told:?}");

    assert_problem(&put(&owner, "/acme-production/state", &json!({ "state": "enabled" })).await, 409, "");
    assert_problem(&put(&owner, "/acme-production/profile", &json!({ "profile": "strict" })).await, 409, "");
    let secret = json!({ "kind": "secret", "name": "x" });
    assert_problem(&owner.post("/acme-production/credentials", secret).await, 409, "");
    assert_problem(&owner.post("/acme-production/snapshots", json!({})).await, 409, "");
    let from = json!({ "from": "acme-production", "from_version": 2, "to_version": 1 });
    assert_problem(&owner.post("/acme-staging/promotion", from).await, 409, "an example that holds nowhere");
    let again = owner.post(path, confirm("acme-production")).await;
    assert_eq!((again.status, &again.body), (200, &detached.body), "again");
    assert_eq!(told_of_integrations(&gateway).await, [Value::Null; 0]);
    let codes = &owner.get("/acme-production").await.body["warnings"];
    assert_eq!((codes.as_array().unwrap().len(), &codes[0]["code"]), (1, &json!("detached")));
}
