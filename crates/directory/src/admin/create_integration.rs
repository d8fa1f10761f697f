use administration::{LONGEST_PORTAL, is_portal};
use chrono::{DateTime, SubsecRound, Utc};
use events::Environment;
use scim::Profile;
use uuid::Uuid;

use super::ConfigureError;
use super::integration_event::integration_event;
use crate::{
    Integration, IntegrationId, IntegrationSettings, IntegrationSlug, IntegrationState, IntegrationStore,
};

/// An integration to be made.
#[derive(Clone, Debug)]
pub struct NewIntegration {
    /// Its name in addresses, for ever.
    pub slug: IntegrationSlug,
    /// The portal that it feeds.
    pub portal: String,
    /// The environment that it feeds.
    pub environment: Environment,
    /// Whether it takes requests.
    pub state: IntegrationState,
    /// How its requests are read.
    pub profile: Profile,
    /// What else can be set.
    pub settings: IntegrationSettings,
}

/// Makes an integration, and tells the LMS of it. Answers it, and whether it is new: who asks again for what they asked
/// before is answered what there is.
///
/// # Errors
/// [`ConfigureError::Taken`] when the slug is that of another portal or environment.
pub async fn create_integration(
    store: &dyn IntegrationStore,
    wanted: NewIntegration,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(Integration, bool), ConfigureError> {
    let now = now.trunc_subsecs(3);
    let added = wanted.check(id)?;
    let event = integration_event(&added, id, now)?;
    if store.add_integration(&added, Some(&event), now).await? {
        return Ok((added, true));
    }
    let present = store.integration(&added.slug).await?.ok_or(ConfigureError::Contended)?;
    Ok((same(present, &added)?, false))
}

/// Answers what [`create_integration`] would, and makes nothing.
///
/// # Errors
/// As [`create_integration`].
pub async fn preview_integration(
    store: &dyn IntegrationStore,
    wanted: NewIntegration,
    id: Uuid,
) -> Result<(Integration, bool), ConfigureError> {
    let added = wanted.check(id)?;
    match store.integration(&added.slug).await? {
        Some(present) => Ok((same(present, &added)?, false)),
        None => Ok((added, true)),
    }
}

impl NewIntegration {
    fn check(self, id: Uuid) -> Result<Integration, ConfigureError> {
        check_portal(&self.portal)?;
        super::configure::check_settings(&self.settings)?;
        if self.state == IntegrationState::Detached {
            return Err(ConfigureError::Invalid("a new integration cannot be detached".to_owned()));
        }
        let Self { slug, portal, environment, state, profile, settings } = self;
        let added =
            Integration { state, profile, ..Integration::new(IntegrationId(id), slug, portal, environment) };
        let settings = super::configure::with_known_paths(settings, &added)?;
        Ok(Integration { settings, ..added })
    }
}

/// What there is, if it is what was asked for.
fn same(present: Integration, wanted: &Integration) -> Result<Integration, ConfigureError> {
    match present.portal == wanted.portal && present.environment == wanted.environment {
        true => Ok(present),
        false => Err(ConfigureError::Taken),
    }
}

fn check_portal(portal: &str) -> Result<(), ConfigureError> {
    match is_portal(portal) {
        true => Ok(()),
        false => Err(ConfigureError::Unfit {
            field: "portal",
            said: format!(
                "portal must have 1 to {LONGEST_PORTAL} ASCII letters, digits, hyphens, underscores and dots"
            ),
        }),
    }
}
