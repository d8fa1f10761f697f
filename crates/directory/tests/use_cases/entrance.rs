use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};
use directory::admin::{
    ConfigureError, Issued, NewCredential, NewIntegration, NewProof, Successor, create_integration,
    issue_credential, retire_credential, revoke_credential, rotate_credential, set_state,
};
use directory::{
    AccessGrant, CredentialId, Entrance, IntegrationSettings, IntegrationSlug, IntegrationState,
    IntegrationStore, LastUse, ProvisioningToken, Refusal, Registry, Scopes, SignInError, Usage,
};
use events::Environment;
use scim::Profile;
use uuid::Uuid;

use crate::fixture::{Fixture, noon};

/// A directory with acme-production and acme-staging, and a registry in front of it.
struct House {
    fixture: Fixture,
    registry: Registry,
}

impl House {
    async fn new() -> Self {
        let fixture = Fixture::new().await;
        let wanted = NewIntegration {
            slug: slug("acme-staging"),
            portal: "acme".to_owned(),
            environment: Environment::Staging,
            state: IntegrationState::Enabled,
            profile: Profile::Entra,
            settings: IntegrationSettings::default(),
        };
        create_integration(fixture.store.as_ref(), wanted, Uuid::from_u128(2), noon()).await.unwrap();
        let registry = Registry::new(fixture.store.clone());
        Self { fixture, registry }
    }

    async fn issue_with(&self, at: &str, random: u8, change: impl FnOnce(&mut NewCredential)) -> Issued {
        let mut wanted = NewCredential {
            proof: NewProof::Secret,
            name: format!("Entra {random}"),
            scopes: Scopes::ALL,
            networks: vec![],
            expires: None,
            replaces: None,
        };
        change(&mut wanted);
        let store = self.fixture.store.as_ref();
        issue_credential(store, &slug(at), wanted, "ops", &[random; 40], noon()).await.unwrap()
    }

    async fn issue(&self, at: &str, random: u8) -> ProvisioningToken {
        self.issue_with(at, random, |_| {}).await.secret.unwrap()
    }

