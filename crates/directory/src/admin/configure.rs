use chrono::{DateTime, SubsecRound, Utc};
use scim::{AttributePath, Profile, ResourceKind, Schema, check_extensions};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::ConfigureError;
use super::integration_event::integration_event;
use crate::{Integration, IntegrationSettings, IntegrationSlug, IntegrationState, IntegrationStore};

/// Extensions of one integration at most.
const MAX_EXTENSIONS: usize = 10;

/// How often a change is decided anew when somebody else was faster.
const ATTEMPTS: u32 = 5;

/// Days that a provisioning log is kept: Entra itself keeps its own for 30.
const RETENTION_DAYS: std::ops::RangeInclusive<u16> = 7..=3_650;

/// Entra sends up to 25 requests in a second and expects them to be served.
const FEWEST_REQUESTS_PER_SECOND: u32 = 25;

/// Paths of attributes whose values are logged, at most, and the length of each.
const MAX_LOGGED_VALUES: usize = 50;
const LONGEST_PATH: usize = 200;

/// Finds an integration by its name.
///
/// # Errors
/// [`ConfigureError::NotFound`].
pub async fn integration(
    store: &dyn IntegrationStore,
    slug: &IntegrationSlug,
) -> Result<Integration, ConfigureError> {
    store.integration(slug).await?.ok_or(ConfigureError::NotFound)
}

/// Sets how an integration's requests are read from now on.
///
/// # Errors
/// [`ConfigureError::NotFound`].
pub async fn set_profile(
    store: &dyn IntegrationStore,
    slug: &IntegrationSlug,
    profile: Profile,
) -> Result<Integration, ConfigureError> {
    change(store, slug, None, |found| Ok(Integration { profile, ..found })).await
}

/// Sets what else can be set, if the integration still has the version that the caller saw.
///
/// # Errors
/// [`ConfigureError::Changed`] when it has another, [`ConfigureError::Invalid`] for a value out of bounds.
pub async fn set_settings(
    store: &dyn IntegrationStore,
    slug: &IntegrationSlug,
    settings: &IntegrationSettings,
    expected: u32,
) -> Result<Integration, ConfigureError> {
    check_settings(settings)?;
    change(store, slug, Some(expected), |found| {
        let settings = with_known_paths(settings.clone(), &found)?;
        Ok(Integration { settings, ..found })
    })
    .await
}

/// Adds an extension schema to an integration's users, or attributes to one that it has.
///
/// # Errors
/// [`ConfigureError::Schema`] when the definition is none, or would alter an attribute that people may have values of.
pub async fn put_user_extension(
    store: &dyn IntegrationStore,
    slug: &IntegrationSlug,
    definition: &Map<String, Value>,
) -> Result<Integration, ConfigureError> {
    let schema = Schema::from_definition(definition)?;
    change(store, slug, None, |found| {
        let extensions = with_extension(&found.user_extensions, schema.clone())?;
        Ok(Integration { user_extensions: extensions.into(), ..found })
    })
    .await
}

/// Sets whether an integration takes requests, and tells the LMS.
///
/// # Errors
/// [`ConfigureError::Detached`] for one that was detached, unless that is what is asked for.
pub async fn set_state(
    store: &dyn IntegrationStore,
    slug: &IntegrationSlug,
    state: IntegrationState,
    request_id: Uuid,
    now: DateTime<Utc>,
) -> Result<Integration, ConfigureError> {
    let now = now.trunc_subsecs(3);
    for _ in 0..ATTEMPTS {
        let found = integration(store, slug).await?;
        if found.state == state {
            return Ok(found);
        }
        if found.state == IntegrationState::Detached {
            return Err(ConfigureError::Detached);
        }
        let changed = Integration { state, version: found.version.saturating_add(1), ..found };
        let event = integration_event(&changed, request_id, now)?;
        if store.change_integration(&changed, Some(&event)).await? {
            return Ok(changed);
        }
    }
    Err(ConfigureError::Contended)
}

/// Changes what is found, and decides anew when somebody was faster; unless the caller insists on a version.
pub(super) async fn change(
    store: &dyn IntegrationStore,
    slug: &IntegrationSlug,
    expected: Option<u32>,
    decide: impl Fn(Integration) -> Result<Integration, ConfigureError> + Send,
) -> Result<Integration, ConfigureError> {
    for _ in 0..ATTEMPTS {
        let found = integration(store, slug).await?;
        if found.state == IntegrationState::Detached {
            return Err(ConfigureError::Detached);
        }
        if expected.is_some_and(|expected| expected != found.version) {
            return Err(ConfigureError::Changed(found.version));
        }
        let decided = decide(found.clone())?;
        if decided == found {
            return Ok(found);
        }
        let changed = Integration { version: found.version.saturating_add(1), ..decided };
        if store.change_integration(&changed, None).await? {
            return Ok(changed);
        }
    }
    Err(ConfigureError::Contended)
}

