use serde_json::{Value, json};

use super::browser::{Browser, Shown};
use super::running::Running;
use super::stub::{Sent, Stub, entry};

const ANA: &str = "7d0f0000-0000-4000-8000-000000000001";
const USER: &str = "0198c0de-0000-7000-8000-0000000000aa";
const REQUEST: &str = "0198c0de-0000-7000-8000-000000000007";

fn ana() -> Value {
    json!({ "learner_id": ANA, "scim_id": USER, "external_id": null, "status": "inactive",
            "inactive_reason": "source_disabled", "login": "ana@acme.example", "display_name": "Ana Silva" })
}

fn explanation() -> Value {
    let written = json!({ "at": "2026-02-11T07:02:00Z", "event_id": REQUEST, "request_id": REQUEST, "rules_version": 1 });
    let attribute = |name: &str, value: Value, directory: Value| {
        json!({ "attribute": name, "value": value, "directory": directory, "trouble": null,
                "rule": { "mode": "seed_once", "on_clear": "keep" }, "set_by": "lms", "written": written,
                "is_edited": true, "conflicts": [], "words": "The LMS owns this value." })
    };
    json!({ "learner_id": ANA, "scim_id": USER, "external_id": "3f1c", "phase": "current", "rules_version": 2,
            "last_event": { "at": "2026-03-01T12:00:00Z", "event_id": REQUEST, "request_id": REQUEST },
            "waiting": { "reason": "held", "hold_id": REQUEST, "hold_state": "open", "words": "It is held." },
            "recheck": null, "manager": null,
            "status": { "value": "inactive", "inactive_reason": "source_disabled", "directory": "inactive",
                        "set_by": "source", "written": written, "is_edited": false, "conflicts": [],
                        "words": "Azure owns the status." },
            "attributes": [attribute("preferred_language", json!("fr"), json!("de")),
                           attribute("login", json!("ana@acme.example"), json!("ana@acme.example")),
                           attribute("display_name", json!("Ana Silva"), json!("Ana Silva"))] })
}

fn with_ana() -> Stub {
    let stub = Stub::start();
    stub.on_acme(&format!("/learners/{ANA}/explain"), explanation());
    let cohort = json!({ "cohort_id": ANA, "scim_id": ANA, "name": "Sales <EU>", "status": "archived" });
    stub.on_acme(&format!("/learners/{ANA}/cohorts"), json!({ "items": [cohort], "next": null }));
    stub
}

fn page_of(learner: &str) -> String {
    format!("/people/{learner}?integration=acme-production")
}

/// Sends the form, and follows where it leads.
async fn search(browser: &mut Browser, fields: &[(&str, &str)]) -> Shown {
    let sent = browser.post("/people", fields).await;
    assert_eq!(sent.status, 303, "{}", sent.html);
    browser.get(&sent.location.unwrap()).await
}

