use reqwest::Method;
use serde_json::json;

use super::running::Running;
use super::stub::{Stub, entry};

const REQUEST: &str = "0198c0de-0000-7000-8000-000000000007";

fn last(stub: &Stub, part: &str) -> String {
    let seen = stub.seen();
    seen.iter().rev().find(|(address, _)| address.contains(part)).unwrap().0.clone()
}

#[tokio::test]
async fn filters_stand_in_the_address_and_go_to_the_gateway() {
    let stub = Stub::start();
    let refused =
        json!({ "operation": "create", "outcome": "refused", "status": 409, "reason": "userName is taken" });
    stub.on_acme("/log", json!({ "items": [entry(7, &refused)], "next": "c/1" }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get("/log?operation=create&outcome=refused,failed&from=2026-03-01T10:00&kind=user").await;
    assert_eq!(page.status, 200, "{}", page.html);
    assert_eq!(
        last(&stub, "/log?"),
        "/admin/v1/integrations/acme-production/log?operation=create&outcome=refused%2Cfailed&kind=user\
         &from=2026-03-01T10%3A00%3A00Z"
    );
    for shown in [
        "userName is taken",
        "has this name already. Change one of the two in Azure",
        "<option value=\"create\" selected>",
        "<option value=\"refused,failed\" selected>refused, failed",
        "value=\"2026-03-01T10:00\"",
        &format!("/log/{REQUEST}?integration=acme-production"),
        "cursor=c%2F1",
        "data-tail=\"/log/tail?integration=acme-production&#38;operation=create",
        "Save as CSV",
    ] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    olga.get("/log?cursor=c%2F1").await;
    assert!(last(&stub, "/log?").ends_with("/log?cursor=c%2F1"));
}

#[tokio::test]
async fn a_look_that_ended_early_says_until_when_and_goes_on() {
    let stub = Stub::start();
    let part = json!({ "items": [], "next": "41", "looked_back_to": "2026-03-01T10:00:00Z" });
    stub.on_acme("/log", part);
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get("/log?kind=group").await;
    for shown in [
        "This is what fits among the requests since <time datetime=\"2026-03-01T10:00:00Z\"",
        "Older ones were not looked at yet.",
        "cursor=41\">Look further back</a>",
    ] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    assert!(!page.html.contains("Nothing that fits"), "{}", page.html);
    let sent = olga.post("/log/person", &[("person", "ana"), ("integration", "acme-production")]).await;
    let page = olga.get(&sent.location.unwrap()).await;
    assert!(page.html.contains("<button class=\"quiet\">Look further back"), "{}", page.html);
}

#[tokio::test]
async fn what_cannot_be_searched_for_is_said_beside_what_was_typed() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get("/log?scim_id=ana&from=yesterday").await;
    assert_eq!(page.status, 422);
    for shown in [
        "The SCIM id is not complete",
        "is not a date and time",
        "value=\"ana\" aria-invalid=\"true\"",
        "autofocus",
    ] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    stub.on("/integrations/acme-production/log", 400, json!({ "detail": "outcome has a word" }));
    let page = olga.get("/log?outcome=better").await;
    assert!(
        page.status == 422 && page.html.contains("<li><q lang=\"en\">outcome has a word"),
        "{}",
        page.html
    );
}

#[tokio::test]
async fn a_person_is_searched_for_by_a_form_and_stands_in_no_address() {
    let stub = Stub::start();
    stub.on_acme("/log", json!({ "items": [entry(7, &json!({}))], "next": "41" }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.get("/log").await;
    let sent = olga
        .post("/log/person", &[("person", " ana@acme.example "), ("integration", "acme-production")])
        .await;
    let found = sent.location.unwrap();
    assert!(
        found.starts_with("/log?integration=acme-production&search=") && !found.contains("ana"),
        "{found}"
    );
    let page = olga.get(&found).await;
    assert_eq!((sent.status, page.status), (303, 200), "{}", page.html);
    assert!(last(&stub, "/log?").ends_with("/log?person=ana%40acme.example"));
    let addresses = page.html.split('"').filter(|part| part.starts_with('/'));
    assert!(addresses.clone().count() > 5);
    assert!(addresses.clone().all(|address| !address.contains("ana")), "{:?}", addresses.collect::<Vec<_>>());
    assert!(page.html.contains("Requests about ana@acme.example."), "{}", page.html);
    let older = olga.post("/log/person", &[("person", "ana@acme.example"), ("cursor", "41")]).await;
    olga.get(&older.location.unwrap()).await;
    assert!(last(&stub, "/log?").ends_with("/log?cursor=41&person=ana%40acme.example"));
    let forgotten = olga.get("/log?integration=acme-production&search=unheard-of").await;
    assert_eq!(forgotten.location.as_deref(), Some("/log?integration=acme-production"));
    assert!(olga.get("/log").await.html.contains("That search is not kept any more."));
}

#[tokio::test]
async fn a_request_is_followed_through_both_services() {
    let stub = Stub::start();
    let changed = json!({ "changed": [{ "attribute": "department" },
        { "attribute": "title", "before": "Engineer", "after": "Director" }], "duration_ms": 1234 });
    stub.on_acme(&format!("/log/{REQUEST}"), json!({ "items": [entry(7, &changed)], "next": null }));
    let effect = |at: &str, outcome: &str| {
        json!({ "effect_id": 1, "at": at, "request_id": REQUEST, "event_type": "user.changed", "kind": "user", "learner_id": REQUEST, "cohort_id": null,
                "outcome": outcome, "changed": ["job_title"], "reason": null })
    };
    let effects = [effect("2026-03-01T12:00:02Z", "updated"), effect("2026-03-01T12:00:01Z", "parked")];
    stub.on_acme("/effects", json!({ "items": effects, "next": null }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get(&format!("/log/{REQUEST}?integration=acme-production")).await;
    assert_eq!(page.status, 200, "{}", page.html);
    for shown in ["Engineer", "Director", "1,234 ms", "job_title", "Mend the reason; nothing is lost"] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    let (parked, updated) = (page.html.find("12:00:01Z").unwrap(), page.html.find("12:00:02Z").unwrap());
    assert!(parked < updated, "the oldest first");
    assert_eq!(
        last(&stub, "/effects"),
        format!("/admin/v1/integrations/acme-production/effects?request_id={REQUEST}")
    );
    assert_eq!(olga.get("/log/0198c0de-0000-7000-8000-000000000008").await.status, 404);
    assert_eq!(olga.get("/log/no-id").await.status, 404);
}

#[tokio::test]
async fn a_refused_creation_leads_to_who_has_the_name() {
    const HOLDER: &str = "0198c0de-0000-7000-8000-00000000000a";
    let stub = Stub::start();
    let refused = json!({ "operation": "create", "outcome": "refused", "status": 409, "scim_id": HOLDER });
    stub.on_acme(&format!("/log/{REQUEST}"), json!({ "items": [entry(7, &refused)], "next": null }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get(&format!("/log/{REQUEST}?integration=acme-production")).await.html;
    let link = format!("/people/of/{HOLDER}?integration=acme-production");
    for shown in ["Who has it already", link.as_str(), "The log holds no names."] {
        assert!(page.contains(shown), "{shown} is not in\n{page}");
    }
    let nobody = olga.get(&link).await;
    let log = format!("/log?integration=acme-production&scim_id={HOLDER}");
    assert_eq!((nobody.status, nobody.location.as_deref()), (303, Some(log.as_str())));
    let learner = |learner: &str, scim_id: &str, status: &str| json!({ "learner_id": learner, "scim_id": scim_id, "status": status });
    // All of them, as of a service that is older than the question.
    let others = [learner(HOLDER, REQUEST, "active"), learner(HOLDER, HOLDER, "erased")];
    stub.on_acme("/learners", json!({ "items": others, "next": null }));
    assert_eq!(olga.get(&link).await.location.as_deref(), Some(log.as_str()));
    let learners = [learner(HOLDER, REQUEST, "active"), learner(REQUEST, HOLDER, "inactive")];
    stub.on_acme("/learners", json!({ "items": learners, "next": null }));
    let person = olga.get(&link).await;
    let page = format!("/people/{REQUEST}?integration=acme-production");
    assert_eq!((person.status, person.location.as_deref()), (303, Some(page.as_str())));
    assert!(last(&stub, "/learners").ends_with(&format!("/learners?scim_id={HOLDER}")));
}

#[tokio::test]
async fn a_creation_that_was_refused_for_a_value_is_not_about_a_name() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    for (status, is_about_a_name) in [(409, true), (400, false)] {
        let refused = json!({ "operation": "create", "outcome": "refused", "status": status });
        stub.on_acme(&format!("/log/{REQUEST}"), json!({ "items": [entry(7, &refused)], "next": null }));
        let page = olga.get(&format!("/log/{REQUEST}?integration=acme-production")).await.html;
        let how = "scimctl integration settings set acme-production --logged-values userName,displayName,externalId";
        assert_eq!(page.contains("The log holds no names."), is_about_a_name, "{page}");
        assert_eq!(page.contains(how), is_about_a_name, "{page}");
    }
}

#[tokio::test]
async fn nothing_is_on_its_way_of_what_was_not_carried_out() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let of = |outcome: &str, number| entry(number, &json!({ "outcome": outcome }));
    for (outcomes, said) in [
        (["refused", "refused"], "Nothing was changed."),
        (["denied", "failed"], "Nothing was changed."),
        (["refused", "changed"], "it has not got there yet"),
    ] {
        let items = [of(outcomes[0], 7), of(outcomes[1], 8)];
        stub.on_acme(&format!("/log/{REQUEST}"), json!({ "items": items, "next": null }));
        let page = olga.get(&format!("/log/{REQUEST}?integration=acme-production")).await.html;
        let of_both = ["Nothing was changed.", "it has not got there yet"];
        let shown: Vec<_> = of_both.into_iter().filter(|text| page.contains(text)).collect();
        assert_eq!(shown, [said], "{outcomes:?}: {page}");
    }
}

#[tokio::test]
async fn a_colon_stands_as_the_language_sets_it() {
    let stub = Stub::start();
    let created = json!({ "operation": "create", "outcome": "created" });
    stub.on_acme(&format!("/log/{REQUEST}"), json!({ "items": [entry(7, &created)], "next": null }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    for (language, heading) in [("en", ": <span class"), ("fr", ", personne\u{a0}: <span class")] {
        olga.language = language;
        let page = olga.get(&format!("/log/{REQUEST}?integration=acme-production")).await.html;
        assert!(page.contains(heading), "{page}");
    }
}

#[tokio::test]
async fn what_is_not_said_has_no_label_on_a_narrow_screen() {
    let stub = Stub::start();
    stub.on_acme(&format!("/log/{REQUEST}"), json!({ "items": [entry(7, &json!({}))], "next": null }));
    let effect = json!({ "effect_id": 1, "at": "2026-03-01T12:00:02Z", "request_id": REQUEST, "kind": "user",
        "event_type": "user.changed", "learner_id": null, "cohort_id": null, "outcome": "updated",
        "changed": [], "reason": null });
    stub.on_acme("/effects", json!({ "items": [effect], "next": null }));
    let running = Running::start(&stub);
    let page = running.olga().await.get(&format!("/log/{REQUEST}?integration=acme-production")).await.html;
    assert_eq!(page.matches("<td></td>").count(), 3, "whom, what changed, why: {page}");
}

#[tokio::test]
async fn what_is_said_of_a_token_or_an_address_leads_to_where_they_stand() {
    let stub = Stub::start();
    let denied = json!({ "operation": "sign_in", "kind": null, "outcome": "denied", "status": 401,
        "reason": "no bearer token was sent", "cause": "no_token" });
    let nowhere = json!({ "operation": "read", "kind": null, "outcome": "refused", "status": 404,
        "cause": "wrong_address" });
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    for (what, said) in [(denied, "Azure sent no token."), (nowhere, "The address leads nowhere")] {
        stub.on_acme(&format!("/log/{REQUEST}"), json!({ "items": [entry(7, &what)], "next": null }));
        let page = olga.get(&format!("/log/{REQUEST}?integration=acme-production")).await.html;
        for shown in [said, "<a href=\"/setup?integration=acme-production\">To the set-up</a>"] {
            assert!(page.contains(shown), "{shown} is not in\n{page}");
        }
    }
}

#[tokio::test]
async fn an_export_is_passed_on_and_what_a_role_may_not_do_is_said() {
    let stub = Stub::start();
    stub.on("/whoami", 200, json!({ "subject": "olga", "roles": ["acme:viewer"] }));
    stub.on_acme("/log/export", json!("at,operation"));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let export = olga.get("/log/export?outcome=failed").await;
    assert_eq!((export.status, export.html.as_str()), (200, "\"at,operation\""));
    assert_eq!(export.headers["content-disposition"], "attachment; filename=\"log-acme-production.csv\"");
    assert!(last(&stub, "/export").ends_with("/log/export?outcome=failed&format=csv"));
    let page = olga.get("/log").await;
    assert!(page.html.contains("Whoever has the role operator") && !page.html.contains("Save as CSV"));
    stub.on(
        "/integrations/acme-production/log/export",
        403,
        json!({ "detail": "the role operator is needed" }),
    );
    let refused = olga.get("/log/export").await;
    assert!(
        refused.status == 403 && refused.html.contains("the role operator is needed"),
        "{}",
        refused.html
    );
}

#[tokio::test]
async fn new_entries_come_by_themselves_until_the_session_ends() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.get("/").await;
    let cookies: Vec<String> = olga.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let open = |path: &str| olga.request(Method::GET, path).header("cookie", cookies.join("; "));
    stub.on_acme(
        "/log",
        // The log is in the order in which requests came; a slow one is numbered late.
        json!({ "items": [entry(7, &json!({})), entry(9, &json!({ "outcome": "created" }))], "next": null }),
    );
    let mut tail = open("/log/tail?after=7").send().await.unwrap();
    assert_eq!(tail.headers()["content-type"], "text/event-stream");
    let mut told = String::new();
    while !told.contains("event: rows") {
        told.push_str(std::str::from_utf8(&tail.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert!(told.contains("data: <tr class=\"created\">") && told.contains("000000000009"), "{told}");
    assert!(!told.contains("000000000007"), "{told}");
    assert!(last(&stub, "/log?").ends_with("/log?limit=50"), "{:?}", stub.seen());

    let _second = open("/log/tail").send().await.unwrap();
    let _third = open("/log/tail").send().await.unwrap();
    assert_eq!(open("/log/tail").send().await.unwrap().status(), 429);

    olga.post("/sign-out", &[]).await;
    let mut end = String::new();
    while let Some(chunk) = tail.chunk().await.unwrap() {
        end.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert!(end.ends_with("event: end\ndata: end\n\n") && !end.contains("event: rows"), "{end}");
}

#[tokio::test]
async fn many_entries_are_asked_for_only_where_few_are_all_new() {
    let stub = Stub::start();
    let running = Running::start(&stub);
    let olga = running.olga().await;
    let cookies: Vec<String> = olga.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let items: Vec<_> = (1..=50).rev().map(|number| entry(number, &json!({}))).collect();
    stub.on_acme("/log", json!({ "items": items, "next": "1" }));
    let open = |path: &str| olga.request(Method::GET, path).header("cookie", cookies.join("; "));
    let mut tail = open("/log/tail?after=0").send().await.unwrap();
    let mut told = String::new();
    while !told.contains(": nothing") {
        told.push_str(std::str::from_utf8(&tail.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert_eq!(told.matches("<tr class").count(), 50, "{told}");
    let asked: Vec<String> = stub.seen().into_iter().map(|(address, _)| address).collect();
    let limits: Vec<_> = asked.iter().filter_map(|address| address.split_once("/log?limit=")).collect();
    assert_eq!(limits.iter().map(|(_, limit)| *limit).collect::<Vec<_>>(), ["50", "1000", "50"]);
}
