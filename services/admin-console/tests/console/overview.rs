use serde_json::json;

use super::running::Running;
use super::stub::{Stub, lms_summary, summary};

#[tokio::test]
async fn a_card_says_how_an_integration_is_doing() {
    let stub = Stub::start();
    let mut coming = summary();
    coming["problems_last_day"] = json!({ "count": 3, "more": false });
    coming["events_waiting"] = json!({ "count": 7, "more": false });
    coming["oldest_waiting_at"] = json!("2026-03-01T11:59:59Z");
    stub.on_acme("/summary", coming);
    let mut waiting = lms_summary();
    waiting["parked"] = json!({ "count": 1000, "more": true });
    waiting["learners"] = json!({ "active": 5210, "inactive": { "count": 340, "more": false } });
    stub.on_acme("/lms-summary", waiting);
    let running = Running::start(&stub);
    let page = running.olga().await.get("/").await;
    assert_eq!(page.status, 200);
    for shown in [
        "<strong>Production</strong>",
        "https://scim.example/integrations/acme-production/scim/v2",
        "A token ends soon: rotate it.",
        "one that lets somebody in",
        "<time datetime=\"2027-01-02T03:04:05Z\">2027-01-02 03:04:05 UTC</time>",
        "<time datetime=\"2026-03-01T12:00:00Z\">",
        "<a href=\"/attention/parked?integration=acme-production\">1,000 or more</a>",
        "<a href=\"/people?integration=acme-production&amp;status=active\">5,210 active learners</a>",
        "<a href=\"/people?integration=acme-production&amp;status=inactive\">340 inactive</a>",
        "<a href=\"/setup?integration=acme-production#credentials\">one that lets somebody in</a>",
        "7, since <time datetime=\"2026-03-01T11:59:59Z\">",
        "<time datetime=\"2026-03-01T12:00:01Z\">",
        "/log?integration=acme-production&amp;outcome=refused,denied,failed",
    ] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
}

#[tokio::test]
async fn a_side_that_is_away_is_named_and_the_other_shown() {
    let stub = Stub::start();
    let running = Running::with(&stub.url, "http://127.0.0.1:9", None);
    let page = running.olga().await.get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.html.contains("user-sync cannot be reached now"), "{}", page.html);
    assert!(page.html.contains("one that lets somebody in"), "{}", page.html);
    assert!(!page.html.contains("Parked events"), "{}", page.html);
}

#[tokio::test]
async fn without_the_gateway_there_is_nothing_to_show_but_a_way_to_try_again() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    stub.on("/integrations", 500, json!({}));
    let page = olga.get("/").await;
    assert_eq!((page.status, page.headers["retry-after"].to_str().unwrap()), (503, "10"));
    assert!(page.html.contains("scim-gateway cannot be reached now"), "{}", page.html);
    assert!(page.html.contains("Try again"), "{}", page.html);
}

#[tokio::test]
async fn what_the_lms_has_not_heard_of_yet_and_what_is_not_there_is_said() {
    let stub = Stub::start();
    stub.on("/integrations/acme-production/lms-summary", 404, json!({}));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    assert!(olga.get("/").await.html.contains("has heard nothing of it yet"));
    stub.on("/integrations", 200, json!({ "items": [], "next": null }));
    assert!(olga.get("/").await.html.contains("scimctl integration create"));
    assert_eq!(olga.get("/log").await.status, 404);
}

#[tokio::test]
async fn what_somebody_should_look_at_is_said_in_the_readers_language() {
    let stub = Stub::start();
    let mut integration = super::stub::integration();
    integration["warnings"] = json!([
        { "code": "no_credential", "text": "no credential lets anybody in: issue one" },
        { "code": "credential_expires", "text": "the credential a1 (azure) ends at 2026-03-20T00:00:00Z: rotate it",
          "credential": { "id": "a1", "name": "azure", "expires_at": "2026-03-20T00:00:00Z" } },
        { "code": "credential_expires", "text": "the credential b2 (entra) ends at 2026-03-21T00:00:00Z: issue another",
          "credential": { "id": "b2", "kind": "entra", "name": "entra", "expires_at": "2026-03-21T00:00:00Z" } },
        { "code": "unheard_of", "text": "something is new" }]);
    stub.on("/integrations", 200, json!({ "items": [integration], "next": null }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.language = "fr";
    let page = olga.get("/").await;
    for shown in [
        "Aucun jeton ne laisse entrer Azure : créez-en un.</p>",
        "Renouvelez le jeton « azure » : il expire le <time datetime=\"2026-03-20T00:00:00Z\">",
        "Créez un autre jeton à la place de « entra » : il expire le <time datetime=\"2026-03-21T00:00:00Z\">",
        "<q lang=\"en\">something is new</q>",
    ] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    assert!(!page.html.contains("credential lets"), "{}", page.html);
}

#[tokio::test]
async fn text_of_a_service_is_never_markup() {
    let stub = Stub::start();
    let mut integration = super::stub::integration();
    integration["warnings"] = json!([{ "code": "new", "text": "<script>alert(1)</script>" }]);
    stub.on("/integrations", 200, json!({ "items": [integration], "next": null }));
    let running = Running::start(&stub);
    let page = running.olga().await.get("/").await;
    assert!(!page.html.contains("<script>alert"), "{}", page.html);
    assert!(page.html.contains("&#60;script&#62;alert(1)"), "{}", page.html);
}

#[tokio::test]
async fn every_integration_is_asked_for_and_shown_in_order() {
    let stub = Stub::start();
    let slugs: Vec<String> = (10..60).map(|number| format!("acme-{number}")).collect();
    let of = |slug: &String| {
        let mut integration = super::stub::integration();
        integration["slug"] = json!(slug);
        integration
    };
    stub.on("/integrations", 200, json!({ "items": slugs.iter().map(of).collect::<Vec<_>>(), "next": null }));
    for slug in &slugs {
        stub.on(&format!("/integrations/{slug}/summary"), 200, summary());
        stub.on(&format!("/integrations/{slug}/lms-summary"), 200, lms_summary());
    }
    let running = Running::start(&stub);
    let page = running.olga().await.get("/").await;
    assert_eq!(page.status, 200, "{}", page.html);
    let places: Vec<_> =
        slugs.iter().map(|slug| page.html.find(&format!("/people?integration={slug}\"")).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(stub.seen().iter().any(|(address, _)| address == "/admin/v1/integrations?limit=1000"));
}
