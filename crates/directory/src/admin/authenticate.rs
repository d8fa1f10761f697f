use chrono::{DateTime, Utc};

use crate::{
    Integration, IntegrationSlug, IntegrationState, IntegrationStore, ProvisioningToken, SecretDigest,
    StoreError,
};

/// A caller was not let in.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticationError {
    /// No valid token of this integration. The caller learns nothing more; the reason is for the log.
    #[error("the token was refused: {0}")]
    Refused(&'static str),
    /// The token is valid, and the integration takes no requests for now.
    #[error("the integration is paused")]
    Paused,
    /// The token is valid, and the integration takes no requests.
    #[error("the integration is disabled")]
    Disabled,
    /// It could not be found out: nobody is let in unchecked.
    #[error("the token could not be checked")]
    Store(#[from] StoreError),
}

/// Finds the integration that a bearer token opens at the address of `slug`.
///
/// # Errors
/// A token that is malformed, unknown, expired, revoked or another integration's is refused, all alike.
pub async fn authenticate(
    store: &dyn IntegrationStore,
    slug: &str,
    bearer: &str,
    now: DateTime<Utc>,
) -> Result<Integration, AuthenticationError> {
    let token = ProvisioningToken::parse(bearer).ok_or(AuthenticationError::Refused("malformed"))?;
    let Some(credential) = store.credential(token.id()).await? else {
        // The same work as for a known one.
        let _ = token.digest().matches(&SecretDigest([0; 32]));
        return Err(AuthenticationError::Refused("unknown"));
    };
    if !credential.digest.matches(&token.digest()) {
        return Err(AuthenticationError::Refused("wrong secret"));
    }
    if credential.revoked.is_some() {
        return Err(AuthenticationError::Refused("revoked"));
    }
    if credential.expires <= now {
        return Err(AuthenticationError::Refused("expired"));
    }
    if IntegrationSlug::parse(slug).as_ref() != Ok(&credential.integration.slug) {
        return Err(AuthenticationError::Refused("of another integration"));
    }
    match credential.integration.state {
        IntegrationState::Enabled => Ok(credential.integration),
        IntegrationState::Paused => Err(AuthenticationError::Paused),
        IntegrationState::Disabled => Err(AuthenticationError::Disabled),
    }
}
