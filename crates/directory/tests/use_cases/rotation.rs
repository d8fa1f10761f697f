use chrono::Duration;
use directory::admin::{
    ConfigureError, IdempotencyKey, Issued, NewCredential, NewProof, Successor, issue_credential,
    revoke_credential, rotate_credential,
};
use directory::{CredentialId, CredentialKind, Scopes, TenantId};

use crate::fixture::{Fixture, noon};

async fn issue(fixture: &Fixture, proof: NewProof, random: [u8; 40]) -> Result<Issued, ConfigureError> {
    let wanted = NewCredential {
        proof,
        name: "Entra".to_owned(),
        scopes: Scopes::parse(["users.read"]).unwrap(),
        networks: vec!["192.0.2.0/24".parse().unwrap()],
        expires: Some(noon() + Duration::days(10)),
        replaces: None,
    };
    let slug = &fixture.integration.slug;
    issue_credential(fixture.store.as_ref(), slug, wanted, "ops", &random, noon()).await
}

async fn rotate(
    fixture: &Fixture,
    id: &CredentialId,
    successor: Successor,
) -> Result<Issued, ConfigureError> {
    let (store, slug) = (fixture.store.as_ref(), &fixture.integration.slug);
    rotate_credential(store, slug, id, successor, "olga", &[9; 40], noon()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_successor_has_the_same_terms_and_a_life_of_its_own() {
    let fixture = Fixture::new().await;
    let old = issue(&fixture, NewProof::Client, [1; 40]).await.unwrap().credential;
    let issued = rotate(&fixture, &old.id, Successor::default()).await.unwrap();
    let new = issued.credential;
    assert_eq!(
        (new.proof.kind(), &new.name, new.scopes, &new.networks),
        (CredentialKind::Client, &old.name, old.scopes, &old.networks)
    );
    assert_eq!((new.expires, new.created_by.as_str()), (Some(noon() + Duration::days(180)), "olga"));
    assert!(issued.secret.is_some() && new.id != old.id && new.proof != old.proof);
    let known = rotate(&fixture, &old.id, Successor::default()).await;
    assert!(matches!(known, Err(ConfigureError::Issued(id)) if id == new.id), "the same bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_has_a_successor_gets_no_second_one() {
    let fixture = Fixture::new().await;
    let old = issue(&fixture, NewProof::Secret, [1; 40]).await.unwrap().credential;
    let first = rotate(&fixture, &old.id, Successor::default()).await.unwrap().credential;
    let (store, slug) = (fixture.store.as_ref(), &fixture.integration.slug);
    let again = async || {
        rotate_credential(store, slug, &old.id, Successor::default(), "olga", &[8; 40], noon()).await
    };
    assert!(matches!(again().await, Err(ConfigureError::Succeeded(id)) if id == first.id));
    revoke_credential(store, slug, &first.id, "olga", noon()).await.unwrap();
    assert_eq!(again().await.unwrap().credential.replaces, Some(old.id.clone()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_secret_or_is_not_there_is_not_rotated() {
    let fixture = Fixture::new().await;
    let tenant = TenantId::parse("72f988bf-86f1-41af-91ab-2d7cd011db47").unwrap();
    let proof = NewProof::Entra { tenant, audience: "api://x".to_owned() };
    let entra = issue(&fixture, proof, [1; 40]).await.unwrap().credential;
    let refused = rotate(&fixture, &entra.id, Successor::default()).await;
    assert!(matches!(refused, Err(ConfigureError::Invalid(_))));
    let unknown = CredentialId::parse("ffffffffffffffff").unwrap();
    let refused = rotate(&fixture, &unknown, Successor::default()).await;
    assert!(matches!(refused, Err(ConfigureError::NoCredential)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_makes_no_second_credential_even_when_the_first_is_revoked() {
    let fixture = Fixture::new().await;
    let key = IdempotencyKey::parse("rollout-7").unwrap();
    let random = |n| key.fix_id(fixture.integration.id, [n; 40]);
    let first = issue(&fixture, NewProof::Secret, random(1)).await.unwrap().credential;
    let named = |again| matches!(again, Err(ConfigureError::Issued(id)) if id == first.id);
    assert!(named(issue(&fixture, NewProof::Secret, random(2)).await));
    let (store, slug) = (fixture.store.as_ref(), &fixture.integration.slug);
    revoke_credential(store, slug, &first.id, "ops", noon()).await.unwrap();
    assert!(named(issue(&fixture, NewProof::Secret, random(3)).await));
}
