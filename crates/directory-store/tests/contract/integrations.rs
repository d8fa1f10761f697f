//! Integrations and their tokens.

use directory::{Integration, IntegrationSlug, IntegrationState, NewToken, SecretDigest, TokenId};
use events::Environment;
use scim::{Profile, Schema};
use serde_json::json;

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

fn extension(name: &str) -> Schema {
    let document = json!({
        "id": "urn:ietf:params:scim:schemas:extension:acme:2.0:User", "name": "Acme", "description": "Ours.",
        "attributes": [{ "name": name, "type": "string", "caseExact": true, "description": "é \"x\"" }]
    });
    Schema::from_definition(document.as_object().unwrap()).unwrap()
}

pub(crate) async fn profile_and_extensions_are_kept(fixture: Fixture) {
    let added = Integration {
        profile: Profile::Strict,
        user_extensions: vec![extension("badge")].into(),
        ..integration(7, "strict-production")
    };
    fixture.store.add_integration(&added, at(0)).await.unwrap();
    assert_eq!(fixture.store.integration(&added.slug).await.unwrap(), Some(added));

    fixture.store.set_profile(fixture.of, Profile::Strict).await.unwrap();
    let present = fixture.store.integration(&slug("acme-production")).await.unwrap().unwrap();
    assert_eq!(present.profile, Profile::Strict);
    let other = fixture.store.integration(&slug("other-production")).await.unwrap().unwrap();
    assert_eq!(other.profile, Profile::Entra);
}

pub(crate) async fn extensions_are_set_only_over_those_that_were_read(fixture: Fixture) {
    let (first, second) = (vec![extension("badge")], vec![extension("badge"), extension("site")]);
    let set = async |expected: &[Schema], new: &[Schema]| {
        fixture.store.set_user_extensions(fixture.of, expected, new).await.unwrap()
    };
    assert!(set(&[], &first).await);
    assert!(!set(&[], &second).await, "somebody was quicker");
    assert!(!set(&second, &first).await);
    assert!(set(&first, &second).await);
    let present = fixture.store.integration(&slug("acme-production")).await.unwrap().unwrap();
    assert_eq!(present.user_extensions[..], second);
    let unknown = integration(99, "unknown").id;
    assert!(!fixture.store.set_user_extensions(unknown, &[], &first).await.unwrap());
}

pub(crate) async fn a_store_that_works_says_so(fixture: Fixture) {
    fixture.store.check().await.unwrap();
}
