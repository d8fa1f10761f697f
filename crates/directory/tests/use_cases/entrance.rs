use chrono::Duration;
use directory::admin::{AuthenticationError, Bootstrap, authenticate, bootstrap};
use directory::{IntegrationSlug, ProvisioningToken};
use events::Environment;
use scim::Profile;
use uuid::Uuid;

use crate::fixture::{Fixture, noon};

async fn issue(fixture: &Fixture, slug: &str, random: u8) -> ProvisioningToken {
    let wanted = Bootstrap {
        slug: IntegrationSlug::parse(slug).unwrap(),
        portal: "acme".to_owned(),
        environment: Environment::Staging,
        profile: Profile::Entra,
    };
    bootstrap(fixture.store.as_ref(), wanted, &[random; 40], Uuid::new_v4(), noon()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_its_own_integration_until_it_expires() {
    let fixture = Fixture::new().await;
    let store = fixture.store.as_ref();
    let token = issue(&fixture, "acme-production", 1).await;
    let other = issue(&fixture, "acme-staging", 2).await;
    let enter = async |slug: &str, bearer: &str, days| {
        authenticate(store, slug, bearer, noon() + Duration::days(days)).await
    };
    assert_eq!(enter("acme-production", token.reveal(), 0).await.unwrap(), fixture.integration);
    for (slug, bearer, days, reason) in [
        ("acme-production", token.reveal(), 180, "expired"),
        ("acme-staging", token.reveal(), 0, "of another integration"),
        ("acme-production", other.reveal(), 0, "of another integration"),
        ("acme-production", "ilx_production_x", 0, "malformed"),
        ("acme-production", unknown().reveal(), 0, "unknown"),
        ("acme-production", forged(&token).reveal(), 0, "wrong secret"),
    ] {
        match enter(slug, bearer, days).await {
            Err(AuthenticationError::Refused(refused)) => assert_eq!(refused, reason),
            other => panic!("{reason}: {other:?}"),
        }
    }
}

fn unknown() -> ProvisioningToken {
    ProvisioningToken::mint(Environment::Production, &[9; 40])
}

/// The public id of a real token with another secret.
fn forged(token: &ProvisioningToken) -> ProvisioningToken {
    let mut random = [7; 40];
    random[..8].copy_from_slice(&[1; 8]);
    let forged = ProvisioningToken::mint(Environment::Production, &random);
    assert_eq!(forged.id(), token.id());
    forged
}
