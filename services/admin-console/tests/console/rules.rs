use serde_json::{Value, json};

use super::running::Running;
use super::stub::{Sent, Stub};

const ANA: &str = "7d0f0000-0000-4000-8000-000000000001";
const GROUP: &str = "0198c0df-0000-7000-8000-000000000001";

fn saved(version: i64, cohorts: &Value, phone: &str) -> Value {
    json!({ "version": version, "saved_by": "olga", "saved_at": "2026-03-01T12:00:00Z", "comment": "as agreed",
            "rules": { "cohorts": cohorts, "guard": { "people": 500 },
                       "ownership": { "login": { "mode": "source", "on_clear": "refuse" },
                                      "phone": { "mode": phone, "on_clear": "keep" } },
                       "mapping": { "login": { "from": ["userName"], "transforms": ["lower"] },
                                    "phone": { "from": [] } } } })
}

fn cohorts() -> Value {
    json!([{ "name": "tests", "when": { "prefix": "test-" }, "then": "ignore", "on_leave": "keep" },
           { "name": "rest", "when": "any", "then": { "create": { "name_template": "aad-{displayName}" } },
             "on_leave": "suspend" }])
}

fn with_rules() -> Stub {
    let stub = Stub::start();
    stub.on_acme("/rules", saved(4, &cohorts(), "seed_once"));
    stub.on_acme("/cohort-sizes", json!({ "items": [{ "cohort_id": GROUP, "scim_id": GROUP, "external_id": null,
        "group_name": "LMS - Welding", "name": "Welders", "slug": "welders", "status": "active", "on_leave": "keep", "grants_role": "instructor",
        "members": 2 }], "next": GROUP }));
    stub
}

/// The fields of the form as the page has them, with the second rule first.
fn swapped<'a>(act: &'a str, comment: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("integration", "acme-production"),
        ("seen", "4"),
        ("position", "2"),
        ("name", "tests"),
        ("when", "prefix"),
        ("text", "test-"),
        ("then", "ignore"),
        ("target", ""),
        ("on_leave", "keep"),
        ("grants_role", ""),
        ("position", "1"),
        ("name", "rest"),
        ("when", "any"),
        ("text", ""),
        ("then", "create"),
        ("target", "{displayName}"),
        ("on_leave", "suspend"),
        ("grants_role", ""),
        ("position", "3"),
        ("name", ""),
        ("when", "prefix"),
        ("text", ""),
        ("then", "create"),
        ("target", ""),
        ("on_leave", "keep"),
        ("grants_role", ""),
        ("comment", comment),
        ("act", act),
    ]
}

fn swapped_document() -> Value {
    let mut rules = saved(4, &cohorts(), "seed_once")["rules"].clone();
    rules["cohorts"] = json!([
        { "name": "rest", "when": "any", "then": { "create": { "name_template": "{displayName}" } }, "on_leave": "suspend" },
        { "name": "tests", "when": { "prefix": "test-" }, "then": "ignore", "on_leave": "keep" }]);
    rules
}

#[tokio::test]
async fn cohorts_and_the_rules_behind_them_are_told_in_words() {
    let stub = with_rules();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get("/groups").await;
    assert_eq!(page.status, 200, "{}", page.html);
    for shown in [
        "Welders",
        &format!("scim_id={GROUP}\">LMS - Welding</a><span class=\"advice\"><code>{GROUP}</code>"),
        "<td>2</td>",
        "instructor",
        &format!("/groups?integration=acme-production&amp;cursor={GROUP}"),
        "Groups whose name begins with “test-” become nothing.",
        "All groups become cohorts named “aad-{displayName}”.",
        "rest until they return",
        "Change the rules",
    ] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    let form = olga.get("/groups/rules").await;
    assert_eq!(form.html.matches("name=\"position\"").count(), 3, "one more for another rule");
    stub.on_acme(
        "/rules",
        saved(4, &json!([{ "name": "x", "when": { "new": 1 }, "then": "ignore" }]), "lms"),
    );
    assert!(olga.get("/groups").await.html.contains("cannot show"));
    assert_eq!(olga.get("/groups/rules").await.status, 404);
    stub.on("/integrations/acme-production/rules", 404, json!({}));
    stub.on("/integrations/acme-production/cohort-sizes", 404, json!({}));
    assert!(olga.get("/groups").await.html.contains("The LMS has heard nothing"));
}

