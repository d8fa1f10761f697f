use serde_json::{Value, json};

use super::running::Running;
use super::stub::{Stub, integration};

const PAIR: &str = "/environments?integration=acme-production&with=acme-staging";

fn stub() -> Stub {
    let stub = Stub::start();
    let mut staging = integration();
    staging["slug"] = json!("acme-staging");
    staging["environment"] = json!("staging");
    let mut foreign = integration();
    foreign["slug"] = json!("globex-staging");
    foreign["portal"] = json!("globex");
    foreign["environment"] = json!("staging");
    stub.on("/integrations", 200, json!({ "items": [integration(), staging, foreign], "next": null }));
    stub.on_acme("/comparison", compared("/settings/log_retention_days", json!(180), json!(90)));
    stub.on_acme("/rules-comparison", json!({ "differences": [], "versions": { "here": 2, "there": 5 } }));
    stub
}

fn compared(pointer: &str, here: Value, there: Value) -> Value {
    json!({ "differences": [{ "pointer": pointer, "here": here, "there": there }],
            "versions": { "here": 1, "there": 4 } })
}

fn contains_all(html: &str, texts: &[&str]) {
    for text in texts {
        assert!(html.contains(text), "{text} is not in\n{html}");
    }
}

#[tokio::test]
async fn both_environments_of_a_portal_stand_side_by_side_with_what_differs() {
    let stub = stub();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get("/environments?integration=acme-production").await;
    assert_eq!(page.status, 200, "{}", page.html);
    contains_all(
        &page.html,
        &[
            "<h2>acme-production</h2>",
            "<h2>acme-staging</h2>",
            "What would change in acme-production, made like acme-staging",
            "<code>/settings/log_retention_days</code></th><td><code>180</code></td><td><code>90</code>",
            "Change this one place in acme-production",
            "The rules are the same in both.",
        ],
    );
    assert!(!page.html.contains("<h2>globex-staging</h2>"), "{}", page.html);
    let from_staging = olga.get("/environments?integration=acme-staging").await;
    assert_eq!(from_staging.location.as_deref(), Some(PAIR));
    assert_eq!(olga.get("/environments?integration=acme-production&with=globex-staging").await.status, 404);
}

#[tokio::test]
async fn what_was_seen_is_promoted_and_otherwise_the_difference_is_shown_anew() {
    let stub = stub();
    let path = "/integrations/acme-production/promotion";
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.get(PAIR).await;
    let wanted = |confirm| {
        [
            ("integration", "acme-production"),
            ("with", "acme-staging"),
            ("part", "settings"),
            ("here", "1"),
            ("there", "4"),
            ("confirm", confirm),
        ]
    };
    let page = olga.post("/environments/promotion", &wanted("acme")).await;
    assert!(page.status == 422 && page.html.contains("Nothing was done"), "{}", page.html);
    assert!(stub.sent().is_empty(), "{:?}", stub.sent());

    stub.on_method("POST", path, 412, json!({ "detail": "the integration has version 5 by now" }));
    stub.on_acme("/comparison", compared("/settings/log_retention_days", json!(180), json!(365)));
    let page = olga.post("/environments/promotion", &wanted("acme-production")).await;
    assert_eq!(page.status, 412);
    contains_all(&page.html, &["One of the two was changed meanwhile", "<td><code>365</code></td>"]);

    stub.on_method("POST", path, 409, json!({ "detail": "this one has a schema that the other lacks" }));
    let page = olga.post("/environments/promotion", &wanted("acme-production")).await;
    assert_eq!(page.status, 409);
    contains_all(&page.html, &["<p><q lang=\"en\">this one has a schema that the other lacks</q></p>"]);

    stub.on_method("POST", path, 200, json!({}));
    let done = olga.post("/environments/promotion", &wanted("acme-production")).await;
    assert_eq!((done.status, done.location.as_deref()), (303, Some(PAIR)));
    let expected = json!({ "from": "acme-staging", "from_version": 4, "to_version": 1 });
    assert_eq!(stub.sent().last().unwrap().body, expected);
    assert!(olga.get(PAIR).await.html.contains("acme-production has the settings of acme-staging now."));
}

