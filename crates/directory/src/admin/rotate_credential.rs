use chrono::{DateTime, Utc};

use super::ConfigureError;
use super::issue_credential::{Issued, NewCredential, NewProof, issue_credential};
use crate::token::RANDOM_BYTES;
use crate::{Credential, CredentialId, IntegrationSlug, IntegrationStore, Proof};

/// What a successor does not take over.
#[derive(Clone, Debug, Default)]
pub struct Successor {
    /// Name; that of the credential before when not given.
    pub name: Option<String>,
    /// Until when; 180 days when not given.
    pub expires: Option<DateTime<Utc>>,
}

/// The first step of a rotation: makes a credential on the terms of another, which stays good until it is retired.
///
/// # Errors
/// As [`issue_credential`]; [`ConfigureError::NoCredential`]; [`ConfigureError::Invalid`] for a kind without a secret;
/// [`ConfigureError::Succeeded`] when it has a successor that can be used.
pub async fn rotate_credential(
    store: &dyn IntegrationStore,
    slug: &IntegrationSlug,
    id: &CredentialId,
    successor: Successor,
    created_by: &str,
    random: &[u8; RANDOM_BYTES],
    now: DateTime<Utc>,
) -> Result<Issued, ConfigureError> {
    let registration = store.registration(slug).await?.ok_or(ConfigureError::NotFound)?;
    let old = registration.credentials.into_iter().find(|credential| credential.id == *id);
    let wanted = on_the_terms_of(old.ok_or(ConfigureError::NoCredential)?, successor)?;
    issue_credential(store, slug, wanted, created_by, random, now).await
}

fn on_the_terms_of(old: Credential, successor: Successor) -> Result<NewCredential, ConfigureError> {
    let proof = match old.proof {
        Proof::Secret(_) => NewProof::Secret,
        Proof::Client(_) => NewProof::Client,
        Proof::Federated { .. } | Proof::Entra { .. } => {
            let text = "a credential without a secret has nothing to rotate: Entra rotates its own keys";
            return Err(ConfigureError::Invalid(text.to_owned()));
        }
    };
    Ok(NewCredential {
        proof,
        name: successor.name.unwrap_or(old.name),
        scopes: old.scopes,
        networks: old.networks,
        expires: successor.expires,
        replaces: Some(old.id),
    })
}
