use serde_json::{Value, json};

use super::running::Running;
use super::stub::{Sent, Stub, lms_summary};

const ONE: &str = "0198c0de-0000-7000-8000-000000abcdef";
const ANA: &str = "7d0f0000-0000-4000-8000-000000000001";

fn nothing() -> Value {
    json!({ "items": [], "next": null })
}

/// Lists of what waits are empty.
fn quiet() -> Stub {
    let stub = Stub::start();
    for list in ["/stuck", "/missing-managers", "/findings", "/reconcile/runs", "/snapshots"] {
        stub.on_acme(list, nothing());
    }
    stub
}

fn hold(state: &str) -> Value {
    json!({ "hold_id": ONE, "state": state, "departed": 500, "active": 1800, "people": 312,
            "opened_at": "2026-03-01T10:12:00Z", "decided_by": null, "decided_at": null, "comment": null,
            "sample": [{ "learner_id": ANA, "scim_id": ONE, "login": "ana@acme.example",
                         "display_name": "Ana Silva", "inactive_reason": "source_deleted",
                         "changed_at": "2026-03-01T10:11:58Z" }] })
}

/// The answer of a service to an address that it does not know, in any version.
fn nowhere() -> Value {
    json!({ "title": "Not Found", "status": 404, "detail": "there is nothing at this address" })
}

#[tokio::test]
async fn of_an_older_service_each_part_is_shown_that_it_tells() {
    let stub = quiet();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let mut counts = lms_summary();
    counts["parked"] = json!({ "count": 41, "more": false });
    counts.as_object_mut().unwrap().remove("erasures");
    stub.on_acme("/lms-summary", counts);
    let page = olga.get("/attention").await.html;
    assert!(page.contains("<td>41</td>") && page.contains("<td>not told</td>"), "{page}");

    stub.on("/integrations/acme-production/lms-summary", 404, nowhere());
    stub.on("/integrations/acme-production/missing-managers", 404, nowhere());
    stub.on_acme("/holds", json!({ "items": [hold("open")], "next": null }));
    let page = olga.get("/attention").await.html;
    for shown in [
        "user-sync is older than this console",
        "312 people are to be deactivated",
        "<td>not told</td>",
        "none yet",
    ] {
        assert!(page.contains(shown), "{shown} is not in\n{page}");
    }
    assert_eq!(page.matches("<td>not told").count(), 8, "{page}");
    assert!(!page.contains("Nothing waits for you") && !page.contains("The LMS has heard nothing"), "{page}");

    let overview = olga.get("/").await;
    assert!(overview.status == 200 && overview.html.contains("user-sync is older"), "{}", overview.html);

    stub.on("/integrations/acme-production/erasures", 404, nowhere());
    let page = olga.get("/attention/erasures").await;
    assert_eq!(page.status, 502);
    assert!(page.html.contains("user-sync does not know yet what this page shows"), "{}", page.html);
}

#[tokio::test]
async fn what_waits_is_counted_and_leads_to_where_it_is_decided() {
    let stub = quiet();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get("/attention").await;
    assert!(page.status == 200 && page.html.contains("Nothing waits for you"), "{}", page.html);
    let mut waiting = lms_summary();
    waiting["held"] = json!({ "count": 312, "more": false });
    stub.on_acme("/lms-summary", waiting);
    stub.on_acme("/holds", json!({ "items": [hold("open")], "next": null }));
    let page = olga.get("/attention").await;
    for shown in [
        "312 people are to be deactivated, and stay active until somebody decides",
        &format!("/attention/holds/{ONE}?integration=acme-production"),
        "/attention/newcomers?integration=acme-production",
        "/attention/comparisons?integration=acme-production",
    ] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    assert!(!page.html.contains("Nothing waits for you"));
    for list in [
        "holds",
        "newcomers",
        "parked",
        "stuck",
        "managers",
        "erasures",
        "findings",
        "conflicts",
        "comparisons",
    ] {
        let page = olga.get(&format!("/attention/{list}")).await;
        assert!(page.status == 200 && page.html.contains("<h1>"), "{list}: {}", page.html);
    }
    stub.on("/integrations/acme-production/lms-summary", 404, json!({}));
    for list in ["holds", "missing-managers", "reconcile/runs"] {
        stub.on(&format!("/integrations/acme-production/{list}"), 404, json!({}));
    }
    assert!(olga.get("/attention").await.html.contains("The LMS has heard nothing"));
}

