use scim::{InvalidSchema, Profile, Schema, check_extensions};
use serde_json::{Map, Value};

use crate::{Integration, IntegrationSlug, IntegrationStore, StoreError};

/// Extensions of one integration at most.
const MAX_EXTENSIONS: usize = 10;

/// An integration's settings were not changed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigureError {
    /// There is no such integration.
    #[error("there is no such integration")]
    NotFound,
    /// The schema cannot be added.
    #[error(transparent)]
    Schema(#[from] InvalidSchema),
    /// There are enough.
    #[error("an integration can have at most {MAX_EXTENSIONS} extension schemas")]
    TooMany,
    /// Somebody else changed the extensions at the same moment.
    #[error("the extensions are being changed by somebody else")]
    Contended,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

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
    let found = integration(store, slug).await?;
    store.set_profile(found.id, profile).await?;
    Ok(Integration { profile, ..found })
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
    let found = integration(store, slug).await?;
    let mut extensions = found.user_extensions.to_vec();
    match extensions.iter_mut().find(|present| present.urn.eq_ignore_ascii_case(&schema.urn)) {
        Some(present) => {
            schema.check_successor_of(present)?;
            // Stored resources spell the URN as it was.
            *present = Schema { urn: present.urn.clone(), ..schema };
        }
        None => extensions.push(schema),
    }
    if extensions.len() > MAX_EXTENSIONS {
        return Err(ConfigureError::TooMany);
    }
    check_extensions(&extensions)?;
    if !store.set_user_extensions(found.id, &found.user_extensions, &extensions).await? {
        return Err(ConfigureError::Contended);
    }
    Ok(Integration { user_extensions: extensions.into(), ..found })
}
