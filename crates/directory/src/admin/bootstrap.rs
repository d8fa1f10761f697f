use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{ConfigureError, NewCredential, NewIntegration, NewProof, create_integration, issue_credential};
use crate::token::RANDOM_BYTES;
use crate::{CredentialId, IntegrationStore, ProvisioningToken, Scopes};

/// Name of its token, and of whom made it.
const NAME: &str = "bootstrap";

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
        name: NAME.to_owned(),
        scopes: Scopes::ALL,
        networks: Vec::new(),
        expires: None,
        replaces: None,
    };
    let issued = match issue_credential(store, &slug, wanted.clone(), NAME, random, now).await {
        // Whoever lost the token of the first start is given another.
        Err(ConfigureError::Named(_)) => {
            let name = format!("{NAME} {}", CredentialId::of_random(random).as_str());
            issue_credential(store, &slug, NewCredential { name, ..wanted }, NAME, random, now).await?
        }
        issued => issued?,
    };
    issued.secret.ok_or(ConfigureError::NoCredential)
}
