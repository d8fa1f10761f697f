use chrono::{DateTime, Duration, SubsecRound, Utc};

use super::ConfigureError;
use crate::{Credential, CredentialId, IntegrationSlug, IntegrationStore, Registration, Revocation};

/// How long the newer credential must have been the only one in use: longer than Entra's cycle of 40 minutes.
const IDLE_MINUTES: i64 = 60;

/// Whether a credential can be retired without anybody being shut out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retirement {
    /// A newer one that can be used and may do as much is in use, and this one has not been for a while.
    Safe {
        /// The newer one that was used last.
        successor: CredentialId,
    },
    /// No newer one has been used yet.
    NoSuccessor,
    /// It was used not long before the newer one.
    StillUsed {
        /// When it was used last.
        at: DateTime<Utc>,
    },
    /// It is revoked already.
    Revoked,
}

/// Revokes a credential: from now on on this replica, and within five seconds on all. One that is revoked already stays
/// as it is.
///
/// # Errors
/// [`ConfigureError::NotFound`], [`ConfigureError::NoCredential`].
pub async fn revoke_credential(
    store: &dyn IntegrationStore,
    slug: &IntegrationSlug,
    id: &CredentialId,
    revoked_by: &str,
    now: DateTime<Utc>,
) -> Result<(), ConfigureError> {
    let of = store.integration(slug).await?.ok_or(ConfigureError::NotFound)?.id;
    let revocation = Revocation { at: now.trunc_subsecs(3), by: revoked_by.to_owned() };
    match store.revoke_credential(of, id, &revocation).await? {
        true => Ok(()),
        false => Err(ConfigureError::NoCredential),
    }
}

/// The last step of a rotation: revokes a credential that [`retirement`] finds safe to retire.
///
/// # Errors
/// [`ConfigureError::InUse`] with the reason when it is not.
pub async fn retire_credential(
    store: &dyn IntegrationStore,
    slug: &IntegrationSlug,
    id: &CredentialId,
    retired_by: &str,
    now: DateTime<Utc>,
) -> Result<(), ConfigureError> {
    let registration = store.registration(slug).await?.ok_or(ConfigureError::NotFound)?;
    match retirement(&registration, id, now).ok_or(ConfigureError::NoCredential)? {
        Retirement::Safe { .. } | Retirement::Revoked => {
            revoke_credential(store, slug, id, retired_by, now).await
        }
        Retirement::NoSuccessor => {
            Err(ConfigureError::InUse("no newer credential of this integration has been used yet".to_owned()))
        }
        Retirement::StillUsed { at } => Err(ConfigureError::InUse(format!(
            "the credential was used at {}, less than {IDLE_MINUTES} minutes before the newer one",
            at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
        ))),
    }
}

/// Whether the credential can be retired; `None` when the integration has no such credential.
pub fn retirement(registration: &Registration, id: &CredentialId, now: DateTime<Utc>) -> Option<Retirement> {
    let old = registration.credentials.iter().find(|credential| credential.id == *id)?;
    if old.revoked.is_some() {
        return Some(Retirement::Revoked);
    }
    let last_use = |credential: &Credential| credential.usage.last.as_ref().map(|last| last.at);
    let successor = registration
        .credentials
        .iter()
        .filter(|credential| credential.is_usable(now) && credential.created > old.created)
        // One that may do less cannot take over.
        .filter(|credential| credential.scopes.and(old.scopes) == Some(old.scopes))
        .filter_map(|credential| Some((last_use(credential)?, credential)))
        .max_by_key(|(at, _)| *at);
    Some(match (successor, last_use(old)) {
        (None, _) => Retirement::NoSuccessor,
        (Some((newer, _)), Some(at)) if at + Duration::minutes(IDLE_MINUTES) > newer => {
            Retirement::StillUsed { at }
        }
        (Some((_, successor)), _) => Retirement::Safe { successor: successor.id.clone() },
    })
}
