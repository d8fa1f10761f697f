//! Integrations and their tokens.

use directory::{Integration, IntegrationSlug, IntegrationState, NewToken, SecretDigest, TokenId};
use events::Environment;

use crate::changes::at;
use crate::fixture::{Fixture, integration};

fn slug(text: &str) -> IntegrationSlug {
    IntegrationSlug::parse(text).unwrap()
}

fn token_id(text: &str) -> TokenId {
    TokenId::parse(text).unwrap()
}

pub(crate) async fn an_integration_is_read_as_it_was_written(fixture: Fixture) {
    for (n, state) in
        [(7, IntegrationState::Paused), (8, IntegrationState::Disabled), (9, IntegrationState::Enabled)]
    {
        let written =
            Integration { state, environment: Environment::Staging, ..integration(n, &format!("i{n}")) };
        fixture.store.add_integration(&written, at(0)).await.unwrap();
        assert_eq!(fixture.store.integration(&written.slug).await.unwrap(), Some(written));
    }
    assert_eq!(fixture.store.integration(&slug("unknown")).await.unwrap(), None);
}

pub(crate) async fn an_integration_that_exists_stays_as_it_is(fixture: Fixture) {
    let same_slug = Integration { portal: "changed".to_owned(), ..integration(77, "acme-production") };
    fixture.store.add_integration(&same_slug, at(1)).await.unwrap();
    let kept = fixture.store.integration(&slug("acme-production")).await.unwrap();
    assert_eq!(kept, Some(integration(1, "acme-production")));
}

pub(crate) async fn a_credential_comes_with_its_integration(fixture: Fixture) {
    let token = NewToken {
        id: token_id("0123456789abcdef"),
        integration: fixture.of,
        digest: SecretDigest([7; 32]),
        created: at(0),
        expires: at(3_600),
    };
    fixture.store.add_token(&token).await.unwrap();
    let credential = fixture.store.credential(&token.id).await.unwrap().unwrap();
    assert_eq!(credential.integration, integration(1, "acme-production"));
    assert_eq!(credential.digest, token.digest);
    assert_eq!((credential.expires, credential.revoked), (at(3_600), None));
}

pub(crate) async fn an_unknown_token_opens_nothing(fixture: Fixture) {
    assert!(fixture.store.credential(&token_id("ffffffffffffffff")).await.unwrap().is_none());
}

pub(crate) async fn a_store_that_works_says_so(fixture: Fixture) {
    fixture.store.check().await.unwrap();
}
