use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{ConfigureError, NewCredential, NewIntegration, NewProof, create_integration, issue_credential};
use crate::token::RANDOM_BYTES;
use crate::{IntegrationStore, ProvisioningToken, Scopes};

/// Sees to it that the integration exists, and issues a new token for it.
///
/// # Errors
/// When the store fails; calling it again is harmless. [`ConfigureError::Taken`] when the slug is that of another portal
/// or environment.
pub async fn bootstrap(
    store: &dyn IntegrationStore,
    wanted: NewIntegration,
    random: &[u8; RANDOM_BYTES],
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<ProvisioningToken, ConfigureError> {
    let slug = wanted.slug.clone();
    create_integration(store, wanted, id, now).await?;
    let wanted = NewCredential {
        proof: NewProof::Secret,
        name: "bootstrap".to_owned(),
        scopes: Scopes::ALL,
        networks: Vec::new(),
        expires: None,
        replaces: None,
    };
    let issued = issue_credential(store, &slug, wanted, "bootstrap", random, now).await?;
    issued.secret.ok_or(ConfigureError::NoCredential)
}
