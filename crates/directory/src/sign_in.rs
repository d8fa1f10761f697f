//! Who is let in at an integration, decided from all that is known of it.

use std::borrow::Cow;
use std::net::IpAddr;

use chrono::{DateTime, Utc};

use crate::{
    Credential, CredentialId, Entrance, IntegrationState, Mismatch, Proof, ProvisioningToken, Registration,
    Scopes, SecretDigest, StoreError, Unusable,
};

/// Why a credential is refused at an address that is in none of its networks.
pub const FROM_ANOTHER_NETWORK: &str =
    "the caller comes from a network that the credential may not come from";

/// Why a token is refused that names another environment than the integration's.
pub const OF_ANOTHER_ENVIRONMENT: &str = "the token is of another environment";
/// Why a token is refused that the integration has no credential for.
pub const OF_ANOTHER_INTEGRATION: &str = "the token is not one of this integration";

/// A caller was not let in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No valid credential of this integration. The caller learns nothing more; the reason is for the log.
    #[error("the credential was refused: {}", .0.reason)]
    Refused(Refusal),
    /// The credential is valid, and the integration takes no requests for now.
    #[error("the integration is paused")]
    Paused(CredentialId),
    /// The credential is valid, and the integration takes no requests.
    #[error("the integration is disabled")]
    Disabled(CredentialId),
    /// It could not be found out: nobody is let in unchecked.
    #[error("the credential could not be checked")]
    Store(#[from] StoreError),
    /// So many names of integrations that nobody has seen are being looked for that this one has to wait.
    #[error("too many unknown integrations are being looked for")]
    Busy,
    /// The keys of the issuer that signed it cannot be had.
    #[error("the keys of the issuer are not available")]
    Keys(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why a credential was refused, for administrators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In plain words.
    pub reason: Cow<'static, str>,
    /// The credential, where the caller named one of this integration.
    pub credential: Option<CredentialId>,
    /// What would have been good, and what came instead.
    pub mismatch: Option<Mismatch>,
}

/// What an access token of ours says (RFC 9068), its signature checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessGrant {
    /// The credential that it was issued for.
    pub credential: CredentialId,
    /// What it allows.
    pub scopes: Scopes,
}

impl Refusal {
    /// A refusal that needs no more words.
    pub fn because(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into(), credential: None, mismatch: None }
    }

    /// The same about a credential of the integration.
    #[must_use]
    pub fn of(self, credential: &CredentialId) -> Self {
        Self { credential: Some(credential.clone()), ..self }
    }

    /// The same with what was expected and what came.
    #[must_use]
    pub fn expecting(self, expected: impl Into<String>, received: impl Into<String>) -> Self {
        let mismatch = Mismatch { expected: expected.into(), received: received.into() };
        Self { mismatch: Some(mismatch), ..self }
    }
}

impl From<Refusal> for SignInError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Registration {
    /// Lets in who sends a token with every request.
    ///
    /// # Errors
    /// [`SignInError`]
    pub fn enter_with_token(
        &self,
        token: &ProvisioningToken,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<Entrance, SignInError> {
        let credential = self.with_secret(token)?;
        let Proof::Secret(_) = credential.proof else {
            let refusal = Refusal::because("the secret of a client is no bearer token");
            return Err(refusal
                .of(&credential.id)
                .expecting("an access token", "the client's secret")
                .into());
        };
        self.enter(credential, Scopes::ALL, address, now)
    }

    /// Lets in who has an access token of ours. It is no better than the credential that it was issued for.
    ///
    /// # Errors
    /// [`SignInError`]
    pub fn enter_with_grant(
        &self,
        grant: &AccessGrant,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<Entrance, SignInError> {
        let credential = self.find(&grant.credential)?;
        self.enter(credential, grant.scopes, address, now)
    }

    /// Lets in who has shown to have a credential.
    ///
    /// # Errors
    /// When it cannot be used now, or the integration takes no requests.
    pub fn enter(
        &self,
        credential: &Credential,
        granted: Scopes,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<Entrance, SignInError> {
        self.require_usable(credential, address, now)?;
        let id = &credential.id;
        let scopes = credential
            .scopes
            .and(granted)
            .ok_or_else(|| Refusal::because("the access token has no scope of its credential").of(id))?;
        match self.integration.state {
            IntegrationState::Enabled => {
                Ok(Entrance { integration: self.integration.clone(), credential: id.clone(), scopes })
            }
            IntegrationState::Paused => Err(SignInError::Paused(id.clone())),
            IntegrationState::Disabled | IntegrationState::Detached => Err(SignInError::Disabled(id.clone())),
        }
    }

    /// The credential that has the secret, whatever else is true of it.
    ///
    /// # Errors
    /// When there is none.
    pub fn with_secret(&self, token: &ProvisioningToken) -> Result<&Credential, Refusal> {
        let environment = self.integration.environment.as_str();
        if token.environment().as_str() != environment {
            let refusal = Refusal::because(OF_ANOTHER_ENVIRONMENT);
            return Err(refusal.expecting(
                format!("a token of {environment}"),
                format!("token {} of {}", token.id().as_str(), token.environment().as_str()),
            ));
        }
        let digest = token.digest();
        let Ok(credential) = self.find(token.id()) else {
            // The same work as for a known one.
            let _ = digest.matches(&SecretDigest([0; 32]));
            let refusal = Refusal::because(OF_ANOTHER_INTEGRATION);
            return Err(refusal.expecting(
                format!("a token of {}", self.integration.slug),
                format!("token {}, which is of another integration, or of none", token.id().as_str()),
            ));
        };
        match &credential.proof {
            Proof::Secret(known) | Proof::Client(known) if known.matches(&digest) => Ok(credential),
            _ => Err(Refusal::because("the token has the id of a credential and another secret")
                .of(&credential.id)),
        }
    }

    /// The credential of that id.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(&self, id: &CredentialId) -> Result<&Credential, Refusal> {
        self.credentials.iter().find(|credential| credential.id == *id).ok_or_else(|| {
            Refusal::because("there is no such credential").expecting(
                format!("a credential of {}", self.integration.slug),
                format!("credential {}", id.as_str()),
            )
        })
    }

    /// Requires a credential to be good now, for a caller at that address.
    ///
    /// # Errors
    /// [`Refusal`]
    pub fn require_usable(
        &self,
        credential: &Credential,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let Err(unusable) = credential.check(now, address) else { return Ok(()) };
        let since = |at: Option<DateTime<Utc>>| {
            at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)).unwrap_or_default()
        };
        let refusal = match unusable {
            Unusable::Revoked => Refusal::because("the credential was revoked").expecting(
                "a credential that is not revoked",
                format!("one revoked at {}", since(credential.revoked.as_ref().map(|revoked| revoked.at))),
            ),
            Unusable::Expired => Refusal::because("the credential has expired").expecting(
                "a credential that has not expired",
                format!("one that expired at {}", since(credential.expires)),
            ),
            Unusable::Network => {
                let networks: Vec<String> = credential.networks.iter().map(ToString::to_string).collect();
                Refusal::because(FROM_ANOTHER_NETWORK).expecting(
                    networks.join(", "),
                    address.map_or_else(|| "no address".to_owned(), |address| address.to_string()),
                )
            }
        };
        Err(refusal.of(&credential.id))
    }
}