#[tokio::test]
async fn an_erasure_that_waits_leads_to_the_person() {
    let stub = quiet();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    assert!(olga.get("/attention/erasures").await.html.contains("None waits."));
    let mut waiting = lms_summary();
    waiting["erasures"] = json!({ "count": 51, "more": false });
    stub.on_acme("/lms-summary", waiting);
    let erasure = json!({ "erasure_id": 7, "integration": "acme-production", "learner_id": ANA,
        "reason": "ticket <4711>", "requested_by": "otto", "requested_at": "2026-03-01T10:00:00Z",
        "confirmed_by": null, "confirmed_at": null });
    stub.on_acme("/erasures", json!({ "items": [erasure], "next": 7 }));
    let page = olga.get("/attention").await;
    assert!(!page.html.contains("Nothing waits for you"), "{}", page.html);
    let row =
        "href=\"/attention/erasures?integration=acme-production\">Requested erasures</a></th><td>51</td>";
    assert!(page.html.contains(row), "{}", page.html);
    let page = olga.get("/attention/erasures").await;
    for shown in [
        &format!("href=\"/people/{ANA}?integration=acme-production\""),
        "<td>otto</td><td>ticket &#60;4711&#62;</td>",
        "href=\"/attention/erasures?integration=acme-production&amp;cursor=7\"",
    ] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    olga.get("/attention/erasures?integration=acme-production&cursor=7").await;
    let (asked, _) = stub.seen().pop().unwrap();
    assert_eq!(asked, "/admin/v1/integrations/acme-production/erasures?limit=50&cursor=7");
}

#[tokio::test]
async fn a_hold_is_approved_by_whoever_types_to_how_many_it_happens() {
    let stub = quiet();
    stub.on_acme(&format!("/holds/{ONE}"), hold("open"));
    stub.on_acme(&format!("/holds/{ONE}/approve"), hold("approved"));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get(&format!("/attention/holds/{ONE}")).await;
    for shown in [
        "Ana Silva",
        "deleted in Azure",
        "1 of 312 who wait",
        "312 people are deactivated",
        "data-confirm=\"312\"",
    ] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    let approve = format!("/attention/holds/{ONE}/approve");
    let wrong = olga.post(&approve, &[("comment", "site <closed>"), ("confirm", "311")]).await;
    assert!(wrong.status == 422 && wrong.html.contains("others may have joined"), "{}", wrong.html);
    assert!(wrong.html.contains("value=\"site &#60;closed&#62;\""), "{}", wrong.html);
    let wrong = olga.post(&approve, &[("comment", " "), ("confirm", "312")]).await;
    assert!(wrong.status == 422 && wrong.html.contains("A comment is needed"), "{}", wrong.html);
    assert!(stub.sent().is_empty());
    let done = olga.post(&approve, &[("comment", "site closed"), ("confirm", "312")]).await;
    assert_eq!(
        (done.status, done.location.as_deref()),
        (303, Some("/attention?integration=acme-production"))
    );
    assert_eq!(
        stub.sent(),
        [Sent::of(&format!("POST /holds/{ONE}/approve"), json!({ "comment": "site closed" }))]
    );
    assert!(olga.get("/attention").await.html.contains("312 people are being deactivated"));
    stub.on(
        "/integrations/acme-production/holds/0198c0de-0000-7000-8000-000000abcdef/reject",
        409,
        json!({ "detail": "the hold was approved already" }),
    );
    let late = olga.post(&format!("/attention/holds/{ONE}/reject"), &[("comment", "no")]).await;
    assert!(late.status == 422 && late.html.contains("the hold was approved already"), "{}", late.html);
}

