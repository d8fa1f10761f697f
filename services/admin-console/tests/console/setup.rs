use serde_json::{Value, json};

use super::browser::Browser;
use super::running::Running;
use super::stub::{Stub, credential, integration};

const SETUP: &str = "/setup?integration=acme-production";

fn nothing_seen() -> Value {
    let seen = json!({ "at": null });
    json!({ "test_connection": seen, "first_user": seen, "first_group": seen, "first_deactivation": seen,
            "sampled": 0, "findings": [] })
}

fn stub() -> Stub {
    let stub = Stub::start();
    stub.on_acme("/setup-check", nothing_seen());
    stub
}

fn contains_all(html: &str, texts: &[&str]) {
    for text in texts {
        assert!(html.contains(text), "{text} is not in\n{html}");
    }
}

/// The value of a hidden field.
fn hidden(html: &str, name: &str) -> String {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_guide_has_the_values_of_the_integration_and_is_ticked_by_what_azure_did() {
    let stub = stub();
    let mut check = nothing_seen();
    check["test_connection"]["at"] = json!("2026-03-01T09:00:00Z");
    check["first_user"]["at"] = json!("2026-03-01T09:20:11Z");
    check["sampled"] = json!(200);
    check["findings"] = json!([{ "code": "external_id_is_no_object_id", "users": 200, "share": 1.0,
        "examples": ["0198c0de-0000-7000-8000-000000000003"] }]);
    stub.on_acme("/setup-check", check);
    let running = Running::start(&stub);
    let page = running.olga().await.get(SETUP).await;
    assert_eq!(page.status, 200, "{}", page.html);
    contains_all(
        &page.html,
        &[
            "<code id=\"tenant-url\">https://scim.example/integrations/acme-production/scim/v2</code>",
            "https://scim.example/integrations/acme-production/oauth2/token",
            "3 of 6 steps are done",
            "<li class=\"step wrong\"><strong>Map the object id</strong>",
            "<time datetime=\"2026-03-01T09:20:11Z\">",
            "The externalId is no object id.",
            "200 of them",
            "<a href=\"/people/of/0198c0de-0000-7000-8000-000000000003?integration=acme-production\">",
            "change the source of externalId to objectId",
            "hx-trigger=\"every 5s\"",
        ],
    );
}

#[tokio::test]
async fn the_steps_are_looked_at_again_until_ten_minutes_are_over() {
    let stub = stub();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let page = olga.get(SETUP).await.html;
    let (_, rest) = page.split_once("hx-get=\"").unwrap();
    let watch = rest.split('"').next().unwrap().replace("&#38;", "&");
    assert!(watch.starts_with("/setup/steps?integration=acme-production&seen=doooo"), "{watch}");
    let same = olga.get(&watch).await;
    assert_eq!((same.status, same.html.as_str()), (204, ""));

    let mut check = nothing_seen();
    check["test_connection"]["at"] = json!("2026-03-01T09:00:00Z");
    stub.on_acme("/setup-check", check);
    let anew = olga.get(&watch).await;
    assert_eq!(anew.status, 200);
    contains_all(&anew.html, &["2 of 6 steps", "hx-swap-oob", "hx-get=\"/setup/steps?", "seen=ddoooo"]);
    assert!(!anew.html.contains("<html"), "{}", anew.html);

    for until in ["1", "99999999999"] {
        let over = olga.get(&format!("/setup/steps?integration=acme-production&seen=x&until={until}")).await;
        assert_eq!(over.status, 286, "{until}");
        assert!(!over.html.contains("hx-get"), "{}", over.html);
    }
}

#[tokio::test]
async fn a_secret_is_shown_in_the_answer_and_made_once_for_a_form() {
    let stub = stub();
    let networks = json!(["192.0.2.0/24", "2001:db8::/32"]);
    let made = json!({ "name": "Entra", "expires_at": "2027-01-31T23:59:59Z", "networks": networks });
    let mut made = credential("c3", &made);
    made["secret"] = json!("ilx_production_c3_s3cret");
    stub.on_method("POST", "/integrations/acme-production/credentials", 201, made);
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let form = olga.get("/setup/credential?integration=acme-production&kind=secret").await;
    assert_eq!(form.status, 200, "{}", form.html);
    let key = hidden(&form.html, "key");
    let fields = [
        ("integration", "acme-production"),
        ("kind", "secret"),
        ("name", "Entra"),
        ("expires", "2027-01-31"),
        ("users_read", "yes"),
        ("groups_read", "yes"),
        ("networks", "192.0.2.0/24\r\n2001:db8::/32\r\n"),
        ("key", key.as_str()),
    ];
    let page = olga.post("/setup/credential", &fields).await;
    assert_eq!((page.status, page.headers["cache-control"].to_str().unwrap()), (200, "no-store"));
    contains_all(
        &page.html,
        &[
            "<code id=\"secret\">ilx_production_c3_s3cret</code>",
            "Secret Token",
            "nobody can read it again",
            "<dt>Only from</dt><dd><code>192.0.2.0/24</code>, <code>2001:db8::/32</code></dd>",
        ],
    );
    let sent = stub.sent().pop().unwrap();
    let expected = json!({ "kind": "secret", "name": "Entra", "expires_at": "2027-01-31T23:59:59Z",
                           "scopes": ["users.read", "groups.read"], "networks": ["192.0.2.0/24", "2001:db8::/32"] });
    assert_eq!(sent.body, expected);
    assert_eq!((key.len(), sent.key), (43, Some(key)));
    assert!(!olga.get(SETUP).await.html.contains("s3cret"));
}

#[tokio::test]
async fn a_form_that_is_sent_once_more_says_that_its_token_was_made() {
    let stub = stub();
    let again = json!({ "detail": "the request was carried out before", "code": "issued_before" });
    stub.on_method("POST", "/integrations/acme-production/credentials", 409, again.clone());
    stub.on_method("POST", "/integrations/acme-production/credentials/a1/rotate", 409, again);
    stub.on("/integrations/acme-production/credentials/a1", 200, credential("a1", &json!({})));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.get("/").await;
    let fields =
        [("integration", "acme-production"), ("kind", "secret"), ("name", "Entra"), ("users_read", "yes")];
    for (path, more) in [("/setup/credential", ("key", "k")), ("/setup/rotate", ("id", "a1"))] {
        let sent = olga.post(path, &[&fields[..], &[more]].concat()).await;
        assert_eq!(
            (sent.status, sent.location.as_deref()),
            (303, Some("/setup?integration=acme-production#credentials"))
        );
        contains_all(&olga.get(SETUP).await.html, &["class=\"flash good\"", "It was shown once then"]);
        assert!(!olga.get(SETUP).await.html.contains("It was shown once then"), "said once");
    }
}

#[tokio::test]
async fn what_the_gateway_refuses_is_said_in_the_words_of_the_form() {
    let stub = stub();
    let refused = json!({ "detail": "expires_at must be in the future", "field": "expires_at" });
    stub.on_method("POST", "/integrations/acme-production/credentials", 422, refused);
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.get("/").await;
    olga.language = "fr";
    let fields = [
        ("integration", "acme-production"),
        ("kind", "secret"),
        ("name", "Entra"),
        ("expires", "2020-01-01"),
        ("users_read", "yes"),
        ("key", "k"),
    ];
    let page = olga.post("/setup/credential", &fields).await;
    assert_eq!(page.status, 422);
    let said = "« Valable jusqu’à la fin du (UTC) » est dans le futur, à 730 jours au plus.";
    contains_all(&page.html, &[said, "name=\"expires\" value=\"2020-01-01\" aria-invalid=\"true\""]);
    assert!(!page.html.contains("expires_at"), "{}", page.html);
}

#[tokio::test]
async fn a_token_whose_secret_nobody_has_is_named_and_another_offered() {
    let stub = stub();
    let running = Running::start(&stub);
    let page = running.olga().await.get(SETUP).await;
    contains_all(
        &page.html,
        &[
            "There is the token “azure”. It was shown once",
            "If you have no secret at hand, issue",
            "Issue a token that you can paste</a>",
            "Token id</span> <code>a1</code>",
            "counted with a delay of some seconds",
        ],
    );
    stub.on("/whoami", 200, json!({ "subject": "vic", "roles": ["acme:viewer"] }));
    let page = running.olga().await.get(SETUP).await.html;
    contains_all(
        &page,
        &["There is the token “azure”.", "whoever has the role owner can issue a token to paste"],
    );
    assert!(!page.contains("If you have no secret at hand"), "{page}");
}

#[tokio::test]
async fn what_lets_azure_in_without_a_secret_is_not_said_to_have_been_shown() {
    let stub = stub();
    let (kind, secret) = (json!({ "name": "Entra", "kind": "entra" }), json!({ "name": "azure" }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    stub.on_acme("/credentials", json!({ "items": [credential("a1", &kind)] }));
    let page = olga.get(SETUP).await.html;
    assert!(page.contains("<li class=\"step done\"><strong>Issue a token</strong>"), "{page}");
    assert!(!page.contains("It was shown once") && !page.contains("no secret at hand"), "{page}");
    stub.on_acme("/credentials", json!({ "items": [credential("a1", &kind), credential("b2", &secret)] }));
    contains_all(&olga.get(SETUP).await.html, &["There is the token “azure”. It was shown once"]);
}

#[tokio::test]
async fn a_name_that_another_token_has_is_marked_and_said_so() {
    let stub = stub();
    let taken = json!({ "detail": "the credential a1 has this name", "code": "name_taken" });
    stub.on_method("POST", "/integrations/acme-production/credentials", 409, taken);
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.get("/setup/credential?integration=acme-production&kind=secret").await;
    let typed = [
        ("integration", "acme-production"),
        ("kind", "secret"),
        ("name", "Entra"),
        ("users_read", "yes"),
        ("key", "k"),
    ];
    let page = olga.post("/setup/credential", &typed).await;
    assert_eq!(page.status, 409, "{}", page.html);
    let field =
        "name=\"name\" value=\"Entra\" required maxlength=\"100\" autocomplete=\"off\" aria-invalid=\"true\"";
    contains_all(
        &page.html,
        &["Another token that can be used has this name: choose another under “Name”.", field],
    );
}

#[tokio::test]
async fn what_a_credential_may_do_and_from_where_is_chosen_and_shown() {
    let stub = stub();
    let limited = json!({ "name": "Reader", "scopes": ["users.read"], "networks": ["192.0.2.0/24"] });
    stub.on_acme("/credentials", json!({ "items": [credential("a1", &limited)] }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    contains_all(&olga.get(SETUP).await.html, &["May only</span> read users\n", "<code>192.0.2.0/24</code>"]);
    let form = olga.get("/setup/credential?integration=acme-production&kind=secret").await.html;
    for field in ["users_read", "users_write", "groups_read", "groups_write"] {
        contains_all(&form, &[&format!("name=\"{field}\" value=\"yes\" checked")]);
    }
    let typed = [
        ("integration", "acme-production"),
        ("kind", "secret"),
        ("name", "Reader"),
        ("networks", "192.0.2.0/24\r\nthe office 192.0.2.7/24, 192.0.2.9"),
        ("key", "k"),
    ];
    let page = olga.post("/setup/credential", &typed).await;
    assert_eq!(page.status, 422);
    contains_all(
        &page.html,
        &[
            "Nothing is chosen that it may do.",
            "<li>“the” is no network, such as 192.0.2.0/24 or 2001:db8::/32.</li>",
            "<li>“office” is no network",
            "<li>“192.0.2.7/24” has more than a network: write 192.0.2.0/24, or 192.0.2.7/32 for the one address.</li>",
            "<li>“192.0.2.9” has no length: write 192.0.2.9/32 for the one address.</li>",
            ">192.0.2.0/24\r\nthe office 192.0.2.7/24, 192.0.2.9</textarea>",
            "name=\"users_read\" value=\"yes\">",
            "value=\"Reader\"",
        ],
    );
    assert!(stub.sent().is_empty(), "{:?}", stub.sent());
}

#[tokio::test]
async fn what_cannot_be_issued_is_said_beside_what_was_typed() {
    let stub = stub();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.get("/setup/credential?integration=acme-production&kind=federated").await;
    let typed = [
        ("integration", "acme-production"),
        ("kind", "federated"),
        ("name", "Fed"),
        ("tenant_id", "t-1"),
        ("subject", "s-1"),
        ("users_write", "yes"),
        ("key", "k"),
    ];
    let page = olga.post("/setup/credential", &typed).await;
    assert_eq!(page.status, 422);
    contains_all(&page.html, &["The audience is missing.", "value=\"t-1\"", "value=\"Fed\"", "autofocus"]);
    assert!(stub.sent().is_empty(), "{:?}", stub.sent());

    let refusal = json!({ "detail": "tenant_id: must be a GUID" });
    stub.on_method("POST", "/integrations/acme-production/credentials", 422, refusal);
    let mut complete = typed.to_vec();
    complete.push(("audience", "api://app"));
    let page = olga.post("/setup/credential", &complete).await;
    assert_eq!(page.status, 422);
    contains_all(
        &page.html,
        &["<li><q lang=\"en\">tenant_id: must be a GUID</q></li>", "value=\"api://app\""],
    );
    let expected = json!({ "kind": "federated", "name": "Fed", "tenant_id": "t-1", "audience": "api://app",
                           "subject": "s-1", "scopes": ["users.write"], "networks": [] });
    assert_eq!(stub.sent()[0].body, expected);
    assert_eq!(olga.get("/setup/credential?kind=magic").await.status, 404);
}

#[tokio::test]
async fn a_rotation_ends_with_a_sentence_that_says_when_the_old_token_can_be_retired() {
    let stub = stub();
    let path = "/integrations/acme-production/credentials";
    let old = |retirement: Value| credential("a1", &json!({ "name": "Old", "retirement": retirement }));
    let new = credential("c3", &json!({ "name": "New", "uses": 1204 }));
    let list = |old: Value| json!({ "items": [new.clone(), old] });
    stub.on_acme("/credentials", list(old(json!({ "state": "still_used", "last_used_at": null }))));
    stub.on(&format!("{path}/a1"), 200, old(json!({ "state": "no_successor" })));
    let mut made = new.clone();
    made["secret"] = json!("ilx_production_c3_s3cret");
    stub.on_method("POST", &format!("{path}/a1/rotate"), 201, made);
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let form = olga.get("/setup/rotate?integration=acme-production&id=a1").await;
    contains_all(&form.html, &["A successor of “Old”", "value=\"Old\""]);
    let fields = [("integration", "acme-production"), ("id", "a1"), ("name", "New"), ("key", "k-1")];
    let page = olga.post("/setup/rotate", &fields).await;
    contains_all(&page.html, &["ilx_production_c3_s3cret", "retire “Old”"]);
    assert_eq!(stub.sent()[0].body, json!({ "name": "New" }));

    let page = olga.get(SETUP).await.html;
    assert!(page.contains("wait until Azure uses only the new one") && !page.contains("/setup/retire"));
    assert!(!page.contains("id=a1\">Rotate"), "it has a successor: {page}");
    stub.on_acme("/credentials", list(old(json!({ "state": "safe", "successor": "c3" }))));
    let page = olga.get(SETUP).await.html;
    contains_all(&page, &["Entra has used “New” 1,204 times, and this one not once", "safe to retire"]);
    stub.on_method("POST", &format!("{path}/a1/retire"), 200, json!({}));
    let done = olga.post("/setup/retire", &[("integration", "acme-production"), ("id", "a1")]).await;
    assert_eq!((done.status, done.location.as_deref()), (303, Some(SETUP)));
    assert!(olga.get(SETUP).await.html.contains("“Old” is retired"));
}

#[tokio::test]
async fn a_token_that_was_rotated_names_the_new_one_before_azure_uses_it() {
    let stub = stub();
    let list = |state: &str| {
        let new = credential("c3", &json!({ "name": "azure", "replaces": "a1", "state": state }));
        json!({ "items": [new, credential("a1", &json!({ "name": "azure" }))] })
    };
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    stub.on_acme("/credentials", list("active"));
    let page = olga.get(SETUP).await.html;
    contains_all(&page, &["Replaced by c3; not used by Azure yet", "id=c3\">Rotate"]);
    assert!(!page.contains("id=a1\">Rotate"), "{page}");
    let newer = json!({ "name": "azure", "replaces": "c3", "created_at": "2026-03-02T12:00:00Z" });
    let mut three = list("revoked");
    three["items"].as_array_mut().unwrap().push(credential("e5", &newer));
    stub.on_acme("/credentials", three);
    let page = olga.get(SETUP).await.html;
    contains_all(&page, &["Replaced by e5; not used by Azure yet", "id=e5\">Rotate"]);
    assert!(!page.contains("id=a1\">Rotate"), "{page}");
    stub.on_acme("/credentials", list("expired"));
    let page = olga.get(SETUP).await.html;
    assert!(
        page.contains("id=a1\">Rotate") && !page.contains("Replaced by"),
        "it takes over no more: {page}"
    );
}

#[tokio::test]
async fn a_credential_is_revoked_only_by_its_name_typed_once_more() {
    let stub = stub();
    let path = "/integrations/acme-production/credentials/a1";
    let used = json!({ "name": "azure", "uses": 7,
        "last_used": { "at": "2026-03-01T12:00:00Z", "address": "192.0.2.7", "agent": null } });
    stub.on_acme("/credentials", json!({ "items": [credential("a1", &used)] }));
    stub.on(path, 200, credential("a1", &used));
    stub.on_method("DELETE", path, 204, json!({}));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let ask = olga.get("/setup/revoke?integration=acme-production&id=a1").await;
    contains_all(
        &ask.html,
        &[
            "7 times",
            "2026-03-01T12:00:00Z",
            "from 192.0.2.7",
            "the provisioning stops",
            "data-confirm=\"azure\"",
        ],
    );
    let meant = |confirm| [("integration", "acme-production"), ("id", "a1"), ("confirm", confirm)];
    let page = olga.post("/setup/revoke", &meant("azur")).await;
    assert!(page.status == 422 && page.html.contains("Nothing was done"), "{}", page.html);
    assert!(stub.sent().is_empty(), "{:?}", stub.sent());
    assert_eq!(olga.post("/setup/revoke", &meant("azure")).await.status, 303);
    assert_eq!(stub.sent()[0].what, "DELETE /credentials/a1");
}

#[tokio::test]
async fn what_was_revoked_is_not_offered_to_be_revoked() {
    let stub = stub();
    let revoked = json!({ "name": "azure", "state": "revoked", "revoked_at": "2026-03-01T12:00:00Z" });
    stub.on_acme("/credentials", json!({ "items": [credential("a1", &revoked)] }));
    let running = Running::start(&stub);
    let page = running.olga().await.get("/setup/revoke?integration=acme-production&id=a1").await.html;
    contains_all(&page, &["was revoked already", "2026-03-01T12:00:00Z"]);
    assert!(!page.contains("name=\"confirm\"") && !page.contains("is refused at once"), "{page}");
}

#[tokio::test]
async fn of_two_credentials_of_one_name_the_id_is_typed() {
    let stub = stub();
    let named = |id: &str, state: &str| credential(id, &json!({ "name": "Entra", "state": state }));
    let list = |other: &str| json!({ "items": [named("a1", "active"), named("c3", other)] });
    stub.on_acme("/credentials", list("expired"));
    stub.on_method("DELETE", "/integrations/acme-production/credentials/a1", 204, json!({}));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let ask = "/setup/revoke?integration=acme-production&id=a1";
    contains_all(&olga.get(ask).await.html, &["type “a1”", "data-confirm=\"a1\""]);
    let meant = |confirm| [("integration", "acme-production"), ("id", "a1"), ("confirm", confirm)];
    assert_eq!(olga.post("/setup/revoke", &meant("Entra")).await.status, 422);
    assert!(stub.sent().is_empty(), "{:?}", stub.sent());
    assert_eq!(olga.post("/setup/revoke", &meant("a1")).await.status, 303);
    stub.on_acme("/credentials", list("revoked"));
    contains_all(&olga.get(ask).await.html, &["data-confirm=\"Entra\""]);
}

#[tokio::test]
async fn the_state_is_switched_and_disabling_is_typed_once_more() {
    let stub = stub();
    stub.on_method("PUT", "/integrations/acme-production/state", 200, json!({}));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    let wanted = |state, confirm| {
        [("integration", "acme-production"), ("state", state), ("confirm", confirm), ("to", SETUP)]
    };
    let page = olga.get(SETUP).await.html;
    assert!(page.contains("value=\"paused\"") && !page.contains("value=\"enabled\""), "{page}");
    assert_eq!(olga.post("/setup/state", &wanted("paused", "")).await.location.as_deref(), Some(SETUP));
    assert!(olga.get(SETUP).await.html.contains("Paused: Azure is asked to come back later."));
    assert_eq!(olga.post("/setup/state", &wanted("disabled", "acme")).await.status, 303);
    assert!(olga.get(SETUP).await.html.contains("<p class=\"flash bad\" role=\"status\">Nothing was done"));
    olga.post("/setup/state", &wanted("disabled", "acme-production")).await;
    let bodies: Vec<Value> = stub.sent().into_iter().map(|sent| sent.body).collect();
    assert_eq!(bodies, [json!({ "state": "paused" }), json!({ "state": "disabled" })]);
    assert_eq!(olga.post("/setup/state", &wanted("detached", "acme-production")).await.status, 400);
}

#[tokio::test]
async fn the_first_integration_is_made_here_and_a_refusal_keeps_what_was_typed() {
    let stub = stub();
    stub.on("/integrations", 200, json!({ "items": [], "next": null }));
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    assert!(olga.get("/").await.html.contains("href=\"/setup/new\""));
    assert!(olga.get("/log").await.html.contains("href=\"/setup/new\""));
    assert_eq!(olga.get("/setup").await.location.as_deref(), Some("/setup/new"));
    // Of the portals in which olga is owner.
    contains_all(&olga.get("/setup/new").await.html, &["<option>acme</option>"]);

    let fields =
        [("portal", "acme"), ("environment", "staging"), ("slug", " acme-staging "), ("state", "disabled")];
    let taken = json!({ "detail": "another integration has this slug", "code": "slug_taken" });
    stub.on_method("POST", "/integrations", 409, taken);
    let page = olga.post("/setup/new", &fields).await;
    assert_eq!(page.status, 409);
    let said = "Another integration has this name: choose another under “Name in addresses”.";
    contains_all(&page.html, &[said, "value=\" acme-staging \""]);
    assert!(!page.html.contains("has this slug"), "{}", page.html);
    contains_all(&page.html, &["<select name=\"portal\">", "spellcheck=\"false\" aria-invalid=\"true\""]);
    assert!(!page.html.contains("<datalist"), "{}", page.html);
    let wrong = json!({ "detail": "no code of a portal", "field": "portal" });
    stub.on_method("POST", "/integrations", 422, wrong);
    let page = olga.post("/setup/new", &fields).await.html;
    assert_eq!(page.matches("aria-invalid").count(), 1, "{page}");
    contains_all(&page, &["<select name=\"portal\" aria-invalid=\"true\">"]);
    let mut made = integration();
    made["slug"] = json!("acme-staging");
    made["state"] = json!("disabled");
    made["scim_url"] = json!("https://scim.example/integrations/acme-staging/scim/v2");
    made["is_new"] = json!(true);
    stub.on_method("POST", "/integrations", 201, made.clone());
    let confirm = olga.post("/setup/new", &fields).await;
    assert_eq!(confirm.status, 200, "{}", confirm.html);
    contains_all(
        &confirm.html,
        &[
            "Nothing is made yet.",
            "<code>https://scim.example/integrations/acme-staging/scim/v2</code>",
            "No integration feeds the portal “acme” yet. Is the code right?",
            "Disabled: whatever Azure sends is refused.",
        ],
    );
    let mut expected =
        json!({ "slug": "acme-staging", "portal": "acme", "environment": "staging", "state": "disabled" });
    let mut preview = expected.clone();
    preview["dry_run"] = json!(true);
    assert_eq!(stub.sent().last().unwrap().body, preview);

    let names = ["portal", "environment", "slug", "state", "is_meant"];
    let shown: Vec<String> = names.iter().map(|name| hidden(&confirm.html, name)).collect();
    let mut fields: Vec<(&str, &str)> = names.into_iter().zip(shown.iter().map(String::as_str)).collect();
    let mut back = fields.clone();
    back.push(("back", "yes"));
    let (sent, page) = (stub.sent().len(), olga.post("/setup/new", &back).await);
    assert_eq!((page.status, stub.sent().len()), (200, sent));
    contains_all(
        &page.html,
        &["value=\"acme-staging\"", "value=\"production\" checked", "value=\"disabled\" checked"],
    );
    assert!(!page.html.contains("role=\"alert\""), "{}", page.html);
    expected["environment"] = json!("production");
    let done = olga.post("/setup/new", &fields).await;
    assert_eq!((done.status, done.location.as_deref()), (303, Some("/setup?integration=acme-staging")));
    assert_eq!(stub.sent().last().unwrap().body, expected, "as the gateway said it would be");

    stub.on("/integrations", 200, json!({ "items": [integration()], "next": null }));
    fields.pop();
    let confirm = olga.post("/setup/new", &fields).await.html;
    assert!(!confirm.contains("Is the code right?"), "{confirm}");
    contains_all(
        &confirm,
        &[
            "This portal and environment have an integration",
            "<a href=\"/setup?integration=acme-production\">",
        ],
    );

    made["is_new"] = json!(false);
    stub.on_method("POST", "/integrations", 200, made);
    let present = olga.post("/setup/new", &fields).await;
    assert_eq!((present.status, present.location.as_deref()), (303, Some("/setup?integration=acme-staging")));
    let said = "acme-staging is there already, and was left as it is.";
    contains_all(&olga.get(SETUP).await.html, &[said]);
    // Of whoever is owner everywhere, the portals that are there are proposed.
    stub.on("/whoami", 200, json!({ "subject": "olga", "roles": ["owner"] }));
    contains_all(&running.olga().await.get("/setup/new").await.html, &["<option value=\"acme\"></option>"]);
}

#[tokio::test]
async fn a_viewer_is_offered_nothing_that_would_be_refused_and_told_who_may() {
    let stub = stub();
    stub.on("/whoami", 200, json!({ "subject": "vic", "roles": ["acme:viewer"] }));
    let running = Running::start(&stub);
    let mut vic = running.olga().await;
    let page = vic.get(SETUP).await.html;
    contains_all(
        &page,
        &["Whoever has the role owner can issue", "Whoever has the role operator can enable"],
    );
    for hidden in ["/setup/credential", "/setup/rotate", "/setup/revoke", "/setup/state", "/setup/new"] {
        assert!(!page.contains(&format!("\"{hidden}")), "{hidden} is in\n{page}");
    }
    for path in
        ["/setup/new", "/setup/credential?kind=secret", "/setup/revoke?integration=acme-production&id=a1"]
    {
        let refused = vic.get(path).await;
        assert!(refused.status == 403 && refused.html.contains("The role owner is needed"), "{path}");
    }
}

#[tokio::test]
async fn every_page_is_in_french_for_whoever_reads_french() {
    let stub = stub();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    olga.language = "fr";
    contains_all(
        &olga.get(SETUP).await.html,
        &["Connecter Azure", "Une étape sur 6 est faite", "Créer un jeton"],
    );
    let form = olga.get("/setup/credential?kind=secret").await.html;
    contains_all(&form, &["Créer un jeton", "Valable jusqu’à la fin du"]);
}

#[tokio::test]
async fn what_answers_get_answers_head() {
    let stub = stub();
    let running = Running::start(&stub);
    let mut olga = running.olga().await;
    for path in ["/", SETUP, "/log", "/log/tail", "/assets/app.css", "/setup/new"] {
        let head = olga.request(reqwest::Method::HEAD, path);
        let head = olga.send(head).await;
        assert_eq!((head.status, head.html.as_str()), (200, ""), "{path}");
    }
    let head = Browser::new(&running.url).request(reqwest::Method::HEAD, "/setup");
    assert_eq!(Browser::new(&running.url).send(head).await.status, 303);
}
