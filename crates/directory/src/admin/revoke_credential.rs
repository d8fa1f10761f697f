use chrono::{DateTime, Duration, SubsecRound, Utc};

use super::ConfigureError;
use crate::{Credential, CredentialId, IntegrationSlug, IntegrationStore, Registration, Revocation};

/// How long the successor must have been the only one in use: longer than Entra's cycle of 40 minutes.
const IDLE_MINUTES: i64 = 60;

/// Whether a credential can be retired without anybody being shut out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retirement {
    /// A successor that can be used is in use, and this one has not been for a while.
    Safe {
        /// The successor that was used last.
        successor: CredentialId,
    },
    /// It was not rotated, or no successor that can be used has been used yet.
    NoSuccessor,
    /// It was used not long before its successor.
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
            let text =
                "the credential has no successor, made by a rotation, that has been used and still can be";
            Err(ConfigureError::InUse(text.to_owned()))
        }
        Retirement::StillUsed { at } => Err(ConfigureError::InUse(format!(
            "the credential was used at {}, less than {IDLE_MINUTES} minutes before its successor",
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
        .filter(|credential| credential.is_usable(now) && succeeds(registration, credential, id))
        .filter_map(|credential| Some((last_use(credential)?, credential)))
        .max_by_key(|(at, _)| *at);
    Some(match (successor, last_use(old)) {
        (None, _) => Retirement::NoSuccessor,
        (Some((used, _)), Some(at)) if at + Duration::minutes(IDLE_MINUTES) > used => {
            Retirement::StillUsed { at }
        }
        (Some((_, successor)), _) => Retirement::Safe { successor: successor.id.clone() },
    })
}

/// Whether a credential was made to take over from that of the id, or from one that was, and so on.
fn succeeds(registration: &Registration, credential: &Credential, id: &CredentialId) -> bool {
    let mut replaced = credential.replaces.as_ref();
    while let Some(before) = replaced {
        if before == id {
            return true;
        }
        let found = registration.credentials.iter().find(|credential| credential.id == *before);
        replaced = found.and_then(|credential| credential.replaces.as_ref());
    }
    false
}