pub(super) fn with_extension(present: &[Schema], schema: Schema) -> Result<Vec<Schema>, ConfigureError> {
    let mut extensions = present.to_vec();
    match extensions.iter_mut().find(|present| present.urn.eq_ignore_ascii_case(&schema.urn)) {
        Some(present) => {
            schema.check_successor_of(present)?;
            // Stored resources spell the URN as it was.
            *present = Schema { urn: present.urn.clone(), ..schema };
        }
        None => extensions.push(schema),
    }
    if extensions.len() > MAX_EXTENSIONS {
        return Err(ConfigureError::TooMany { limit: MAX_EXTENSIONS, of: "extension schemas" });
    }
    check_extensions(&extensions)?;
    Ok(extensions)
}

pub(super) fn check_settings(settings: &IntegrationSettings) -> Result<(), ConfigureError> {
    let wrong = |text: String| Err(ConfigureError::Invalid(text));
    if !RETENTION_DAYS.contains(&settings.log_retention_days) {
        let (least, most) = RETENTION_DAYS.into_inner();
        return wrong(format!("log_retention_days must be {least} to {most}"));
    }
    if settings.requests_per_second.is_some_and(|rate| rate.get() < FEWEST_REQUESTS_PER_SECOND) {
        return wrong(format!(
            "requests_per_second must be {FEWEST_REQUESTS_PER_SECOND} or more: Entra needs them"
        ));
    }
    let fits =
        |path: &String| !path.is_empty() && path.len() <= LONGEST_PATH && !path.contains(char::is_control);
    if settings.logged_values.len() > MAX_LOGGED_VALUES || !settings.logged_values.iter().all(fits) {
        return wrong(format!(
            "logged_values may have {MAX_LOGGED_VALUES} attribute paths of {LONGEST_PATH} bytes"
        ));
    }
    Ok(())
}

/// The settings with each path of an attribute once, spelt as the log spells it.
pub(super) fn with_known_paths(
    settings: IntegrationSettings,
    integration: &Integration,
) -> Result<IntegrationSettings, ConfigureError> {
    let mut known: Vec<String> = Vec::with_capacity(settings.logged_values.len());
    for path in &settings.logged_values {
        let spelt = ResourceKind::ALL.iter().find_map(|kind| {
            AttributePath::parse(path, integration.resource_type(*kind)).map(|found| found.to_string())
        });
        match spelt {
            // It is thrown away when it comes, and stands nowhere.
            Some(spelt) if spelt != "password" => {
                if !known.contains(&spelt) {
                    known.push(spelt);
                }
            }
            _ => {
                let text = format!("logged_values: {path} is no attribute whose values can be logged");
                return Err(ConfigureError::Invalid(text));
            }
        }
    }
    Ok(IntegrationSettings { logged_values: known, ..settings })
}

#[cfg(test)]
mod tests {
    use events::Environment;
    use serde_json::json;

    use super::*;
    use crate::IntegrationId;

    fn integration() -> Integration {
        let slug = IntegrationSlug::parse("acme-production").unwrap();
        let of_acme = json!({
            "id": "urn:ietf:params:scim:schemas:extension:acme:2.0:User", "attributes": [{ "name": "badge" }],
        });
        Integration {
            user_extensions: vec![Schema::from_definition(of_acme.as_object().unwrap()).unwrap()].into(),
            ..Integration::new(IntegrationId(Uuid::nil()), slug, "acme".to_owned(), Environment::Production)
        }
    }

    fn known(paths: &[&str]) -> Result<Vec<String>, ConfigureError> {
        let logged_values = paths.iter().map(|path| (*path).to_owned()).collect();
        let settings = IntegrationSettings { logged_values, ..IntegrationSettings::default() };
        with_known_paths(settings, &integration()).map(|settings| settings.logged_values)
    }

    #[test]
    fn paths_are_spelt_as_the_log_spells_them_and_stand_once() {
        let badge = "urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge";
        let paths = ["TITLE", "title", "name.familyname", badge, "members"];
        assert_eq!(known(&paths).unwrap(), ["title", "name.familyName", badge, "members"]);
        let department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
        assert_eq!(known(&["department"]).unwrap(), [department]);
    }

    #[test]
    fn what_is_no_attribute_or_a_password_is_refused() {
        let core = "urn:ietf:params:scim:schemas:core:2.0:User:password";
        for path in [
            "password",
            "PassWord",
            core,
            "titel",
            "name.nick",
            "title eq \"x\"",
            "emails[type eq \"work\"]",
            ".",
        ] {
            assert!(matches!(known(&["title", path]), Err(ConfigureError::Invalid(_))), "{path}");
        }
    }
}
