//! Integrations, as administrators make and set them.

use chrono::Duration;
use platform::clock;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::entra::{Answer, Entra};

use crate::administration::{assert_problem, put, told_of_integrations};
use crate::harness::{TestGateway, assert_refused};

async fn set_settings(administrator: &Entra, tag: Option<&str>, settings: Value) -> Answer {
    let headers: Vec<_> = tag.map(|tag| ("if-match", tag)).into_iter().collect();
    let body = Some(settings.to_string().into_bytes());
    administrator.send(Method::PUT, "/acme-production/settings", &headers, body).await
}

fn slugs(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["items"].as_array().unwrap().iter().map(|item| item["slug"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_is_made_once() {
    let gateway = TestGateway::start().await;
    let owner = gateway.administrator_with(&["globex:owner"]);
    let body = json!({
        "slug": "globex-staging", "portal": "globex", "environment": "staging", "state": "paused",
        "profile": "strict", "settings": { "log_retention_days": 30 }
    });
    let made = owner.post("", body.clone()).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.header("location"), "/admin/v1/integrations/globex-staging");
    assert_eq!(
        [&made.body["portal"], &made.body["environment"], &made.body["state"], &made.body["profile"]],
        ["globex", "staging", "paused", "strict"]
    );
    assert_eq!(made.body["settings"]["log_retention_days"], 30);
    let codes: Vec<_> = made.body["warnings"].as_array().unwrap().iter().map(|w| &w["code"]).collect();
    assert_eq!(codes, ["paused", "no_credential"]);
    let told = told_of_integrations(&gateway).await;
    assert_eq!(told[1..], [json!({ "state": "INTEGRATION_STATE_PAUSED" })], "after acme-production");

    let again = owner.post("", body).await;
    assert_eq!((again.status, &again.body), (200, &made.body));
    let mut other = json!({ "slug": "globex-staging", "portal": "globex", "environment": "production" });
    assert_problem(&owner.post("", other.clone()).await, 409, "another environment");
    other["portal"] = json!("acme");
    assert_problem(&owner.post("", other.clone()).await, 403, "another portal");
    assert_problem(&gateway.administrator.post("", other).await, 409, "another portal");
    assert_eq!(told_of_integrations(&gateway).await, [Value::Null; 0], "nothing was done");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_answers_what_would_be_made_and_makes_nothing() {
    let gateway = TestGateway::start().await;
    let body = json!({
        "slug": "globex-staging", "portal": "globex", "environment": "staging", "state": "disabled", "dry_run": true
    });
    let shown = gateway.administrator.post("", body.clone()).await;
    assert_eq!((shown.status, shown.body["state"].as_str()), (200, Some("disabled")), "{shown:?}");
    assert_eq!(shown.body["is_new"], true);
    let scim_url = format!("{}/integrations/globex-staging/scim/v2", gateway.origin());
    assert_eq!(shown.body["scim_url"], scim_url);
    assert_problem(&gateway.administrator.get("/globex-staging").await, 404, "nothing was made");
    let with = |name: &str, value: &str| {
        let mut other = body.clone();
        other[name] = json!(value);
        other
    };
    let owner = gateway.administrator_with(&["acme:owner"]);
    assert_problem(&owner.post("", body.clone()).await, 403, "a portal of somebody else");
    assert_problem(&gateway.administrator.post("", with("portal", "Globex AG")).await, 422, "no code");
    assert_problem(&gateway.administrator.post("", with("slug", "acme-production")).await, 409, "taken");
    let present = json!({
        "slug": "acme-production", "portal": "acme", "environment": "production", "state": "disabled", "dry_run": true
    });
    let mut shown = gateway.administrator.post("", present).await.body;
    assert_eq!(shown["is_new"].take(), false);
    let mut there = gateway.administrator.get("/acme-production").await.body;
    there["is_new"] = Value::Null;
    assert_eq!(shown, there, "what is there, with its credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_has_the_portals_of_the_caller_in_parts() {
    let gateway = TestGateway::start().await;
    for (slug, portal) in [("globex-a", "globex"), ("acme-b", "acme"), ("initech-c", "initech")] {
        let body = json!({ "slug": slug, "portal": portal, "environment": "production" });
        assert_eq!(gateway.administrator.post("", body).await.status, 201);
    }
    let all = ["acme-b", "acme-production", "globex-a", "initech-c"];
    assert_eq!(slugs(&gateway.administrator.get("").await), all);
    let some = gateway.administrator_with(&["acme:viewer", "globex:owner"]);
    assert_eq!(slugs(&some.get("").await), ["acme-b", "acme-production", "globex-a"]);

    let first = gateway.administrator.get("?limit=2").await;
    assert_eq!((slugs(&first).as_slice(), &first.body["next"]), (&all[..2], &json!("acme-production")));
    let second = gateway.administrator.get("?limit=2&cursor=acme-production").await;
    assert_eq!((slugs(&second).as_slice(), &second.body["next"]), (&all[2..], &Value::Null));
    for query in ["?limit=0", "?limit=1001", "?limit=x", "?cursor=Not+a+slug", "?offset=2"] {
        assert_problem(&gateway.administrator.get(query).await, 400, query);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_set_by_who_has_seen_them() {
    let gateway = TestGateway::start().await;
    let operator = gateway.administrator_with(&["acme:operator"]);
    let settings = json!({ "log_retention_days": 30, "logged_values": ["title"], "requests_per_second": 50 });
    assert_problem(&set_settings(&operator, None, settings.clone()).await, 428, "no If-Match");
    for tag in ["\"7\"", "\"01\"", "1", "*", "W/\"1\"", "\"1\", \"2\""] {
        assert_problem(&set_settings(&operator, Some(tag), settings.clone()).await, 412, tag);
    }
    let set = set_settings(&operator, Some("\"1\""), settings.clone()).await;
    assert_eq!((set.status, set.header("etag"), &set.body["settings"]), (200, "\"2\"", &settings));
    let seen = gateway.administrator.get("/acme-production").await;
    assert_eq!((seen.header("etag"), &seen.body["settings"]), ("\"2\"", &settings));
    assert_problem(&set_settings(&operator, Some("\"1\""), settings).await, 412, "it has version 2");
    for (wrong, status) in [
        (json!({ "log_retention_days": 1 }), 422),
        (json!({ "requests_per_second": 24 }), 422),
        (json!({ "requests_per_second": 0 }), 400),
        (json!({ "logged_values": [""] }), 422),
        (json!({ "logged_values": ["password"] }), 422),
        (json!({ "logged_values": ["titel"] }), 422),
        (json!({ "log_retention": 30 }), 400),
        (json!({ "log_retention_days": "30" }), 400),
    ] {
        let answer = set_settings(&operator, Some("\"2\""), wrong.clone()).await;
        assert_problem(&answer, status, &wrong.to_string());
    }
    let spelt = json!({ "logged_values": ["Title", "title", "DEPARTMENT"] });
    let set = set_settings(&operator, Some("\"2\""), spelt).await;
    let department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    assert_eq!(set.body["settings"]["logged_values"], json!(["title", department]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_is_in_force_at_once() {
    let gateway = TestGateway::start().await;
    let administrator = &gateway.administrator;
    let set =
        async |state: &str| put(administrator, "/acme-production/state", &json!({ "state": state })).await;
    assert_eq!(gateway.entra.get("/Users").await.status, 200);
    told_of_integrations(&gateway).await;

    assert_eq!(set("paused").await.body["warnings"][0]["code"], "paused");
    let paused = gateway.entra.get("/Users").await;
    assert_refused(&paused, 503, None, "paused");
    assert!(!paused.header("retry-after").is_empty(), "{paused:?}");
    assert_eq!(set("disabled").await.body["state"], "disabled");
    assert_refused(&gateway.entra.get("/Users").await, 403, None, "disabled");
    assert_eq!(set("disabled").await.status, 200, "again");
    assert_eq!(set("enabled").await.body["warnings"], json!([]));
    assert_eq!(gateway.entra.get("/Users").await.status, 200);
    let told = ["PAUSED", "DISABLED", "ENABLED"];
    let told = told.map(|state| json!({ "state": format!("INTEGRATION_STATE_{state}") }));
    assert_eq!(told_of_integrations(&gateway).await, told);
    for state in ["detached", "Enabled", ""] {
        assert_problem(&set(state).await, 422, state);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_soon_is_warned_of() {
    let gateway = TestGateway::start().await;
    let soon = clock::now() + Duration::days(20);
    let (id, _) = gateway.credential("acme-production", |wanted| wanted.expires = Some(soon)).await;
    let seen = gateway.administrator.get("/acme-production").await;
    let warnings = seen.body["warnings"].as_array().unwrap();
    assert_eq!((warnings.len(), &warnings[0]["code"]), (1, &json!("credential_expires")));
    assert!(warnings[0]["text"].as_str().unwrap().contains(id.as_str()));
    assert_eq!(warnings[0]["credential"]["kind"], "secret");
    assert_eq!(gateway.administrator.get("").await.body["items"][0]["warnings"], seen.body["warnings"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_is_told_who_they_are() {
    let gateway = TestGateway::start().await;
    let caller = gateway.administrator_with(&["globex:viewer", "nonsense", "acme:owner"]);
    let told = caller.get("/../whoami").await;
    assert_eq!(told.body, json!({ "subject": "test", "roles": ["acme:owner", "globex:viewer"] }));
    assert_eq!(told.header("cache-control"), "no-store");
}