    async fn enter(
        &self,
        at: &str,
        token: &ProvisioningToken,
        from: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Entrance, SignInError> {
        let registration = self.registry.registration(&slug(at), now).await?.unwrap();
        registration.enter_with_token(token, from.map(|text| text.parse::<IpAddr>().unwrap()), now)
    }

    async fn refusal(&self, at: &str, token: &ProvisioningToken, now: DateTime<Utc>) -> Refusal {
        match self.enter(at, token, None, now).await {
            Err(SignInError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    }
}

fn slug(text: &str) -> IntegrationSlug {
    IntegrationSlug::parse(text).unwrap()
}

fn seconds(count: i64) -> DateTime<Utc> {
    noon() + Duration::seconds(count)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_its_own_integration_until_it_expires() {
    let house = House::new().await;
    let token = house.issue("acme-production", 1).await;
    let entrance = house.enter("acme-production", &token, None, noon()).await.unwrap();
    assert_eq!(
        (entrance.integration, entrance.credential, entrance.scopes),
        (house.fixture.integration.clone(), token.id().clone(), Scopes::ALL)
    );
    let refusal = house.refusal("acme-production", &token, noon() + Duration::days(180)).await;
    assert_eq!(refusal.reason, "the credential has expired");
    assert_eq!(refusal.mismatch.unwrap().received, "one that expired at 2026-06-30T12:00:00Z");
    let forged = forged(&token);
    assert_eq!(
        house.refusal("acme-production", &forged, noon()).await,
        Refusal::because("the token has the id of a credential and another secret").of(token.id())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_which_token_came_in_the_place_of_which() {
    let house = House::new().await;
    house.issue("acme-production", 1).await;
    let of_staging = house.issue("acme-staging", 2).await;
    let refusal = house.refusal("acme-production", &of_staging, noon()).await;
    assert_eq!(refusal.reason, "the token is of another environment");
    let mismatch = refusal.mismatch.unwrap();
    assert_eq!(mismatch.expected, "a token of production");
    assert_eq!(mismatch.received, "token 0202020202020202 of staging");

    let unknown = ProvisioningToken::mint(Environment::Production, &[9; 40]);
    let refusal = house.refusal("acme-production", &unknown, noon()).await;
    assert_eq!(refusal.reason, "the token is not one of this integration");
    assert_eq!(refusal.mismatch.unwrap().expected, "a token of acme-production");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_of_a_client_is_no_bearer_token_and_a_grant_is_no_better_than_its_credential() {
    let house = House::new().await;
    let read_users = Scopes::parse(["users.read"]).unwrap();
    let issued = house
        .issue_with("acme-production", 1, |wanted| {
            wanted.proof = NewProof::Client;
            wanted.scopes = Scopes::parse(["users.read", "users.write"]).unwrap();
            wanted.networks = vec!["192.0.2.0/24".parse().unwrap()];
        })
        .await;
    let secret = issued.secret.unwrap();
    let refusal = house.refusal("acme-production", &secret, noon()).await;
    assert_eq!(refusal.reason, "the secret of a client is no bearer token");

    let registration = house.registry.registration(&slug("acme-production"), noon()).await.unwrap().unwrap();
    let inside = "192.0.2.1".parse().ok();
    let enter = |scopes: Scopes, address, now| {
        let grant = AccessGrant { credential: secret.id().clone(), scopes };
        registration.enter_with_grant(&grant, address, now)
    };
    assert_eq!(enter(Scopes::ALL, inside, noon()).unwrap().scopes.to_string(), "users.read users.write");
    assert_eq!(enter(read_users, inside, noon()).unwrap().scopes, read_users);
    assert!(enter(Scopes::parse(["groups.read"]).unwrap(), inside, noon()).is_err());
    assert!(enter(read_users, "198.51.100.7".parse().ok(), noon()).is_err());
    assert!(enter(read_users, inside, noon() + Duration::days(181)).is_err(), "the credential has expired");
    let unknown =
        AccessGrant { credential: CredentialId::parse("ffffffffffffffff").unwrap(), scopes: read_users };
    assert!(registration.enter_with_grant(&unknown, inside, noon()).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_is_known_within_seconds_and_here_at_once() {
    let house = House::new().await;
    let token = house.issue("acme-production", 1).await;
    let at = "acme-production";
    assert!(house.enter(at, &token, None, noon()).await.is_ok());
    let store = house.fixture.store.as_ref();
    revoke_credential(store, &slug(at), token.id(), "ops", noon()).await.unwrap();
    assert!(house.enter(at, &token, None, seconds(2)).await.is_ok(), "as it was in the last three seconds");
    let refusal = house.refusal(at, &token, seconds(3)).await;
    assert_eq!(refusal.reason, "the credential was revoked");

    let other = house.issue(at, 2).await;
    house.registry.doubt();
    assert!(house.enter(at, &other, None, seconds(3)).await.is_ok());
    revoke_credential(store, &slug(at), other.id(), "ops", seconds(3)).await.unwrap();
    house.registry.doubt();
    assert_eq!(house.refusal(at, &other, seconds(3)).await.reason, "the credential was revoked");
}

/// As at a replica where somebody shows what was made at another a moment before.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_is_asked_for_ten_times_a_second_at_most() {
    let house = House::new().await;
    let at = "acme-production";
    let old = house.issue(at, 1).await;
    assert!(house.enter(at, &old, None, noon()).await.is_ok());
    let new = house.issue(at, 2).await;
    let moment = |milliseconds| noon() + chrono::Duration::milliseconds(milliseconds);
    assert!(house.enter(at, &new, None, moment(99)).await.is_err(), "as it was at noon");
    assert!(!house.registry.refresh_unless_fresh(moment(99)).await.unwrap());
    assert!(house.registry.refresh_unless_fresh(moment(100)).await.unwrap());
    assert!(house.enter(at, &new, None, moment(100)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_that_takes_no_requests_says_so_to_who_has_a_credential() {
    let house = House::new().await;
    let (at, store) = ("acme-production", house.fixture.store.as_ref());
    let token = house.issue(at, 1).await;
    for (state, n) in [(IntegrationState::Paused, 10), (IntegrationState::Disabled, 20)] {
        set_state(store, &slug(at), state, Uuid::from_u128(n), noon()).await.unwrap();
        house.registry.doubt();
        match (state, house.enter(at, &token, None, noon()).await) {
            (IntegrationState::Paused, Err(SignInError::Paused(id)))
            | (_, Err(SignInError::Disabled(id))) => assert_eq!(id, *token.id()),
            (_, other) => panic!("{other:?}"),
        }
        let unknown = ProvisioningToken::mint(Environment::Production, &[9; 40]);
        assert!(matches!(house.enter(at, &unknown, None, noon()).await, Err(SignInError::Refused(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_retired_once_its_successor_has_taken_over() {
    let house = House::new().await;
    let (at, store) = ("acme-production", house.fixture.store.as_ref());
    let old = house.issue(at, 1).await;
    let retire = async || retire_credential(store, &slug(at), old.id(), "ops", seconds(9_000)).await;
    let used = async |token: &ProvisioningToken, second: i64| {
        let last = Some(LastUse { at: seconds(second), address: None, agent: None });
        store.add_uses(&[(token.id().clone(), Usage { count: 1, last })]).await.unwrap();
    };
    used(&old, 5).await;
    assert!(matches!(retire().await, Err(ConfigureError::InUse(_))), "there is no other");
    let newer = house.issue(at, 8).await;
    used(&newer, 7_000).await;
    assert!(matches!(retire().await, Err(ConfigureError::InUse(_))), "one of its own takes over nothing");
    let rotate = async |token: &ProvisioningToken, random: u8, expires: Option<DateTime<Utc>>, now| {
        let successor = Successor { name: None, expires };
        let rotated =
            rotate_credential(store, &slug(at), token.id(), successor, "ops", &[random; 40], now).await;
        rotated.unwrap().secret.unwrap()
    };
    let expiring = rotate(&old, 9, Some(seconds(40)), seconds(30)).await;
    used(&expiring, 35).await;
    assert!(matches!(retire().await, Err(ConfigureError::InUse(_))), "its successor has expired");
    let new = rotate(&old, 2, None, seconds(60)).await;
    assert!(matches!(retire().await, Err(ConfigureError::InUse(_))), "the new one was never used");
    used(&new, 3_604).await;
    let Err(ConfigureError::InUse(reason)) = retire().await else { panic!("it was used within the hour") };
    assert_eq!(
        reason,
        "the credential was used at 2026-01-01T12:00:05Z, less than 60 minutes before its successor"
    );
    used(&new, 3_605).await;
    retire().await.unwrap();
    assert_eq!(house.refusal(at, &old, seconds(9_000)).await.reason, "the credential was revoked");
    assert!(house.enter(at, &new, None, seconds(9_000)).await.is_ok());
    retire().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_successor_of_a_successor_takes_over_too() {
    let house = House::new().await;
    let (at, store) = ("acme-production", house.fixture.store.as_ref());
    let old = house.issue(at, 1).await;
    let mut last = old.id().clone();
    for random in [2, 3] {
        let (successor, random) = (Successor::default(), [random; 40]);
        let made = rotate_credential(store, &slug(at), &last, successor, "ops", &random, seconds(60)).await;
        last = made.unwrap().credential.id;
    }
    let used = LastUse { at: seconds(120), address: None, agent: None };
    store.add_uses(&[(last, Usage { count: 1, last: Some(used) })]).await.unwrap();
    retire_credential(store, &slug(at), old.id(), "ops", seconds(180)).await.unwrap();
}

/// The public id of a real token with another secret.
fn forged(token: &ProvisioningToken) -> ProvisioningToken {
    let mut random = [7; 40];
    random[..8].copy_from_slice(&[1; 8]);
    let forged = ProvisioningToken::mint(Environment::Production, &random);
    assert_eq!(forged.id(), token.id());
    forged
}