#[tokio::test]
async fn rules_are_promoted_at_the_lms_side_where_it_knows_both() {
    let stub = stub();
    stub.on("/integrations/acme-production/rules-comparison", 404, json!({}));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    assert!(olga.get(PAIR).await.html.contains("The LMS has not heard of both yet"));
    stub.on_acme("/rules-comparison", compared("/guard", json!({ "percent": 5 }), Value::Null));
    contains_all(&olga.get(PAIR).await.html, &["<code>{&#34;percent&#34;:5}</code></td><td><code>–</code>"]);
    stub.on_method("POST", "/integrations/acme-production/rules-promotion", 200, json!({}));
    let wanted = [
        ("integration", "acme-production"),
        ("with", "acme-staging"),
        ("part", "rules"),
        ("here", "1"),
        ("there", "4"),
        ("confirm", "acme-production"),
    ];
    assert_eq!(olga.post("/environments/promotion", &wanted).await.status, 303);
    assert!(stub.sent()[0].what.ends_with("POST /rules-promotion"), "{:?}", stub.sent());
}

#[tokio::test]
async fn an_integration_is_detached_by_its_typed_name_once_it_is_known_whom_it_concerns() {
    let stub = stub();
    let path = "/environments/detachment?integration=acme-production";
    let counts = json!({ "state": "enabled", "detached_at": null, "is_settled": true,
        "learners": { "active": 5210, "inactive": 340 }, "cohorts": 87, "memberships": 23110, "role_grants": 12,
        "held": 0, "waiting_adoption": 2, "parked": 1 });
    let large = json!({ "state": "enabled", "detached_at": null, "is_settled": true, "counted_up_to": 100_000,
        "learners": { "active": 205_210, "inactive": 99_999 }, "cohorts": 87, "memberships": 100_000,
        "role_grants": 12, "held": 0, "waiting_adoption": 2, "parked": 1 });
    stub.on_acme("/detachment", counts);
    stub.on_method("POST", "/integrations/acme-production/detach", 200, json!({}));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    contains_all(&olga.get(path).await.html, &["<td>5,210</td>", "<td>23,110</td>", "Nobody is deactivated"]);
    stub.on_acme("/detachment", large);
    let page = olga.get(path).await.html;
    contains_all(&page, &["<td>205,210</td>", "<td>99,999</td>", "<td>100,000 or more</td>"]);
    let meant = |confirm| [("integration", "acme-production"), ("confirm", confirm)];
    let page = olga.post("/environments/detachment", &meant("acme-staging")).await;
    assert!(page.status == 422 && page.html.contains("Nothing was done"), "{}", page.html);
    assert_eq!(olga.post("/environments/detachment", &meant("acme-production")).await.status, 303);
    let bodies: Vec<Value> = stub.sent().into_iter().map(|sent| sent.body).collect();
    assert_eq!(bodies, [json!({ "confirm": "acme-production" })]);

    stub.on("/integrations/acme-production/detachment", 503, json!({}));
    let page = olga.get(path).await.html;
    contains_all(&page, &["user-sync cannot be reached now", "so it is not offered"]);
    assert!(!page.contains("name=\"confirm\""), "{page}");
}

#[tokio::test]
async fn an_operator_can_pause_but_neither_promote_nor_detach() {
    let stub = stub();
    stub.on("/whoami", 200, json!({ "subject": "oscar", "roles": ["acme:operator"] }));
    let running = Running::start(&stub);
    let page = running.olga().await.get(PAIR).await.html;
    contains_all(&page, &["/setup/state", "Whoever has the role owner can promote this."]);
    contains_all(&page, &["Whoever has the role owner can detach it."]);
    assert!(
        !page.contains("/environments/promotion") && !page.contains("/environments/detachment"),
        "{page}"
    );
}
