//! Profiles and extension schemas, as administrators set them.

use std::time::Duration;

use directory::{Outbox, RelayId};
use events::EventType;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::entra::{Answer, Entra, USER};
use uuid::Uuid;

use crate::harness::{TestGateway, assert_refused};

const ACME: &str = "urn:ietf:params:scim:schemas:extension:acme:2.0:User";

fn schema() -> Value {
    json!({
        "name": "Acme", "description": "What Acme knows of people.",
        "attributes": [
            { "name": "badge", "type": "string", "mutability": "immutable", "caseExact": true },
            { "name": "shoeSize", "type": "integer" },
            { "name": "hired", "type": "dateTime" },
            { "name": "forklift", "type": "boolean", "returned": "request" }
        ]
    })
}

pub(crate) async fn put(administrator: &Entra, path: &str, body: &Value) -> Answer {
    administrator.put(path, body.clone()).await
}

/// What the LMS is told of integrations themselves. Each call sees what was told since the one before.
pub(crate) async fn told_of_integrations(gateway: &TestGateway) -> Vec<Value> {
    let relay = RelayId(Uuid::new_v4());
    let events = gateway.store.claim(relay, 1_000, Duration::from_secs(3600)).await.unwrap();
    let of_integrations =
        events.iter().filter(|event| event.envelope.event_type == EventType::IntegrationChanged);
    of_integrations.map(|event| serde_json::from_str(&event.data).unwrap()).collect()
}

