use chrono::{DateTime, Duration, SubsecRound, Utc};
use ipnet::IpNet;

use super::ConfigureError;
use crate::credential::MAX_USABLE;
use crate::token::RANDOM_BYTES;
use crate::{
    Admission, Credential, CredentialId, IntegrationSlug, IntegrationState, IntegrationStore, Proof,
    ProvisioningToken, Scopes, TenantId, Usage,
};

/// Life of a secret that nobody set another for.
pub(super) const LIFE_DAYS: i64 = 180;

/// Longest life of a secret: Entra's own live no longer than two years.
const LONGEST_LIFE_DAYS: i64 = 730;

/// Longest name, in characters.
const LONGEST_NAME: usize = 100;

/// Networks of a credential.
const MAX_NETWORKS: usize = 50;

/// Longest audience or subject, in bytes.
const LONGEST_CLAIM: usize = 256;

/// A credential to be made.
#[derive(Clone, Debug)]
pub struct NewCredential {
    /// How a caller will show that it has it.
    pub proof: NewProof,
    /// Name, for those who see the list.
    pub name: String,
    /// What a caller may do.
    pub scopes: Scopes,
    /// Networks that a caller may come from; any when there is none.
    pub networks: Vec<IpNet>,
    /// Until when; 180 days for a secret when not given.
    pub expires: Option<DateTime<Utc>>,
    /// The credential that it takes over from.
    pub replaces: Option<CredentialId>,
}

/// As [`Proof`], before a secret is drawn.
#[derive(Clone, Debug)]
pub enum NewProof {
    /// [`Proof::Secret`]
    Secret,
    /// [`Proof::Client`]
    Client,
    /// [`Proof::Federated`]
    Federated {
        /// Entra tenant that signs.
        tenant: TenantId,
        /// `aud` of the assertion.
        audience: String,
        /// `sub` of the assertion.
        subject: String,
    },
    /// [`Proof::Entra`]
    Entra {
        /// Entra tenant that signs.
        tenant: TenantId,
        /// `aud` of the token.
        audience: String,
    },
}

/// A new credential.
#[derive(Debug)]
pub struct Issued {
    /// As it is kept.
    pub credential: Credential,
    /// Its secret, if it has one: to be shown now, and never again.
    pub secret: Option<ProvisioningToken>,
}

/// Makes a credential for an integration, from bytes that the caller drew from the operating system.
///
/// # Errors
/// [`ConfigureError::Unfit`] for a name, a time or a claim that cannot be; [`ConfigureError::TooMany`] when the
/// integration has enough that can be used; [`ConfigureError::Issued`] when the bytes made a credential already;
/// [`ConfigureError::Succeeded`] when another took over before; [`ConfigureError::Named`] when another has the name.
pub async fn issue_credential(
    store: &dyn IntegrationStore,
    slug: &IntegrationSlug,
    wanted: NewCredential,
    created_by: &str,
    random: &[u8; RANDOM_BYTES],
    now: DateTime<Utc>,
) -> Result<Issued, ConfigureError> {
    let now = now.trunc_subsecs(3);
    check(&wanted, now)?;
    let integration = store.integration(slug).await?.ok_or(ConfigureError::NotFound)?;
    if integration.state == IntegrationState::Detached {
        return Err(ConfigureError::Detached);
    }
    let drawn = ProvisioningToken::mint(integration.environment, random);
    let (proof, secret) = match wanted.proof {
        NewProof::Secret => (Proof::Secret(drawn.digest()), Some(drawn)),
        NewProof::Client => (Proof::Client(drawn.digest()), Some(drawn)),
        NewProof::Federated { tenant, audience, subject } => {
            (Proof::Federated { tenant, audience, subject }, None)
        }
        NewProof::Entra { tenant, audience } => (Proof::Entra { tenant, audience }, None),
    };
    let expires = match &secret {
        Some(_) => Some(wanted.expires.unwrap_or(now + Duration::days(LIFE_DAYS)).trunc_subsecs(3)),
        None => wanted.expires,
    };
    let credential = Credential {
        id: CredentialId::of_random(random),
        integration: integration.id,
        proof,
        name: wanted.name,
        scopes: wanted.scopes,
        networks: wanted.networks,
        replaces: wanted.replaces,
        created: now,
        created_by: created_by.to_owned(),
        expires,
        revoked: None,
        usage: Usage::default(),
    };
    match store.add_credential(&credential).await? {
        Admission::Admitted => Ok(Issued { credential, secret }),
        Admission::Known => Err(ConfigureError::Issued(credential.id)),
        Admission::Succeeded(successor) => Err(ConfigureError::Succeeded(successor)),
        Admission::Named(other) => Err(ConfigureError::Named(other)),
        Admission::Full => {
            Err(ConfigureError::TooMany { limit: MAX_USABLE, of: "credentials that can be used" })
        }
    }
}

fn check(wanted: &NewCredential, now: DateTime<Utc>) -> Result<(), ConfigureError> {
    let wrong = |field: &'static str, said: String| Err(ConfigureError::Unfit { field, said });
    let length = wanted.name.chars().count();
    if !(1..=LONGEST_NAME).contains(&length) || wanted.name.contains(char::is_control) {
        let said = format!("name must have 1 to {LONGEST_NAME} characters, none of them a control character");
        return wrong("name", said);
    }
    if let Some(expires) = wanted.expires {
        if expires <= now {
            return wrong("expires_at", "expires_at must be in the future".to_owned());
        }
        if expires > now + Duration::days(LONGEST_LIFE_DAYS) {
            let said = format!("expires_at may be {LONGEST_LIFE_DAYS} days away at most");
            return wrong("expires_at", said);
        }
    }
    if wanted.networks.len() > MAX_NETWORKS {
        return wrong("networks", format!("networks may have {MAX_NETWORKS} entries"));
    }
    let claims: &[(&'static str, &String)] = match &wanted.proof {
        NewProof::Secret | NewProof::Client => &[],
        NewProof::Federated { audience, subject, .. } => &[("audience", audience), ("subject", subject)],
        NewProof::Entra { audience, .. } => &[("audience", audience)],
    };
    let fits =
        |claim: &str| !claim.is_empty() && claim.len() <= LONGEST_CLAIM && !claim.contains(char::is_control);
    if let Some((name, _)) = claims.iter().find(|(_, claim)| !fits(claim)) {
        return wrong(name, format!("{name} must have 1 to {LONGEST_CLAIM} bytes"));
    }
    Ok(())
}