#[tokio::test]
async fn a_search_can_be_gone_back_to_until_the_session_ends() {
    let stub = Stub::start();
    stub.on_acme("/learners", json!({ "items": [], "next": null }));
    stub.on_acme("/learners/search", json!({ "items": [ana()], "next": null }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.get("/people").await;
    let found = olga.post("/people", &[("text", "silva"), ("status", "inactive")]).await.location.unwrap();
    assert!(found.starts_with("/people?integration=acme-production&status=inactive&search="), "{found}");
    for _ in 0..2 {
        let page = olga.get(&found).await;
        assert!(page.status == 200 && page.html.contains("Ana Silva"), "{}", page.html);
        assert!(page.html.contains("name=\"text\" value=\"silva\""), "{}", page.html);
    }
    olga.post("/sign-out", &[]).await;
    let mut olga = running.olga().await;
    let forgotten = olga.get(&found).await;
    let list = "/people?integration=acme-production&status=inactive";
    assert_eq!((forgotten.status, forgotten.location.as_deref()), (303, Some(list)));
    assert!(olga.get(list).await.html.contains("That search is not kept any more."));

    let long = "x".repeat(2_001);
    let page = olga.post("/people", &[("text", &long)]).await;
    assert!(page.status == 200 && page.html.contains("Ana Silva"), "too long to be kept: {}", page.html);
}

#[tokio::test]
async fn somebody_is_searched_for_by_a_form_page_by_page() {
    let stub = Stub::start();
    stub.on_acme("/learners", json!({ "items": [ana()], "next": ANA }));
    stub.on_acme("/learners/search", json!({ "items": [ana()], "next": "7d0f:silva ana" }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let all = olga.get("/people").await;
    assert_eq!(all.status, 200, "{}", all.html);
    let more = format!("/people?integration=acme-production&amp;cursor={ANA}");
    for shown in ["Ana Silva", "inactive", "disabled in Azure", &page_of(ANA), &more] {
        assert!(all.html.contains(shown), "{shown} is not in\n{}", all.html);
    }
    let found = search(&mut olga, &[("text", " silva "), ("status", "inactive")]).await;
    assert_eq!(found.status, 200, "{}", found.html);
    assert!(found.html.contains("name=\"cursor\" value=\"7d0f:silva ana\""), "{}", found.html);
    search(&mut olga, &[("text", "silva"), ("cursor", "7d0f:silva ana")]).await;
    assert_eq!(
        stub.sent(),
        [
            Sent::of("POST /learners/search", json!({ "text": "silva", "limit": 50, "status": "inactive" })),
            Sent::of(
                "POST /learners/search",
                json!({ "text": "silva", "limit": 50, "cursor": "7d0f:silva ana" })
            ),
        ]
    );
    assert!(stub.seen().iter().all(|(address, _)| !address.contains("silva")));
    let addresses = found.html.split('"').filter(|part| part.starts_with('/'));
    assert!(addresses.clone().count() > 5);
    assert!(
        addresses.clone().all(|address| !address.contains("silva")),
        "{:?}",
        addresses.collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn people_of_one_status_are_listed_without_a_text() {
    let stub = Stub::start();
    stub.on_acme("/learners", json!({ "items": [ana()], "next": ANA }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get("/people?integration=acme-production&status=inactive").await;
    assert_eq!(page.status, 200, "{}", page.html);
    let more = format!("/people?integration=acme-production&amp;status=inactive&amp;cursor={ANA}");
    for shown in ["<option value=\"inactive\" selected>", "Show everybody", &more] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    olga.get(&format!("/people?status=inactive&cursor={ANA}")).await;
    olga.get("/people?status=unheard-of").await;
    let asked: Vec<_> = stub.seen().into_iter().map(|(address, _)| address).collect();
    let asked: Vec<_> = asked.iter().filter_map(|address| address.split_once("/learners")).collect();
    let asked: Vec<_> = asked.into_iter().map(|(_, query)| query.to_owned()).collect();
    let next = format!("?limit=50&status=inactive&cursor={ANA}");
    assert_eq!(asked, ["?limit=50&status=inactive", &next, "?limit=50"]);
    for (status, to) in [
        ("active", "/people?integration=acme-production&status=active"),
        ("", "/people?integration=acme-production"),
    ] {
        let sent = olga.post("/people", &[("text", "  "), ("status", status)]).await;
        assert_eq!((sent.status, sent.location.as_deref()), (303, Some(to)));
    }
    stub.on_acme("/learners", json!({ "items": [], "next": null }));
    let none = olga.get("/people?status=inactive").await;
    assert!(none.html.contains("Nobody has this status"), "{}", none.html);
}

#[tokio::test]
async fn a_search_says_what_is_wrong_and_what_to_do_when_nobody_is_there() {
    let stub = Stub::start();
    stub.on_acme("/learners", json!({ "items": [], "next": null }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    assert!(olga.get("/people").await.html.contains("Assign people to the enterprise application"));
    stub.on("/integrations/acme-production/learners/search", 422, json!({ "detail": "too long" }));
    let long = search(&mut olga, &[("text", "x")]).await;
    assert!(long.status == 422 && long.html.contains("<li><q lang=\"en\">too long"), "{}", long.html);
    assert!(long.html.contains("value=\"x\""), "what was typed stays");
    stub.on("/integrations/acme-production/learners", 404, json!({}));
    assert!(olga.get("/people").await.html.contains("The LMS has heard nothing of this integration yet"));
}

#[tokio::test]
async fn a_person_is_explained() {
    let stub = with_ana();
    let changed = json!({ "changed": [{ "attribute": "active" }], "at": "2026-03-01T12:00:00Z" });
    stub.on_acme("/log", json!({ "items": [entry(7, &changed)], "next": null }));
    stub.on_acme(
        "/effects",
        json!({ "items": [{ "effect_id": 41, "at": "2026-03-01T12:00:01Z", "request_id": REQUEST,
        "event_type": "user.changed", "kind": "user", "outcome": "held", "changed": ["job_title"],
        "reason": "the guard" }], "next": null }),
    );
    stub.on_acme(
        "/conflicts",
        json!({ "items": [{ "conflict_id": 1, "learner_id": ANA, "attribute": "department",
        "kind": "reverted", "lms_value": "Sales", "source_value": "Research", "rules_version": 1,
        "event_id": REQUEST, "request_id": REQUEST, "noticed_at": "2026-03-01T12:00:01Z" }], "next": null }),
    );
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get(&page_of(ANA)).await;
    assert_eq!(page.status, 200, "{}", page.html);
    for shown in [
        "<h1>Ana Silva</h1>",
        "Sales &#60;EU&#62;</a> <span class=\"note\">archived: the group was deleted</span>",
        "Azure has disabled the account",
        "The deactivation is held",
        "Language of the courses",
        ">fr</td>",
        "afterwards it is the LMS’s",
        "somebody in the LMS, edited in the LMS since",
        "The LMS owns this value.",
        "Job title",
        "An edit in the LMS was undone",
        "Not exempt.",
        &format!("/attention/holds/{REQUEST}?integration=acme-production"),
        &format!("/log/{REQUEST}?integration=acme-production"),
    ] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    assert_eq!(page.html.matches("class=\"differs\"").count(), 1, "the language alone");
    assert!(!page.html.contains("<title>Ana"), "no name in the browser's history");
    let (effect, request) =
        (page.html.find("12:00:01Z\">").unwrap(), page.html.rfind("12:00:00Z\">").unwrap());
    assert!(effect < request, "the newest first");
    let asked = stub.seen();
    let asked_for = |part: &str| asked.iter().any(|(address, _)| address.ends_with(part));
    assert!(asked_for(&format!("/log?limit=50&scim_id={USER}")), "{asked:?}");
    assert!(asked_for(&format!("/effects?limit=50&learner_id={ANA}")), "{asked:?}");
    olga.get(&format!("{}&before=7.41", page_of(ANA))).await;
    let asked = stub.seen();
    let asked_for = |part: &str| asked.iter().any(|(address, _)| address.ends_with(part));
    assert!(asked_for(&format!("/log?limit=50&cursor=7&scim_id={USER}")), "{asked:?}");
    assert!(asked_for(&format!("/effects?limit=50&cursor=41&learner_id={ANA}")), "{asked:?}");
    assert_eq!(olga.get(&page_of("7d0f0000-0000-4000-8000-000000000002")).await.status, 404);
}

#[tokio::test]
async fn what_was_decided_anew_is_not_said_to_come_from_azure() {
    let stub = with_ana();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let (azure, anew) = ("Azure owns these values, and changed them.", "it was decided anew.");
    for (event_type, said, not_said) in [("user.changed", azure, anew), ("recheck", anew, azure)] {
        let effect = json!({ "effect_id": 41, "at": "2026-03-01T12:00:01Z", "request_id": REQUEST,
            "event_type": event_type, "kind": "user", "outcome": "updated", "changed": ["job_title"], "reason": null });
        stub.on_acme("/effects", json!({ "items": [effect], "next": null }));
        let page = olga.get(&page_of(ANA)).await.html;
        assert!(page.contains(said) && !page.contains(not_said), "{event_type}: {page}");
    }
}

#[tokio::test]
async fn without_the_gateway_a_person_is_shown_as_far_as_known() {
    let stub = with_ana();
    stub.on("/integrations/acme-production/log", 500, json!({}));
    let running = Running::start(&stub);
    let page = running.olga().await.get(&page_of(ANA)).await;
    assert_eq!(page.status, 200);
    assert!(page.html.contains("scim-gateway cannot be reached now") && page.html.contains("Ana Silva"));
}

#[tokio::test]
async fn an_exemption_is_set_and_ended_by_an_operator() {
    let stub = with_ana();
    stub.on_acme_method("PUT", &format!("/learners/{ANA}/exemption"), 200, json!({}));
    stub.on_acme_method("DELETE", &format!("/learners/{ANA}/exemption"), 204, json!({}));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.get(&page_of(ANA)).await;
    let path = format!("/people/{ANA}/exemption");
    let wrong = olga.post(&path, &[("reason", "long leave"), ("ends_on", "soon")]).await;
    assert!(wrong.status == 422 && wrong.html.contains("The last day is not a date"), "{}", wrong.html);
    assert!(wrong.html.contains("value=\"long leave\"") && wrong.html.contains("value=\"soon\""));
    assert!(stub.sent().is_empty());
    let set = olga.post(&path, &[("reason", " long leave "), ("ends_on", "2026-12-31")]).await;
    assert_eq!((set.status, set.location.as_deref()), (303, Some(page_of(ANA).as_str())));
    assert!(olga.get(&page_of(ANA)).await.html.contains("The exemption is in force"));
    olga.post(&format!("{path}/end"), &[]).await;
    assert_eq!(
        stub.sent(),
        [
            Sent::of(
                &format!("PUT /learners/{ANA}/exemption"),
                json!({ "reason": "long leave", "ends_at": "2027-01-01T00:00:00Z" })
            ),
            Sent::of(&format!("DELETE /learners/{ANA}/exemption"), Value::Null),
        ]
    );
    stub.on_acme_method(
        "PUT",
        &format!("/learners/{ANA}/exemption"),
        422,
        json!({ "detail": "too far ahead" }),
    );
    let far = olga.post(&path, &[("reason", "leave"), ("ends_on", "2999-12-31")]).await;
    assert!(far.status == 422 && far.html.contains("too far ahead"), "{}", far.html);
}

#[tokio::test]
async fn an_erasure_needs_another_person_who_types_whom_it_is_about() {
    let stub = with_ana();
    let path = format!("/learners/{ANA}/erasure");
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let asked = |by: &str| {
        json!({ "erasure_id": 1, "learner_id": ANA, "reason": "ticket 4711", "requested_by": by,
                "requested_at": "2026-03-01T12:00:00Z", "confirmed_by": null, "confirmed_at": null })
    };
    stub.on_acme(&path, asked("olga"));
    let own = olga.get(&page_of(ANA)).await;
    assert!(own.html.contains("another administrator has to confirm"), "{}", own.html);
    assert!(!own.html.contains("Erase for good"));
    stub.on_acme(&path, asked("igor"));
    stub.on_acme_method("POST", &format!("{path}/confirm"), 200, json!({}));
    let other = olga.get(&page_of(ANA)).await;
    assert!(
        other.html.contains("Erase for good") && other.html.contains("data-confirm=\"ana@acme.example\"")
    );
    let confirm = format!("/people/{ANA}/erasure/confirm");
    let wrong = olga.post(&confirm, &[("confirm", "ana")]).await;
    assert!(wrong.status == 422 && wrong.html.contains("Nothing was done"), "{}", wrong.html);
    assert!(stub.sent().is_empty());
    assert_eq!(olga.post(&confirm, &[("confirm", "ana@acme.example")]).await.status, 303);
    assert_eq!(stub.sent(), [Sent::of(&format!("POST {path}/confirm"), Value::Null)]);
}

#[tokio::test]
async fn a_viewer_is_told_who_may_act() {
    let stub = with_ana();
    stub.on("/whoami", 200, json!({ "subject": "vera", "roles": ["acme:viewer"] }));
    let running = Running::start(&stub);
    let page = running.olga().await.get(&page_of(ANA)).await;
    assert!(page.html.contains("Whoever has the role operator can do this"), "{}", page.html);
    assert!(!page.html.contains("/exemption\"") && !page.html.contains("/erasure\""), "{}", page.html);
}