/// Requires a problem of that status, as whole as every problem has to be.
pub(crate) fn assert_problem(answer: &Answer, status: u16, about: &str) {
    assert_eq!(answer.status, status, "{about}: {answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json", "{about}");
    assert_eq!(answer.body["status"], status, "{about}");
    assert!(!answer.body["detail"].as_str().unwrap().is_empty(), "{about}");
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_see_an_integration_and_others_do_not() {
    let gateway = TestGateway::start().await;
    let seen = gateway.administrator.get("/acme-production").await;
    let base = gateway.entra.base();
    assert_eq!(seen.status, 200);
    assert_eq!((seen.header("etag"), seen.header("cache-control")), ("\"1\"", "no-store"));
    assert_eq!(
        seen.body,
        json!({
            "slug": "acme-production", "portal": "acme", "environment": "production", "state": "enabled",
            "profile": "entra", "scim_url": base, "token_url": base.replace("/scim/v2", "/oauth2/token"),
            "settings": { "log_retention_days": 180, "logged_values": [], "requests_per_second": null },
            "user_extensions": [], "version": 1, "warnings": []
        })
    );
    assert_problem(&gateway.administrator.get("/globex").await, 404, "unknown");
    assert_problem(&gateway.administrator.get("/Not%20A%20Slug").await, 404, "no slug");
    for token in [None, Some("nonsense"), gateway.entra.token()] {
        let other = gateway.administrator.with_token(token);
        assert_problem(&other.get("/acme-production").await, 401, "read");
        let strict = json!({ "profile": "strict" });
        assert_problem(&put(&other, "/acme-production/profile", &strict).await, 401, "profile");
        let path = format!("/acme-production/schemas/{ACME}");
        assert_problem(&put(&other, &path, &schema()).await, 401, "schema");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_in_force_at_once() {
    let gateway = TestGateway::start().await;
    let quoted = |name: &str| json!({ "schemas": [USER], "userName": name, "active": "True" });
    assert_eq!(gateway.entra.post("/Users", quoted("one")).await.status, 201);
    let set = put(&gateway.administrator, "/acme-production/profile", &json!({ "profile": "strict" })).await;
    assert_eq!((set.status, &set.body["profile"]), (200, &json!("strict")));
    assert_refused(&gateway.entra.post("/Users", quoted("two")).await, 400, Some("invalidValue"), "strict");
    assert_eq!(gateway.administrator.get("/acme-production").await.body["profile"], "strict");
    put(&gateway.administrator, "/acme-production/profile", &json!({ "profile": "entra" })).await;
    assert_eq!(gateway.entra.post("/Users", quoted("two")).await.status, 201);
    for (body, status) in
        [(json!({}), 400), (json!({ "profile": "lenient" }), 422), (json!({ "profile": 1 }), 400)]
    {
        let answer = put(&gateway.administrator, "/acme-production/profile", &body).await;
        assert_problem(&answer, status, "profile");
    }
    let cut =
        gateway.administrator.send(Method::PUT, "/acme-production/profile", &[], Some(b"{".to_vec())).await;
    assert_problem(&cut, 400, "no JSON");
    assert_problem(
        &put(&gateway.administrator, "/globex/profile", &json!({ "profile": "entra" })).await,
        404,
        "",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_of_ones_own_are_served_like_any_other() {
    let gateway = TestGateway::start().await;
    let path = format!("/acme-production/schemas/{}", ACME.replace(':', "%3A"));
    let added = put(&gateway.administrator, &path, &schema()).await;
    assert_eq!((added.status, &added.body["user_extensions"][0]["id"]), (200, &json!(ACME)), "{added:?}");

    let listed = gateway.entra.get(&format!("/Schemas/{ACME}")).await;
    assert_eq!((listed.status, &listed.body["attributes"][1]["type"]), (200, &json!("integer")));
    let types = gateway.entra.get("/ResourceTypes/User").await;
    assert_eq!(types.body["schemaExtensions"][1], json!({ "schema": ACME, "required": false }));
    let other = gateway.integration("globex-production", events::Environment::Production).await;
    assert_eq!(other.get(&format!("/Schemas/{ACME}")).await.status, 404, "theirs alone");

    let body = json!({
        "schemas": [USER, ACME], "userName": "ana",
        (ACME): { "badge": "B-1", "shoeSize": 39, "hired": "2026-01-05T00:00:00Z", "forklift": true }
    });
    let created = gateway.entra.post("/Users", body.clone()).await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(created.body["schemas"], json!([USER, ACME]));
    assert_eq!(created.body[ACME]["shoeSize"], 39);
    assert_eq!(created.body[ACME].get("forklift"), None, "answered on request only");
    let person = format!("/Users/{}", created.id());
    let asked = gateway.entra.get(&format!("{person}?attributes={ACME}:forklift")).await;
    assert_eq!(asked.body[ACME], json!({ "forklift": true }));
    for (filter, found) in [
        (format!("{ACME}:badge+eq+%22B-1%22"), 1),
        (format!("{ACME}:badge+eq+%22b-1%22"), 0),
        (format!("{ACME}:shoeSize+gt+38"), 1),
        (format!("{ACME}:hired+lt+%222026-01-05T00:00:00%2B01:00%22"), 0),
    ] {
        let answer = gateway.entra.get(&format!("/Users?filter={filter}")).await;
        assert_eq!(
            (answer.status, &answer.body["totalResults"]),
            (200, &json!(found)),
            "{filter}: {answer:?}"
        );
    }
    for (name, value) in [("shoeSize", json!(1.5)), ("hired", json!("2024-13-01")), ("forklift", json!([1]))]
    {
        let operation = json!([{ "op": "replace", "path": format!("{ACME}:{name}"), "value": value }]);
        assert_refused(&gateway.entra.patch(&person, operation).await, 400, Some("invalidValue"), name);
    }
    let last = json!([{ "op": "remove", "path": format!("{ACME}:shoeSize") }]);
    assert_eq!(gateway.entra.patch(&person, last).await.body[ACME].get("shoeSize"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_set_once_is_not_set_again() {
    let gateway = TestGateway::start().await;
    put(&gateway.administrator, &format!("/acme-production/schemas/{ACME}"), &schema()).await;
    let mut body = json!({ "schemas": [USER, ACME], "userName": "ana" });
    let person = format!("/Users/{}", gateway.entra.post("/Users", body.clone()).await.id());
    let badge = |text: &str| json!([{ "op": "add", "path": format!("{ACME}:badge"), "value": text }]);
    assert_eq!(gateway.entra.patch(&person, badge("B-1")).await.status, 200, "the first time");
    assert_eq!(gateway.entra.patch(&person, badge("B-1")).await.status, 200, "the same again");
    assert_refused(&gateway.entra.patch(&person, badge("B-2")).await, 400, Some("mutability"), "PATCH");
    body[ACME] = json!({ "badge": "B-2" });
    assert_refused(&gateway.entra.put(&person, body.clone()).await, 400, Some("mutability"), "PUT");
    body[ACME] = json!({ "badge": "B-1", "shoeSize": 40 });
    assert_eq!(gateway.entra.put(&person, body).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_cannot_be_is_refused() {
    let gateway = TestGateway::start().await;
    let path = format!("/acme-production/schemas/{ACME}");
    let attributes = |attributes: Value| json!({ "attributes": attributes });
    for body in [
        json!({}),
        attributes(json!([])),
        attributes(json!([{ "name": "a", "type": "colour" }])),
        attributes(json!([{ "name": "a", "required": true }])),
        attributes(json!([{ "name": "a", "type": "complex", "subAttributes": [
            { "name": "b", "type": "complex", "subAttributes": [{ "name": "c" }] }
        ] }])),
        json!({ "id": "urn:another:one:User", "attributes": [{ "name": "a" }] }),
        json!({ "id": 7, "attributes": [{ "name": "a" }] }),
    ] {
        let answer = put(&gateway.administrator, &path, &body).await;
        assert_problem(&answer, 422, &body.to_string());
    }
    let core = format!("/acme-production/schemas/{USER}");
    assert_problem(&put(&gateway.administrator, &core, &schema()).await, 422, "a URN of the standard");
    assert_problem(
        &put(&gateway.administrator, &format!("/globex/schemas/{ACME}"), &schema()).await,
        404,
        "",
    );

    assert_eq!(put(&gateway.administrator, &path, &schema()).await.status, 200);
    let retyped = attributes(json!([{ "name": "badge", "type": "integer" }]));
    assert_problem(&put(&gateway.administrator, &path, &retyped).await, 422, "another type");
    let parts = schema();
    let mut more = parts["attributes"].as_array().unwrap().clone();
    more.push(json!({ "name": "tags", "type": "string", "multiValued": true }));
    let mut extended = attributes(json!(more));
    extended["id"] = json!(ACME);
    let answer = put(&gateway.administrator, &path, &extended).await;
    assert_eq!(answer.body["user_extensions"][0]["attributes"].as_array().unwrap().len(), 5, "{answer:?}");
}