#[tokio::test]
async fn cohort_rules_are_tried_on_all_groups_and_what_was_typed_stays() {
    let stub = with_rules();
    let outcome = |action: &str| json!({ "action": action, "cohort_id": null, "name": "aad-a", "on_leave": null, "grants_role": null });
    stub.on_acme("/rules/preview-cohorts", json!({ "items": [{ "scim_id": GROUP, "display_name": "test-a",
        "rule": "tests", "now": outcome("create"), "after": outcome("ignore") }],
        "totals": { "groups": 500, "changed": 1, "created": 0, "linked": 0, "ignored": 1, "amended": 0 }, "next": null }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.get("/").await;
    let page = olga.post("/groups/rules", &swapped("preview", "typed")).await;
    assert_eq!(page.status, 200, "{}", page.html);
    for shown in ["500 groups looked at, 1 would change", "test-a", "value=\"typed\"", "1 of 1 groups"] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    let (rest, tests) =
        (page.html.find("value=\"rest\"").unwrap(), page.html.find("value=\"tests\"").unwrap());
    assert!(rest < tests, "in the new order");
    assert_eq!(
        stub.sent(),
        [Sent::of("POST /rules/preview-cohorts", json!({ "rules": swapped_document(), "limit": 1000 }))]
    );
}

#[tokio::test]
async fn cohort_rules_are_saved_with_the_version_that_was_seen() {
    let stub = with_rules();
    stub.on_acme_method("PUT", "/rules", 200, saved(5, &cohorts(), "seed_once"));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.get("/").await;
    let silent = olga.post("/groups/rules", &swapped("save", " ")).await;
    assert!(silent.status == 422 && silent.html.contains("A comment is needed"), "{}", silent.html);
    let done = olga.post("/groups/rules", &swapped("save", "tidier")).await;
    assert_eq!((done.status, done.location.as_deref()), (303, Some("/groups?integration=acme-production")));
    let mut sent = Sent::of("PUT /rules", json!({ "rules": swapped_document(), "comment": "tidier" }));
    sent.if_match = Some("\"4\"".to_owned());
    assert_eq!(stub.sent(), [sent]);
    assert!(olga.get("/groups").await.html.contains("Version 5 of the rules is in force"));
    stub.on_acme_method(
        "PUT",
        "/rules",
        422,
        json!({ "detail": "the rules cannot be used",
        "errors": [{ "pointer": "/cohorts/0/when/regex", "problem": "unclosed" }] }),
    );
    let wrong = olga.post("/groups/rules", &swapped("save", "tidier")).await;
    assert!(wrong.status == 422 && wrong.html.contains("/cohorts/0/when/regex: unclosed"), "{}", wrong.html);
}

#[tokio::test]
async fn who_was_slower_sees_what_is_in_force_and_keeps_what_was_typed() {
    let stub = with_rules();
    stub.on_acme(
        "/rules",
        saved(9, &json!([{ "name": "theirs", "when": { "exact": "Sales" }, "then": "ignore" }]), "lms"),
    );
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.get("/").await;
    let page = olga.post("/groups/rules", &swapped("save", "tidier")).await;
    assert_eq!(page.status, 422);
    for shown in [
        "Somebody else changed the rules",
        "In force, version 9:",
        "Groups with the name “Sales” become nothing.",
        "name=\"seen\" value=\"9\"",
        "value=\"{displayName}\"",
        "value=\"tidier\"",
    ] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    assert!(stub.sent().is_empty(), "nothing was saved");
    // Between reading and saving.
    stub.on_acme("/rules", saved(4, &cohorts(), "lms"));
    stub.on_acme_method("PUT", "/rules", 412, json!({ "detail": "version 5 is in force" }));
    let page = olga.post("/groups/rules", &swapped("save", "tidier")).await;
    assert!(page.status == 422 && page.html.contains("Somebody else changed the rules"), "{}", page.html);
}

#[tokio::test]
async fn attributes_say_where_values_come_from_and_who_decides() {
    let stub = with_rules();
    let running = Running::start(&stub);
    let page = running.olga().await.get("/attributes").await;
    for shown in [
        "<code>userName</code>",
        "<code>lower</code>",
        "Azure decides, always.",
        "keeps it and it is reported",
        "afterwards it is the LMS’s",
        "nowhere",
        "as agreed",
        "Version 4 is in force",
    ] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
}

#[tokio::test]
async fn who_decides_an_attribute_is_tried_on_a_person_and_saved() {
    let stub = with_rules();
    stub.on_acme("/learners/search", json!({ "items": [{ "learner_id": ANA, "scim_id": GROUP, "external_id": null,
        "status": "active", "inactive_reason": null, "login": "ana@acme.example", "display_name": "Ana Silva" }], "next": null }));
    stub.on_acme("/rules/preview", json!({ "scim_id": GROUP, "learner_id": ANA, "phase": "current", "waiting": null,
        "manager": null, "attributes": [{ "attribute": "phone", "directory": "+41 1", "trouble": null, "value": "+41 2",
        "rule": { "mode": "source", "on_clear": "clear" }, "becomes": "directory", "value_after": "+41 1",
        "conflict": "reverted" }] }));
    stub.on_acme_method("PUT", "/rules", 200, saved(5, &cohorts(), "source"));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let form = |act, more: &[(&'static str, &'static str)]| {
        let mut fields = vec![
            ("seen", "4"),
            ("attribute", "login"),
            ("mode", "source"),
            ("on_clear", "refuse"),
            ("attribute", "phone"),
            ("mode", "source"),
            ("on_clear", "clear"),
            ("text", "ana"),
        ];
        fields.extend(more);
        fields.push(("act", act));
        fields
    };
    olga.get("/attributes/rules").await;
    let nobody = olga.post("/attributes/rules", &form("preview", &[])).await;
    assert!(nobody.status == 422 && nobody.html.contains("Choose a person first"), "{}", nobody.html);
    let found = olga.post("/attributes/rules", &form("find", &[])).await;
    assert!(found.html.contains(&format!("name=\"person\" value=\"{ANA}\" checked")), "{}", found.html);
    let tried = olga.post("/attributes/rules", &form("preview", &[("person", ANA)])).await;
    for shown in ["becomes what Azure says", "An edit in the LMS was undone", "+41 1"] {
        assert!(tried.html.contains(shown), "{shown} is not in\n{}", tried.html);
    }
    let saved_page = olga.post("/attributes/rules", &form("save", &[("comment", "phones from Azure")])).await;
    assert_eq!(saved_page.status, 303, "{}", saved_page.html);
    let sent = stub.sent();
    let mut rules = saved(4, &cohorts(), "source")["rules"].clone();
    rules["ownership"]["phone"]["on_clear"] = json!("clear");
    assert_eq!(sent[1], Sent::of("POST /rules/preview", json!({ "learner_id": ANA, "rules": rules })));
    assert_eq!(sent[2].body, json!({ "rules": rules, "comment": "phones from Azure" }));
    assert_eq!(sent[2].if_match.as_deref(), Some("\"4\""));
    stub.on_acme("/rules", saved(9, &cohorts(), "ignore"));
    let late = olga.post("/attributes/rules", &form("save", &[("comment", "phones")])).await;
    assert!(
        late.status == 422 && late.html.contains("In force, version 9: The value is left alone"),
        "{}",
        late.html
    );
}

#[tokio::test]
async fn a_version_is_compared_and_restored_by_its_number() {
    let stub = with_rules();
    stub.on_acme(
        "/rules/versions",
        json!({ "items": [{ "version": 3, "saved_by": "igor",
        "saved_at": "2026-02-01T12:00:00Z", "comment": "before" }], "next": null }),
    );
    stub.on_acme("/rules/versions/3", saved(3, &cohorts(), "lms"));
    stub.on_acme_method("PUT", "/rules", 200, saved(5, &cohorts(), "lms"));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    assert!(olga.get("/attributes/versions").await.html.contains("/attributes/versions/3?"));
    let page = olga.get("/attributes/versions/3").await;
    for shown in ["/ownership/phone/mode", "&#34;lms&#34;", "compared with version 4 in force"] {
        assert!(page.html.contains(shown), "{shown} is not in\n{}", page.html);
    }
    let restore = "/attributes/versions/3/restore";
    let wrong = olga.post(restore, &[("seen", "4"), ("comment", "back"), ("confirm", "4")]).await;
    assert!(wrong.status == 422 && wrong.html.contains("value=\"back\""), "{}", wrong.html);
    let done = olga.post(restore, &[("seen", "4"), ("comment", "back"), ("confirm", "3")]).await;
    assert_eq!(done.status, 303, "{}", done.html);
    assert_eq!(stub.sent()[0].body["rules"]["ownership"]["phone"]["mode"], "lms");
    stub.on_acme("/rules/versions/4", saved(4, &cohorts(), "seed_once"));
    let same = olga.get("/attributes/versions/4").await;
    assert!(same.html.contains("It says what the rules in force say") && !same.html.contains("/restore"));
}

#[tokio::test]
async fn an_operator_tries_and_an_owner_saves() {
    let stub = with_rules();
    stub.on("/whoami", 200, json!({ "subject": "oscar", "roles": ["acme:operator"] }));
    let running = Running::start(&stub);
    let mut oscar = running.olga().await;
    for path in ["/groups/rules", "/attributes/rules"] {
        let page = oscar.get(path).await;
        assert!(
            page.html.contains("value=\"preview\"") && !page.html.contains("value=\"save\""),
            "{}",
            page.html
        );
        assert!(page.html.contains("whoever has the role owner can save them"), "{}", page.html);
    }
    stub.on("/whoami", 200, json!({ "subject": "vera", "roles": ["acme:viewer"] }));
    let page = running.olga().await.get("/groups").await;
    assert!(page.html.contains("Whoever has the role operator") && !page.html.contains("/groups/rules"));
}
