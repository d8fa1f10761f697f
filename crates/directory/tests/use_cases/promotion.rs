use std::num::NonZeroU32;

use directory::admin::{
    ConfigureError, NewIntegration, Promoted, Promotion, comparison, create_integration, integration,
    promote, put_user_extension, set_profile, set_settings, set_state,
};
use directory::{IntegrationSettings, IntegrationSlug, IntegrationState};
use events::Environment;
use scim::Profile;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::fixture::{Fixture, noon};

const URN: &str = "urn:ietf:params:scim:schemas:extension:acme:2.0:User";

fn slug(text: &str) -> IntegrationSlug {
    IntegrationSlug::parse(text).unwrap()
}

/// acme-staging (version 4), which has settings, a profile and a schema of its own, beside acme-production (version 1).
async fn acme() -> Fixture {
    let fixture = Fixture::new().await;
    let store = fixture.store.as_ref();
    let wanted = NewIntegration {
        slug: slug("acme-staging"),
        portal: "acme".to_owned(),
        environment: Environment::Staging,
        state: IntegrationState::Enabled,
        profile: Profile::Entra,
        settings: IntegrationSettings::default(),
    };
    create_integration(store, wanted, Uuid::from_u128(2), noon()).await.unwrap();
    set_profile(store, &slug("acme-staging"), Profile::Strict).await.unwrap();
    let settings = IntegrationSettings {
        log_retention_days: 30,
        requests_per_second: NonZeroU32::new(50),
        ..IntegrationSettings::default()
    };
    set_settings(store, &slug("acme-staging"), &settings, 2).await.unwrap();
    put(&fixture, "acme-staging", URN, json!([{ "name": "badge" }, { "name": "level" }])).await;
    fixture
}

async fn put(fixture: &Fixture, at: &str, urn: &str, attributes: Value) {
    let document: Map<String, Value> =
        [("id".to_owned(), json!(urn)), ("attributes".to_owned(), attributes)].into_iter().collect();
    put_user_extension(fixture.store.as_ref(), &slug(at), &document).await.unwrap();
}

async fn promoted(fixture: &Fixture, from_version: u32, to_version: u32) -> Result<Promoted, ConfigureError> {
    let (from, to) = (slug("acme-staging"), slug("acme-production"));
    promote(fixture.store.as_ref(), Promotion { from: &from, from_version, to: &to, to_version }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_tried_in_staging_is_taken_to_production() {
    let fixture = acme().await;
    let done = promoted(&fixture, 4, 1).await.unwrap();
    let pointers: Vec<_> = done.differences.iter().map(|found| found.pointer.as_str()).collect();
    let schema = format!("/user_extensions/{}", URN.to_lowercase());
    assert_eq!(
        pointers,
        ["/profile", "/settings/log_retention_days", "/settings/requests_per_second", schema.as_str()]
    );
    assert_eq!(
        (&done.differences[1].here, &done.differences[1].there),
        (&Some(json!(180)), &Some(json!(30)))
    );
    let store = fixture.store.as_ref();
    let staging = integration(store, &slug("acme-staging")).await.unwrap();
    let production = integration(store, &slug("acme-production")).await.unwrap();
    assert_eq!((production.version, production.environment), (2, Environment::Production));
    assert_eq!(production, done.integration);
    assert_eq!(comparison(&production, &staging).unwrap(), []);
    assert_eq!(promoted(&fixture, 4, 2).await.unwrap().differences, [], "again");
    assert_eq!(integration(store, &slug("acme-production")).await.unwrap().version, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_changed_meanwhile_is_not_promoted() {
    let fixture = acme().await;
    assert!(matches!(promoted(&fixture, 3, 1).await, Err(ConfigureError::Changed(4))));
    assert!(matches!(promoted(&fixture, 4, 2).await, Err(ConfigureError::Changed(1))));
    let store = fixture.store.as_ref();
    assert_eq!(integration(store, &slug("acme-production")).await.unwrap(), fixture.integration);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_attribute_that_people_may_have_is_lost() {
    let fixture = acme().await;
    // An attribute more than there is in staging, in another spelling of the same URN.
    let more = json!([{ "name": "badge" }, { "name": "level" }, { "name": "shift" }]);
    put(&fixture, "acme-production", &URN.to_uppercase().replacen("URN", "urn", 1), more.clone()).await;
    let Err(ConfigureError::Loses(reason)) = promoted(&fixture, 4, 2).await else { panic!("it lacks shift") };
    assert!(reason.contains("shift"), "{reason}");
    put(&fixture, "acme-staging", URN, more).await;
    promoted(&fixture, 5, 2).await.unwrap();

    put(&fixture, "acme-production", "urn:acme:shifts:User", json!([{ "name": "night" }])).await;
    let Err(ConfigureError::Loses(reason)) = promoted(&fixture, 5, 4).await else { panic!("it has no such") };
    assert!(reason.contains("urn:acme:shifts:User"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_promoted_to_itself_or_to_what_is_detached() {
    let fixture = acme().await;
    let store = fixture.store.as_ref();
    let staging = slug("acme-staging");
    let itself = Promotion { from: &staging, from_version: 4, to: &staging, to_version: 4 };
    assert!(matches!(promote(store, itself).await, Err(ConfigureError::Invalid(_))));
    let production = slug("acme-production");
    set_state(store, &production, IntegrationState::Detached, Uuid::nil(), noon()).await.unwrap();
    assert!(matches!(promoted(&fixture, 4, 2).await, Err(ConfigureError::Detached)));
}
