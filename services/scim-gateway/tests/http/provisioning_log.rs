//! What administrators find in the provisioning log.

use directory::{IntegrationStore, LoggedOperation, LoggedRequest, Outcome, PersonDigest};
use events::Environment;
use scim::ResourceKind;
use serde_json::json;
use testkit::entra::{Entra, group, user};

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

    let entries = logged(&gateway, 12).await;
    use LoggedOperation::{Create, Delete, Discovery, Patch, Read, Search};
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
        ]
    );
    let of = gateway
        .store
        .integration(&directory::IntegrationSlug::parse(SLUG).unwrap())
        .await
        .unwrap()
        .unwrap()
        .id;
    let ana = Some(PersonDigest::of(of, "ana@contoso.example"));
    let about_ana: Vec<bool> = entries.iter().map(|entry| entry.person == ana).collect();
    assert_eq!(
        about_ana,
        [false, true, true, true, true, true, true, false, true, false, false, false],
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
    assert!(credential.is_some() && entries.iter().all(|entry| entry.origin.credential == credential));
    assert!(entries.iter().all(|entry| entry.origin.address == "127.0.0.1".parse().ok()));
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
async fn a_token_that_was_not_pasted_whole_is_on_record_and_other_texts_are_not() {
    let gateway = TestGateway::start().await;
    let good = gateway.entra.token().unwrap();
    let cut = &good[..good.len() - 1];
    for text in [cut, &format!("Bearer {good}"), "a-word"] {
        assert_eq!(gateway.entra.with_token(Some(text)).get("/Users").await.status, 401, "{text}");
    }
    let entries = logged(&gateway, 2).await;
    assert_eq!(told(&entries), [(LoggedOperation::SignIn, Outcome::Denied); 2]);
    let reason = "the credential has no known form, or was mistyped";
    assert!(entries.iter().all(|entry| entry.reason.as_deref() == Some(reason)), "{entries:?}");
    assert!(!format!("{entries:?}").contains(cut), "the token itself stands nowhere");
}
