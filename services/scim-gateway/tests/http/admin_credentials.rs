//! Credentials, from their making to their end.

use chrono::{DateTime, Duration, Utc};
use directory::{CredentialId, IntegrationStore, LastUse, Usage};
use platform::clock;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::entra::{Answer, Entra};

use crate::administration::assert_problem;
use crate::harness::{TestGateway, assert_refused};

const PATH: &str = "/acme-production/credentials";
const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

async fn issue(administrator: &Entra, key: Option<&str>, body: Value) -> Answer {
    let headers: Vec<_> = key.map(|key| ("idempotency-key", key)).into_iter().collect();
    administrator.send(Method::POST, PATH, &headers, Some(body.to_string().into_bytes())).await
}

async fn act(administrator: &Entra, id: &str, act: &str) -> Answer {
    administrator.send(Method::POST, &format!("{PATH}/{id}/{act}"), &[], None).await
}

async fn use_at(gateway: &TestGateway, id: &str, at: DateTime<Utc>) {
    let last = Some(LastUse { at, address: "192.0.2.7".parse().ok(), agent: Some("Entra".to_owned()) });
    let id = CredentialId::parse(id).unwrap();
    gateway.store.add_uses(&[(id, Usage { count: 1, last })]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_shown_once_and_opens_the_integration_at_once() {
    let gateway = TestGateway::start().await;
    let before = clock::now();
    let body = json!({ "kind": "secret", "name": "Entra", "scopes": ["users.read"] });
    let made = issue(&gateway.administrator, None, body).await;
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"), "{made:?}");
    let (id, secret) = (made.id(), made.body["secret"].as_str().unwrap().to_owned());
    assert_eq!(made.header("location"), format!("/admin/v1/integrations{PATH}/{id}"));
    assert!(secret.starts_with(&format!("ilx_production_{id}_")), "{secret}");
    let client = gateway.entra.with_token(Some(&secret));
    assert_eq!(client.get("/Users").await.status, 200);
    assert_refused(&client.get("/Groups").await, 403, None, "no such scope");

    let mut seen = gateway.administrator.get(&format!("{PATH}/{id}")).await.body;
    let expires: DateTime<Utc> = seen["expires_at"].as_str().unwrap().parse().unwrap();
    assert!(expires - before > Duration::days(179) && expires - before < Duration::days(181));
    let members = seen.as_object_mut().unwrap();
    for volatile in ["created_at", "expires_at", "uses", "last_used"] {
        assert!(members.remove(volatile).is_some(), "{volatile}");
    }
    assert_eq!(
        seen,
        json!({
            "id": id, "kind": "secret", "name": "Entra", "scopes": ["users.read"], "networks": [],
            "created_by": "test", "state": "active", "revoked_at": null, "revoked_by": null,
            "retirement": { "state": "no_successor" }
        })
    );
    let listed = gateway.administrator.get(PATH).await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 2);
    assert!(!listed.body.to_string().contains("secret\":"), "{listed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_made_with_what_it_needs_and_no_more() {
    let gateway = TestGateway::start().await;
    let (tenant, audience) = (json!(TENANT.to_uppercase()), json!("api://x"));
    let federated = json!({
        "kind": "federated", "name": "Entra", "tenant_id": tenant, "audience": audience, "subject": "object",
        "networks": ["192.0.2.0/24"]
    });
    let made = issue(&gateway.administrator, None, federated.clone()).await;
    assert_eq!((made.status, made.body.get("secret"), &made.body["expires_at"]), (201, None, &Value::Null));
    assert_eq!((&made.body["tenant_id"], &made.body["subject"]), (&json!(TENANT), &json!("object")));
    assert_eq!(made.body["networks"], json!(["192.0.2.0/24"]));
    assert_problem(&act(&gateway.administrator, &made.id(), "rotate").await, 422, "it has no secret");
    let entra = json!({ "kind": "entra", "name": "Entra's own", "tenant_id": TENANT, "audience": "api://x" });
    assert_eq!(issue(&gateway.administrator, None, entra.clone()).await.body["kind"], "entra");
    let client = issue(&gateway.administrator, None, json!({ "kind": "client", "name": "x" })).await;
    assert!(client.body["secret"].is_string());

    let with = |body: &Value, name: &str, value: Value| {
        let mut body = body.clone();
        body[name] = value;
        body
    };
    let secret = json!({ "kind": "secret", "name": "y" });
    for (body, status) in [
        (with(&federated, "subject", Value::Null), 422),
        (with(&federated, "tenant_id", json!("common")), 422),
        (with(&entra, "subject", json!("object")), 422),
        (with(&secret, "audience", json!("api://x")), 422),
        (with(&secret, "kind", json!("password")), 422),
        (with(&secret, "scopes", json!(["users.admin"])), 422),
        (with(&secret, "scopes", json!([])), 422),
        (with(&secret, "networks", json!(["192.0.2.0/33"])), 422),
        (with(&secret, "networks", json!(["192.0.2.7/24"])), 422),
        (with(&secret, "name", json!("")), 422),
        (with(&secret, "name", json!("a\nb")), 422),
        (with(&secret, "name", json!("x".repeat(10 * 1024))), 422),
        (with(&secret, "expires_at", json!("2020-01-01T00:00:00Z")), 422),
        (with(&secret, "expires_at", json!(clock::now() + Duration::days(731))), 422),
        (with(&secret, "expires_at", json!("tomorrow")), 400),
        (with(&secret, "secret", json!("of my own")), 400),
    ] {
        assert_problem(&issue(&gateway.administrator, None, body.clone()).await, status, &body.to_string());
    }
    let many = gateway.administrator.get(PATH).await.body["items"].as_array().unwrap().len();
    assert_eq!(many, 4, "the refused ones made nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_none_is_named_with_what_was_perhaps_meant() {
    let gateway = TestGateway::start().await;
    for (network, told) in [
        (
            "192.0.2.7/24",
            "networks: \"192.0.2.7/24\" has more than a network: write 192.0.2.0/24, or 192.0.2.7/32 for the one \
             address",
        ),
        (
            "2001:db8::7/32",
            "networks: \"2001:db8::7/32\" has more than a network: write 2001:db8::/32, or 2001:db8::7/128 for the \
             one address",
        ),
        ("office", "networks: \"office\" is no network such as 192.0.2.0/24 or 2001:db8::/32"),
        ("192.0.2.7", "networks: \"192.0.2.7\" is no network such as 192.0.2.0/24 or 2001:db8::/32"),
    ] {
        let body = json!({ "kind": "secret", "name": "x", "networks": ["198.51.100.0/24", network] });
        let refused = issue(&gateway.administrator, None, body).await;
        assert_problem(&refused, 422, network);
        assert_eq!((&refused.body["field"], &refused.body["detail"]), (&json!("networks"), &json!(told)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repetition_is_told_which_credential_it_made() {
    let gateway = TestGateway::start().await;
    let body = || json!({ "kind": "secret", "name": "Entra" });
    let made = issue(&gateway.administrator, Some("rollout 7"), body()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let again = issue(&gateway.administrator, Some("rollout 7"), body()).await;
    assert_problem(&again, 409, "again");
    assert!(again.body["detail"].as_str().unwrap().contains(&made.id()), "{again:?}");
    let other = json!({ "kind": "secret", "name": "Entra 2" });
    assert_eq!(issue(&gateway.administrator, Some("rollout 8"), other).await.status, 201);
    let long = "k".repeat(256);
    for key in ["\u{e4}", "a\tb", long.as_str()] {
        assert_problem(&issue(&gateway.administrator, Some(key), body()).await, 400, key);
    }
    let other = gateway.integration("acme-other", events::Environment::Production).await;
    assert!(other.token().is_some());
    let elsewhere = gateway
        .administrator
        .send(
            Method::POST,
            "/acme-other/credentials",
            &[("idempotency-key", "rollout 7")],
            Some(body().to_string().into_bytes()),
        )
        .await;
    assert_eq!(elsewhere.status, 201, "a key is one of its integration");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_can_be_used_have_two_names_unless_one_takes_over_from_the_other() {
    let gateway = TestGateway::start().await;
    let administrator = &gateway.administrator;
    let body = || json!({ "kind": "secret", "name": "Entra" });
    let first = issue(administrator, None, body()).await;
    for name in ["Entra", " entra "] {
        let again = issue(administrator, None, json!({ "kind": "client", "name": name })).await;
        assert_problem(&again, 409, name);
        let detail = again.body["detail"].as_str().unwrap();
        assert!(detail.contains(&first.id()) && detail.contains("has this name already"), "{detail}");
    }
    let rotated = act(administrator, &first.id(), "rotate").await;
    assert_eq!(rotated.status, 201, "a successor keeps the name: {rotated:?}");
    assert_eq!(act(administrator, &rotated.id(), "rotate").await.status, 201, "and so does the next");
    assert_problem(&issue(administrator, None, body()).await, 409, "three have it");
    for made in administrator.get(PATH).await.body["items"].as_array().unwrap() {
        let id = made["id"].as_str().unwrap();
        assert_eq!(administrator.delete(&format!("{PATH}/{id}")).await.status, 204);
    }
    assert_eq!(issue(administrator, None, body()).await.status, 201, "the name of revoked ones is free");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_shuts_nobody_out() {
    let gateway = TestGateway::start().await;
    let administrator = &gateway.administrator;
    let old = issue(administrator, None, json!({ "kind": "secret", "name": "Entra" })).await;
    let rotated = act(administrator, &old.id(), "rotate").await;
    assert_eq!((rotated.status, &rotated.body["name"]), (201, &json!("Entra")), "{rotated:?}");
    assert_eq!((&rotated.body["replaces"], &old.body["replaces"]), (&json!(old.id()), &Value::Null));
    let client = |answer: &Answer| gateway.entra.with_token(answer.body["secret"].as_str());
    for made in [&old, &rotated] {
        assert_eq!(client(made).get("/Users").await.status, 200, "both are good");
    }
    let retirement =
        async || administrator.get(&format!("{PATH}/{}", old.id())).await.body["retirement"]["state"].clone();
    let now = clock::now();
    use_at(&gateway, &old.id(), now + Duration::seconds(1)).await;
    use_at(&gateway, &rotated.id(), now + Duration::minutes(30)).await;
    assert_eq!(retirement().await, "still_used");
    let refused = act(administrator, &old.id(), "retire").await;
    assert_problem(&refused, 409, "it is still used");
    assert!(refused.body["detail"].as_str().unwrap().contains("less than 60 minutes"), "{refused:?}");
    assert_eq!(client(&old).get("/Users").await.status, 200);

    use_at(&gateway, &rotated.id(), now + Duration::minutes(62)).await;
    assert_eq!(retirement().await, "safe");
    let retired = act(administrator, &old.id(), "retire").await;
    assert_eq!((retired.status, &retired.body["state"]), (200, &json!("revoked")), "{retired:?}");
    assert_eq!(retired.body["revoked_by"], "test");
    assert_refused(&client(&old).get("/Users").await, 401, None, "retired");
    assert_eq!(client(&rotated).get("/Users").await.status, 200);

    let named = json!({ "name": "Entra, next", "expires_at": clock::now() + Duration::days(10) });
    let path = format!("{PATH}/{}/rotate", rotated.id());
    let next = administrator.post(&path, named).await;
    assert_eq!([&next.body["name"], &next.body["state"]], ["Entra, next", "expiring"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_revoked_lets_nobody_in_from_then_on() {
    let gateway = TestGateway::start().await;
    let made = issue(&gateway.administrator, None, json!({ "kind": "secret", "name": "x" })).await;
    let client = gateway.entra.with_token(made.body["secret"].as_str());
    assert_eq!(client.get("/Users").await.status, 200);
    let path = format!("{PATH}/{}", made.id());
    assert_eq!(gateway.administrator.delete(&path).await.status, 204);
    assert_refused(&client.get("/Users").await, 401, None, "revoked");
    let seen = gateway.administrator.get(&path).await;
    assert_eq!([&seen.body["state"], &seen.body["retirement"]["state"]], ["revoked", "revoked"]);
    assert_eq!(gateway.administrator.delete(&path).await.status, 204, "again");
    for id in ["ffffffffffffffff", "x"] {
        assert_problem(&gateway.administrator.delete(&format!("{PATH}/{id}")).await, 404, id);
        assert_problem(&gateway.administrator.get(&format!("{PATH}/{id}")).await, 404, id);
        assert_problem(&act(&gateway.administrator, id, "rotate").await, 404, id);
        assert_problem(&act(&gateway.administrator, id, "retire").await, 404, id);
    }
    gateway.integration("acme-other", events::Environment::Production).await;
    let elsewhere = format!("/acme-other/credentials/{}", made.id());
    assert_problem(&gateway.administrator.get(&elsewhere).await, 404, "of another integration");
}
