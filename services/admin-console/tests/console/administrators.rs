use std::path::Path;

use regex::Regex;
use serde_json::{Value, json};

use super::running::Running;
use super::stub::Stub;

const PAGE: &str = "/administrators?integration=acme-production";

/// An act, with these members otherwise.
fn act(number: u32, members: &Value) -> Value {
    let mut act = json!({
        "act_id": format!("0198c0de-0000-7000-8000-{number:012}"), "at": "2026-03-01T12:00:00Z",
        "subject": "olga", "address": "192.0.2.9", "method": "PUT",
        "route": "/admin/v1/integrations/{slug}/state", "integration": "acme-production", "target": null,
        "status": 200, "details": { "before": "enabled", "after": "paused" },
    });
    for (name, value) in members.as_object().unwrap() {
        act[name] = value.clone();
    }
    act
}

fn contains_all(html: &str, texts: &[&str]) {
    for text in texts {
        assert!(html.contains(text), "{text} is not in\n{html}");
    }
}

#[tokio::test]
async fn acts_of_both_services_are_told_in_words_with_what_they_changed() {
    let stub = Stub::start();
    let promotion = json!({ "method": "POST", "route": "/admin/v1/integrations/{slug}/promotion",
        "details": { "from": "acme-staging",
            "differences": [{ "pointer": "/settings/log_retention_days", "here": 180, "there": 90 }] } });
    let denied = json!({ "method": "POST", "route": "/admin/v1/integrations/{slug}/credentials", "status": 403,
        "details": null });
    let lost = json!({ "method": "PUT", "route": "/admin/v1/integrations/{slug}/new-thing", "status": null });
    let items = [act(4, &promotion), act(3, &denied), act(2, &lost), act(1, &json!({}))];
    stub.on_acme("/audit", json!({ "items": items, "next": "41" }));
    let approve = json!({ "method": "POST", "target": "0198c1aa-0000-7000-8000-000000000001",
        "route": "/admin/v1/integrations/{integration}/holds/{id}/approve", "details": null });
    stub.on_acme("/lms-audit", json!({ "items": [act(9, &approve)], "next": 7 }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get(PAGE).await;
    assert_eq!(page.status, 200, "{}", page.html);
    contains_all(
        &page.html,
        &[
            "You are signed in as olga",
            "in the portal acme",
            "Promote the settings",
            "<code>/settings/log_retention_days</code></th><td><code>180</code></td><td><code>90</code>",
            "<span class=\"outcome denied\">denied</span> 403",
            "PUT /admin/v1/integrations/{slug}/new-thing",
            "not known how it ended",
            "<dt>before</dt><dd>enabled</dd><dt>after</dt><dd>paused</dd>",
            "Let held deactivations happen",
            "At the LMS side (user-sync)",
            "href=\"/administrators?integration=acme-production&#38;gateway=41\"",
            "href=\"/administrators?integration=acme-production&#38;lms=7\"",
        ],
    );
    olga.get("/administrators?integration=acme-production&gateway=41&lms=7").await;
    let asked = |part: &str| stub.seen().iter().any(|(address, _)| address.ends_with(part));
    assert!(asked("/audit?limit=50&cursor=41") && asked("/lms-audit?limit=50&cursor=7"), "{:?}", stub.seen());
}

#[tokio::test]
async fn one_record_of_both_services_is_shown_once() {
    let stub = Stub::start();
    let items = [act(2, &json!({})), act(1, &json!({}))];
    stub.on_acme("/audit", json!({ "items": items, "next": "41" }));
    stub.on_acme("/lms-audit", json!({ "items": items, "next": 41 }));
    let running = Running::start(&stub);
    let page = running.olga().await.get(PAGE).await.html;
    assert_eq!(page.matches("Set the state").count(), 2, "{page}");
    contains_all(&page, &["acme-production&#38;gateway=41&#38;lms=41\""]);
}

#[tokio::test]
async fn who_is_no_owner_is_told_so_and_the_services_are_not_asked() {
    let stub = Stub::start();
    stub.on("/whoami", 200, json!({ "subject": "vic", "roles": ["viewer"] }));
    let running = Running::start(&stub);
    let page = running.olga().await.get(PAGE).await.html;
    contains_all(
        &page,
        &["<strong>Viewer</strong> in all portals", "Whoever has the role owner can read it."],
    );
    contains_all(&page, &["scimctl console link", "admin.oidc.roles_claim"]);
    assert!(stub.seen().iter().all(|(address, _)| !address.contains("audit")), "{:?}", stub.seen());
}

#[tokio::test]
async fn without_an_integration_and_without_the_lms_side_the_rest_is_shown() {
    let stub = Stub::start();
    stub.on_acme("/audit", json!({ "items": [], "next": null }));
    let running = Running::with(&stub.url, "http://127.0.0.1:9", None);
    let mut olga = running.olga().await;
    contains_all(
        &olga.get(PAGE).await.html,
        &["user-sync cannot be reached now", "Nothing is on record here."],
    );
    stub.on("/integrations", 200, json!({ "items": [], "next": null }));
    let page = olga.get("/administrators").await;
    assert_eq!(page.status, 200);
    contains_all(&page.html, &["You are signed in as olga", "there is none that you may see"]);
}

/// Words for everything that the services put on record: for each route of theirs that is no GET.
#[test]
fn every_act_has_words() {
    let services = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &str| std::fs::read_to_string(services.join(path)).unwrap();
    let texts = read("admin-console/locales/en.ftl");
    let route = Regex::new(r#""(POST|PUT|DELETE)",? "(?:/admin/v1/)?integrations(/[^"]*)?""#).unwrap();
    let mut count = 0;
    for path in ["scim-gateway/src/admin/route.rs", "user-sync/src/admin/routes.rs"] {
        for found in route.captures_iter(&read(path)) {
            let path = found.get(2).map_or("", |path| path.as_str());
            let parts = path.split('/').filter(|part| !part.is_empty() && !part.starts_with('{'));
            let method = found[1].to_lowercase();
            let key = ["act", &method].into_iter().chain(parts).collect::<Vec<_>>();
            let key = key.join("-");
            assert!(texts.contains(&format!("\n{key} = ")), "{key} has no text");
            count += 1;
        }
    }
    assert!(count >= 30, "{count}");
}

#[tokio::test]
async fn yes_and_no_stand_in_the_readers_language() {
    let stub = Stub::start();
    let made = json!({ "details": { "is_new": true } });
    stub.on_acme("/audit", json!({ "items": [act(1, &made)], "next": null }));
    stub.on_acme("/lms-audit", json!({ "items": [], "next": null }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    assert!(olga.get(PAGE).await.html.contains("<dd>yes</dd>"));
    olga.language = "fr";
    let page = olga.get(PAGE).await.html;
    contains_all(&page, &["<dt>nouvellement créée</dt><dd>oui</dd>"]);
}
