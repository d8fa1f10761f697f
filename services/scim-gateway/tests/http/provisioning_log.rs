//! What administrators find in the provisioning log.

use directory::{LoggedOperation, LoggedRequest, Outcome, PersonDigest};
use events::Environment;
use reqwest::Method;
use scim::ResourceKind;
use serde_json::json;
use testkit::entra::{Entra, USER, group, user};

use crate::harness::TestGateway;

const SLUG: &str = "acme-production";

async fn logged(gateway: &TestGateway, count: usize) -> Vec<LoggedRequest> {
    let mut entries: Vec<_> = gateway.log(SLUG, count).await.into_iter().map(|entry| entry.request).collect();
    assert_eq!(entries.len(), count);
    // Ids of requests are in the order of time.
    entries.sort_by_key(|request| request.request_id);
    entries
}

fn told(entries: &[LoggedRequest]) -> Vec<(LoggedOperation, Outcome)> {
    entries.iter().map(|entry| (entry.operation, entry.outcome)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_has_one_entry_with_what_it_came_to() {
    let gateway = TestGateway::start().await;
    let entra = &gateway.entra;
    let guid = "3f1cbe4e-93a2-4a51-a0a6-0e7ca0a1f1d2";
    entra.get(&format!("/Users?filter=userName+eq+%22{guid}%22")).await;
    entra.get("/Users?filter=userName+eq+%22ana@contoso.example%22").await;
    let created = entra.post("/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")).await;
    let path = format!("/Users/{}", created.id());
    entra.post("/Users", user("ana@contoso.example", "a-2", "Ana", "Silva")).await;
    entra.get("/Users?filter=userName+eq+%22ANA@contoso.example%22").await;
    let title = json!([{ "op": "Replace", "path": "title", "value": "Engineer" }]);
    let changed = entra.patch(&path, title.clone()).await;
    entra.patch(&path, title).await;
    entra.patch(&path, json!([{ "op": "Replace", "path": "active", "value": "maybe" }])).await;
    entra.delete(&path).await;
    entra.get(&path).await;
    entra.post("/Groups", group("Team", "g-1")).await;
    entra.get("/Schemas").await;
    entra.with_token(None).get("/Users").await;

    let entries = logged(&gateway, 13).await;
    use LoggedOperation::{Create, Delete, Discovery, Patch, Read, Search, SignIn};
    assert_eq!(
        told(&entries),
        [
            (Search, Outcome::HealthCheck),
            (Search, Outcome::NotFound),
            (Create, Outcome::Created),
            (Create, Outcome::Refused),
            (Search, Outcome::Found),
            (Patch, Outcome::Changed),
            (Patch, Outcome::Unchanged),
            (Patch, Outcome::Refused),
            (Delete, Outcome::Deleted),
            (Read, Outcome::NotFound),
            (Create, Outcome::Created),
            (Discovery, Outcome::Answered),
            (SignIn, Outcome::Denied),
        ]
    );
    let of = gateway.integration_id(SLUG).await;
    let ana = Some(PersonDigest::of(of, "ana@contoso.example"));
    let about_ana: Vec<bool> = entries.iter().map(|entry| entry.person == ana).collect();
    assert_eq!(
        about_ana,
        [false, true, true, true, true, true, true, false, true, false, false, false, false],
        "as far as a request names her"
    );
    assert_eq!(entries[2].request_id.to_string(), created.header("x-request-id"));
    assert_eq!(entries[2].subject.unwrap().to_string(), created.id());
    assert_eq!(entries[5].request_id.to_string(), changed.header("x-request-id"));
    assert_eq!(entries[5].changed.len(), 1);
    assert_eq!((entries[5].changed[0].attribute.as_str(), &entries[5].changed[0].after), ("title", &None));
    assert_eq!(entries[3].reason.as_deref(), Some("Another user has this userName."));
    assert_eq!((entries[3].kind, entries[3].status), (Some(ResourceKind::User), Some(409)));
    assert_eq!(entries[10].kind, Some(ResourceKind::Group));
    let credential = entries[0].origin.credential.clone();
    assert!(credential.is_some() && entries[..12].iter().all(|entry| entry.origin.credential == credential));
    assert_eq!(entries[12].origin.credential, None);
    assert!(entries.iter().all(|entry| entry.origin.address == "127.0.0.1".parse().ok()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_creation_leads_to_whom_it_is_about_and_holds_no_value() {
    let gateway = TestGateway::start().await;
    let of = gateway.integration_id(SLUG).await;
    let ana = gateway.entra.post("/Users", user("ana@contoso.example", "a-1", "Ana", "Silva")).await.id();
    let team = gateway.entra.post("/Groups", group("Team", "g-1")).await.id();
    gateway.entra.post("/Users", user("ANA@contoso.example", "a-2", "Ana", "Other")).await;
    gateway.entra.post("/Users", user("quo\"te@contoso.example", "a-1", "Quo", "Te")).await;
    gateway.entra.post("/Groups", group("team", "g-2")).await;
    let mut wrong = user("bea@contoso.example", "b-1", "Bea", "Lima");
    wrong["active"] = json!("perhaps");
    gateway.entra.post("/Users", wrong).await;
    let entries = logged(&gateway, 6).await;
    let refused = &entries[2..];
    assert_eq!(told(refused), [(LoggedOperation::Create, Outcome::Refused); 4]);
    let subjects: Vec<_> = refused.iter().map(|entry| entry.subject.map(|id| id.to_string())).collect();
    assert_eq!(subjects, [Some(ana.clone()), Some(ana), Some(team), None], "who has the name or the id");
    let person = |name| Some(PersonDigest::of(of, name));
    let people: Vec<_> = refused.iter().map(|entry| entry.person).collect();
    let names = ["ana@contoso.example", "quo\"te@contoso.example", "bea@contoso.example"];
    assert_eq!(people, [person(names[0]), person(names[1]), None, person(names[2])]);
    assert!(refused.iter().all(|entry| entry.changed.is_empty()), "{refused:?}");
    let found = gateway.administrator.get(&format!("/{SLUG}/log?person=bea@contoso.example")).await;
    assert_eq!(found.body["items"][0]["outcome"], "refused", "the search by person finds it: {found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_creation_says_what_it_asked_for_where_the_integration_logs_values() {
    let gateway = TestGateway::start().await;
    let settings = json!({ "logged_values": ["userName", "externalId", "title"] });
    let put = format!("{}/{SLUG}/settings", gateway.administrator.base());
    let put = reqwest::Client::new().put(put).bearer_auth(gateway.administrator.token().unwrap());
    assert_eq!(put.header("if-match", "\"1\"").json(&settings).send().await.unwrap().status(), 200);
    let body = user("ana@contoso.example", "a-1", "Ana", "Silva");
    gateway.entra.post("/Users", body.clone()).await;
    let mut again = body;
    again["title"] = json!("Engineer");
    gateway.entra.post("/Users", again).await;
    logged(&gateway, 2).await;
    let refused = gateway.administrator.get(&format!("/{SLUG}/log?outcome=refused")).await;
    let expected = json!([
        { "attribute": "userName", "after": "ana@contoso.example" },
        { "attribute": "externalId", "after": "a-1" },
    ]);
    assert_eq!(refused.body["items"][0]["changed"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sign_in_says_what_was_expected_and_what_came() {
    let gateway = TestGateway::start().await;
    let staging = gateway.integration("acme-staging", Environment::Staging).await;
    let confused = Entra::new(gateway.entra.base(), staging.token().unwrap());
    let answer = confused.get("/Users").await;
    assert_eq!(answer.status, 401);
    assert!(!answer.body.to_string().contains("staging"), "the caller learns nothing: {answer:?}");
    let entries = logged(&gateway, 1).await;
    assert_eq!(told(&entries), [(LoggedOperation::SignIn, Outcome::Denied)]);
    assert_eq!(entries[0].reason.as_deref(), Some("the token is of another environment"));
    let mismatch = entries[0].mismatch.clone().unwrap();
    assert_eq!(mismatch.expected, "a token of production");
    assert!(mismatch.received.ends_with(" of staging"), "{}", mismatch.received);
    let secret = staging.token().unwrap();
    assert!(!format!("{entries:?}").contains(secret), "the token itself stands nowhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_token_of_ours_is_on_record_with_what_is_wrong_about_it() {
    let gateway = TestGateway::start().await;
    let good = gateway.entra.token().unwrap();
    let (cut, id) = (&good[..good.len() - 1], good.split('_').nth(2).unwrap());
    let long = "x".repeat(20_000);
    let texts = [cut, &format!("Bearer {good}"), "a-word", id, "a.b.c", &long];
    for text in texts {
        assert_eq!(gateway.entra.with_token(Some(text)).get("/Users").await.status, 401, "{text}");
    }
    assert_eq!(gateway.entra.with_token(None).get("/Users").await.status, 401);
    let basic = [("authorization", "Basic b2xnYTpzM2NyZXQ=")];
    assert_eq!(gateway.entra.with_token(None).get_with("/Users", &basic).await.status, 401);
    let entries = logged(&gateway, 8).await;
    assert_eq!(told(&entries), [(LoggedOperation::SignIn, Outcome::Denied); 8]);
    let reasons: Vec<_> = entries.iter().map(|entry| entry.reason.as_deref().unwrap()).collect();
    let (mistyped, no_form) =
        ("the token was mistyped, or not pasted whole", "what was sent as a token is none of this service");
    assert_eq!(
        reasons,
        [
            mistyped,
            mistyped,
            no_form,
            no_form,
            "the token is of another issuer",
            "the credential is too long",
            "no bearer token was sent",
            "no bearer token was sent",
        ]
    );
    let told = format!("{entries:?}");
    for secret in [cut, "a-word", id, &long, "b2xn", "s3cret"] {
        assert!(!told.contains(secret), "what was sent stands nowhere: {secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shows_no_token_again_and_again_fills_no_log() {
    let gateway = TestGateway::start_with(|limits| limits.refusals_per_minute = 3).await;
    let nobody = gateway.entra.with_token(None);
    let mut statuses = vec![];
    for word in ["a", "b", "c", "d", "e"] {
        statuses.push(nobody.get("/Users").await.status);
        statuses.push(nobody.with_token(Some(word)).get("/Users").await.status);
    }
    assert_eq!(statuses, [401, 401, 401, 429, 429, 429, 429, 429, 429, 429]);
    gateway.entra.get("/Schemas").await;
    let entries = logged(&gateway, 4).await;
    assert_eq!(entries[3].operation, LoggedOperation::Discovery, "{entries:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_leads_nowhere_is_a_refusal_of_who_has_a_token() {
    let gateway = TestGateway::start().await;
    let token = gateway.entra.token().unwrap();
    let integration = gateway.entra.base().strip_suffix("/scim/v2").unwrap();
    for tenant_url in ["/scim/v2/user", "", "/scim", "/scim/v1", "/smic/v2"] {
        let typed = Entra::new(format!("{integration}{tenant_url}"), token);
        let status = typed.get("/Users").await.status;
        assert!(matches!(status, 404 | 400), "{tenant_url}: {status}");
        assert_eq!(typed.with_token(None).get("/Users").await.status, 401, "{tenant_url}");
    }
    let entries = logged(&gateway, 10).await;
    let (signed_in, others): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| entry.origin.credential.is_some());
    assert_eq!(told(&signed_in), [(LoggedOperation::Search, Outcome::Refused); 5]);
    assert_eq!(told(&others), [(LoggedOperation::SignIn, Outcome::Denied); 5], "whatever the address");

    let answer = gateway.administrator.get(&format!("/{SLUG}/log?outcome=refused")).await;
    let causes: Vec<_> =
        answer.body["items"].as_array().unwrap().iter().map(|item| item["cause"].clone()).collect();
    assert_eq!(causes, vec!["wrong_address"; 5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_names_the_mistakes_of_a_set_up() {
    let gateway = TestGateway::start().await;
    let wanted = json!({ "kind": "secret", "name": "office", "networks": ["192.0.2.0/24"] });
    let elsewhere = gateway.administrator.post(&format!("/{SLUG}/credentials"), wanted).await;
    let elsewhere = elsewhere.body["secret"].as_str();
    let cut = gateway.entra.token().unwrap().split_at(30).0.to_owned();
    let staging = gateway.integration("acme-staging", Environment::Staging).await;
    let neighbour = gateway.integration("globex-production", Environment::Production).await;
    let others = [staging.token(), neighbour.token()];
    for token in [None, Some("abc"), Some(&*cut), Some("a.b.c"), others[0], others[1], elsewhere] {
        assert_eq!(gateway.entra.with_token(token).get("/Users").await.status, 401);
    }
    let plain = gateway.entra.get_with("/Users", &[("x-forwarded-proto", "http")]).await;
    assert_eq!(plain.status, 403);
    let body = Some(b"{\"userName\": ".to_vec());
    let unreadable = gateway.entra.send(Method::POST, "/Users", &[], body).await;
    assert_eq!(unreadable.status, 400);
    gateway.entra.post("/Users", json!({ "schemas": [USER] })).await;
    logged(&gateway, 10).await;
    let answer = gateway.administrator.get(&format!("/{SLUG}/log")).await;
    let mut told: Vec<_> = answer.body["items"].as_array().unwrap().iter().collect();
    told.sort_by_key(|item| item["request_id"].as_str().unwrap().to_owned());
    let causes: Vec<_> = told.iter().map(|item| item["cause"].as_str()).collect();
    assert_eq!(
        causes,
        [
            Some("no_token"),
            Some("no_known_form"),
            Some("mistyped"),
            Some("another_issuer"),
            Some("another_integration"),
            Some("another_integration"),
            Some("another_network"),
            Some("without_tls"),
            Some("unreadable"),
            None
        ]
    );
    assert_eq!(told[8]["reason"], "the body cannot be read: The body is not valid JSON (line 1, column 13).");
}