#[tokio::test]
async fn a_newcomer_is_somebody_known_or_somebody_new() {
    let stub = quiet();
    let candidate = |learner: &str, obstacle: Value| {
        json!({ "learner_id": learner, "matched": ["login", "employee_number"], "kind": "former",
                "status": "inactive", "login": "ana@acme.example", "display_name": "Ana Silva",
                "training_records": 14, "obstacle": obstacle })
    };
    let other = "7d0f0000-0000-4000-8000-000000000002";
    stub.on_acme("/adoptions", json!({ "items": [{ "scim_id": ONE, "login": "ana@acme.example",
        "display_name": "Ana Silva", "changed_at": "2026-03-01T10:00:00Z",
        "candidates": [candidate(ANA, Value::Null), candidate(other, json!("learner_active"))] }], "next": ONE }));
    for act in ["link", "create"] {
        stub.on_acme(&format!("/adoptions/{ONE}/{act}"), json!({}));
    }
    stub.on_acme("/adoptions/link-all", json!({ "linked": 120 }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get("/attention/newcomers").await;
    for shown in [
        "Login, Employee number",
        "14",
        "Cannot be chosen: is active",
        "Somebody new",
        "2 known people are like this",
    ] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    assert_eq!(page.html.matches("name=\"learner\"").count(), 1, "who cannot be chosen is not offered");
    let linked = olga.post(&format!("/attention/newcomers/{ONE}/link"), &[("learner", ANA)]).await;
    assert_eq!(linked.location, Some(format!("/people/{ANA}?integration=acme-production")));
    assert_eq!(olga.post(&format!("/attention/newcomers/{ONE}/create"), &[]).await.status, 303);
    let all = "/attention/newcomers/link-all";
    let wrong = olga.post(all, &[("likeness", "login"), ("confirm", "acme")]).await;
    assert_eq!(wrong.status, 422);
    assert_eq!(olga.post(all, &[("likeness", "email"), ("confirm", "acme-production")]).await.status, 400);
    assert_eq!(olga.post(all, &[("likeness", "login"), ("confirm", "acme-production")]).await.status, 303);
    assert_eq!(
        stub.sent(),
        [
            Sent::of(&format!("POST /adoptions/{ONE}/link"), json!({ "learner_id": ANA })),
            Sent::of(&format!("POST /adoptions/{ONE}/create"), Value::Null),
            Sent::of("POST /adoptions/link-all", json!({ "likeness": "login" })),
        ]
    );
    assert!(olga.get("/attention/newcomers").await.html.contains("120 newcomers were linked"));
    stub.on("/whoami", 200, json!({ "subject": "oscar", "roles": ["acme:operator"] }));
    let page = running.olga().await.get("/attention/newcomers").await;
    assert!(
        page.html.contains("Whoever has the role owner") && !page.html.contains("Link all"),
        "{}",
        page.html
    );
}

#[tokio::test]
async fn a_parked_event_is_tried_again_or_discarded_by_name() {
    let stub = quiet();
    stub.on_acme(
        "/parked",
        json!({ "items": [{ "event_id": ONE, "subject": format!("Users/{ANA}"),
        "reason_code": "no_seat", "reason": "the portal has no free seat", "attempts": 4,
        "first_parked_at": "2026-03-01T10:00:00Z", "last_parked_at": "2026-03-01T11:00:00Z",
        "next_try_at": null }], "next": ONE }),
    );
    stub.on_acme("/parked/retry", json!({ "due": 3 }));
    stub.on_acme(&format!("/parked/{ONE}/retry"), json!({ "due": 1 }));
    stub.on_acme_method("DELETE", &format!("/parked/{ONE}"), 204, json!({}));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get("/attention/parked?reason=no_seat").await;
    for shown in [
        "Free a seat in the portal",
        "the portal has no free seat",
        "4 times",
        "not again by itself",
        "data-confirm=\"abcdef\"",
        "<option value=\"no_seat\" selected>",
        &format!("scim_id={ANA}"),
        &format!("reason=no_seat&amp;cursor={ONE}"),
    ] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    assert_eq!(olga.post("/attention/parked/retry", &[("reason", "no_seat")]).await.status, 303);
    assert_eq!(olga.post("/attention/parked/retry", &[("reason", "")]).await.status, 303);
    assert_eq!(olga.post(&format!("/attention/parked/{ONE}/retry"), &[]).await.status, 303);
    let discard = format!("/attention/parked/{ONE}/discard");
    assert_eq!(olga.post(&discard, &[("confirm", "yes")]).await.status, 422);
    assert_eq!(olga.post(&discard, &[("confirm", "abcdef")]).await.status, 303);
    assert_eq!(
        stub.sent(),
        [
            Sent::of("POST /parked/retry", json!({ "reason": "no_seat" })),
            Sent::of("POST /parked/retry", Value::Null),
            Sent::of(&format!("POST /parked/{ONE}/retry"), Value::Null),
            Sent::of(&format!("DELETE /parked/{ONE}"), Value::Null),
        ]
    );
}

#[tokio::test]
async fn a_comparison_is_begun_followed_and_read() {
    let stub = quiet();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get("/attention/comparisons").await;
    assert!(page.html.contains("Compare now") && !page.html.contains("hx-trigger"), "{}", page.html);
    let telling = json!({ "id": ONE, "state": "running", "phase": "users", "only": null, "requested_by": "olga",
        "began_at": "2026-03-01T02:00:00Z", "finished_at": null, "chunks": 1, "users": 500, "groups": 0, "members": 0 });
    stub.on_acme_method("POST", "/snapshots", 202, telling.clone());
    stub.on_acme("/snapshots", json!({ "items": [telling] }));
    assert_eq!(olga.post("/attention/comparisons", &[]).await.status, 303);
    assert_eq!(stub.sent(), [Sent::of("POST /snapshots", Value::Null)]);
    let run = json!({ "run_id": ONE, "began_at": null, "first_part_at": "2026-03-01T02:00:03Z", "parts_seen": 3,
        "parts_total": null, "is_finished": false, "users": null, "groups": null, "members": null,
        "drift": [{ "kind": "edited_learner", "count": 4 }] });
    stub.on_acme("/reconcile/runs", json!({ "items": [run], "next": null, "how_to_start": "" }));
    let page = olga.get("/attention/comparisons").await;
    for shown in [
        "Telling people. So far 500 people",
        "hx-trigger=\"every 3s\"",
        "3 parts so far",
        "Learners edited in the LMS",
    ] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    assert!(!page.html.contains("Compare now"), "one at a time");
    stub.on_acme(&format!("/reconcile/runs/{ONE}"), run_again());
    stub.on_acme(
        &format!("/reconcile/runs/{ONE}/drift"),
        json!({ "items": [{ "drift_id": 1,
        "kind": "edited_learner", "scim_id": ANA, "member_scim_id": null, "attributes": ["job_title"],
        "found_at": "2026-03-01T02:00:04Z" }], "next": 1 }),
    );
    let page = olga.get(&format!("/attention/comparisons/{ONE}")).await;
    for shown in ["Job title", "Somebody else wrote what Azure owns", "kind=edited_learner&amp;cursor=1"] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    let asked = stub.seen();
    assert!(
        asked.iter().any(|(address, _)| address.ends_with("/drift?kind=edited_learner&limit=50")),
        "{asked:?}"
    );
}

fn run_again() -> Value {
    json!({ "run_id": ONE, "began_at": "2026-03-01T02:00:00Z", "first_part_at": "2026-03-01T02:00:03Z", "parts_seen": 12,
        "parts_total": 12, "is_finished": true, "users": 5210, "groups": 87, "members": 23110,
        "drift": [{ "kind": "edited_learner", "count": 4 }] })
}

#[tokio::test]
async fn lists_that_only_tell_are_told_in_words() {
    let stub = quiet();
    stub.on_acme(
        "/stuck",
        json!({ "items": [{ "kind": "user", "scim_id": ONE, "reason_code": "refused",
        "reason": "the LMS refuses it", "attempts": 1, "requested_at": "2026-03-01T10:00:00Z",
        "next_try_at": "2026-03-01T10:01:00Z" }], "next": null }),
    );
    stub.on_acme(&format!("/stuck/{ONE}/retry"), json!({ "due": 1 }));
    stub.on_acme(
        "/missing-managers",
        json!({ "total": 1, "items": [{ "manager_scim_id": ONE, "reports": 12 }], "next": null }),
    );
    stub.on_acme(
        "/findings",
        json!({ "items": [{ "finding_id": 1, "kind": "no_admin", "learner_id": ANA,
        "cohort_id": null, "detail": "the portal has no administrator", "noticed_at": "2026-03-01T10:00:00Z",
        "resolved_at": null }], "next": 1 }),
    );
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let stuck = olga.get("/attention/stuck").await;
    assert!(
        stuck.html.contains("another learner holds the login") && stuck.html.contains(">once"),
        "{}",
        stuck.html
    );
    assert_eq!(olga.post(&format!("/attention/stuck/{ONE}/retry"), &[]).await.status, 303);
    assert_eq!(stub.sent(), [Sent::of(&format!("POST /stuck/{ONE}/retry"), Value::Null)]);
    assert!(olga.get("/attention/managers").await.html.contains("<td>12</td>"));
    let findings = olga.get("/attention/findings").await;
    assert!(findings.html.contains("lang=\"en\">the portal has no administrator"), "{}", findings.html);
    assert!(findings.html.contains(&format!("/people/{ANA}?")), "{}", findings.html);
}
