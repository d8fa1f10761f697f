//! One integration and another.

use events::Environment;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::entra::{PATCH_OP, group, user};

use crate::harness::TestGateway;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_another_integration_can_be_reached() {
    let gateway = TestGateway::start().await;
    let other = gateway.integration("globex-production", Environment::Production).await;
    let body = user("ana@contoso.example", "a-1", "Ana", "Silva");
    let person = gateway.entra.post("/Users", body.clone()).await.id();
    let team = gateway.entra.post("/Groups", group("Team", "g-1")).await.id();
    gateway.events().await;

    let patch = json!({ "schemas": [PATCH_OP], "Operations": [{ "op": "replace", "path": "displayName", "value": "x" }] });
    let bytes = |value: &Value| Some(value.to_string().into_bytes());
    for (path, put) in
        [(format!("/Users/{person}"), &body), (format!("/Groups/{team}"), &group("Team", "g-1"))]
    {
        for (method, body) in [
            (Method::GET, None),
            (Method::HEAD, None),
            (Method::PUT, bytes(put)),
            (Method::PATCH, bytes(&patch)),
            (Method::DELETE, None),
        ] {
            let answer = other.send(method.clone(), &path, &[], body).await;
            assert_eq!(answer.status, 404, "{method} {path}: {answer:?}");
        }
    }
    for query in [
        "/Users".to_owned(),
        "/Groups".to_owned(),
        "/".to_owned(),
        format!("/Users?filter=id+eq+%22{person}%22"),
        "/Users?filter=userName+eq+%22x%22+or+id+pr".to_owned(),
        "/Users?cursor".to_owned(),
    ] {
        assert_eq!(other.get(&query).await.body["totalResults"], 0, "{query}");
    }
    assert_eq!(gateway.event_types().await, Vec::<&str>::new());
    assert_eq!(other.post("/Users", body).await.status, 201, "the names are free here");
    assert_eq!(other.post("/Groups", group("Team", "g-1")).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_decide_neither_the_tenant_nor_the_addresses() {
    let gateway = TestGateway::start().await;
    gateway.entra.post("/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")).await;
    let headers = [
        ("host", "evil.example"),
        ("x-tenant", "globex-production"),
        ("x-forwarded-for", "1.2.3.4"),
        ("x-forwarded-host", "evil.example"),
        ("x-request-id", "mine"),
    ];
    let answer = gateway.entra.get_with("/Users", &headers).await;
    assert_eq!(answer.body["totalResults"], 1);
    let location = answer.body["Resources"][0]["meta"]["location"].as_str().unwrap();
    assert!(location.starts_with(gateway.entra.base()), "{location}");
    assert!(!answer.body.to_string().contains("evil"));
    assert_ne!(answer.header("x-request-id"), "mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_member_leads_to_a_user_and_every_group_of_a_user_to_a_group() {
    let gateway = TestGateway::start().await;
    let person = gateway.entra.post("/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")).await.id();
    let mut body = group("Team", "g-1");
    body["members"] = json!([{ "value": person }]);
    let team = gateway.entra.post("/Groups", body).await;
    let member = team.body["members"][0]["$ref"].as_str().unwrap();
    let user = gateway.entra.get(member.strip_prefix(gateway.entra.base()).unwrap()).await;
    assert_eq!((user.status, user.id()), (200, person.clone()));
    assert_eq!(user.body["groups"][0]["value"], team.id().as_str());
    assert_eq!(user.body["groups"][0]["type"], "direct");
    let back = user.body["groups"][0]["$ref"].as_str().unwrap();
    assert_eq!(gateway.entra.get(back.strip_prefix(gateway.entra.base()).unwrap()).await.id(), team.id());
    gateway.entra.delete(&format!("/Groups/{}", team.id())).await;
    assert_eq!(gateway.entra.get(&format!("/Users/{person}")).await.body.get("groups"), None);
    let listed = gateway.entra.get("/Users?excludedAttributes=groups").await;
    assert_eq!(listed.body["Resources"][0].get("groups"), None);
}
