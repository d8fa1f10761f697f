//! Who calls: the credential of a request, checked.

mod access_tokens;
mod entra;

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use directory::{
    Credential, CredentialId, Entrance, IntegrationSlug, ProvisioningToken, Refusal, Registration, Registry,
    Scopes, SignInError,
};

pub(crate) use self::access_tokens::AccessTokens;
use self::entra::Entra;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::cause;
use crate::settings::{FederationSettings, OauthSettings};
use crate::throttle::origin;

/// Names of integrations that one address may have looked for in the database in a second, when they are not in memory.
const LOOKUPS_PER_SECOND: NonZeroU32 = NonZeroU32::new(200).unwrap();

/// Longest text that is looked at as a credential, in bytes.
const LONGEST_BEARER: usize = 16 * 1024;

/// Checks credentials.
pub(crate) struct SignIn {
    registry: Registry,
    /// Of names that are not in memory.
    lookups: DefaultKeyedRateLimiter<IpAddr>,
    access_tokens: AccessTokens,
    entra: Entra,
}

/// A request that was let in, or not, and what is known of the integration all the same.
pub(crate) struct Attempt {
    /// The integration that the address names.
    pub(crate) registration: Option<Arc<Registration>>,
    /// Whether it was let in.
    pub(crate) outcome: Result<Entrance, SignInError>,
}

/// What was sent as a bearer, and has the form of a credential.
pub(crate) enum Shown<'a> {
    /// A token of ours, its checksum good.
    Token(ProvisioningToken),
    /// What looks like a JWT.
    Jwt(&'a str),
}

impl<'a> Shown<'a> {
    /// Finds out the form, and looks nothing up.
    ///
    /// # Errors
    /// What has not the form of a credential, with words that hold nothing of it.
    pub(crate) fn parse(bearer: &'a str) -> Result<Self, Refusal> {
        if bearer.len() > LONGEST_BEARER {
            return Err(Refusal::because("the credential is too long"));
        }
        if let Some(token) = ProvisioningToken::parse(bearer) {
            return Ok(Self::Token(token));
        }
        if bearer.split('.').count() == 3 {
            return Ok(Self::Jwt(bearer));
        }
        Err(Refusal::because(match bearer.contains(ProvisioningToken::PREFIX) {
            true => cause::MISTYPED,
            false => cause::NO_KNOWN_FORM,
        }))
    }
}

impl SignIn {
    pub(crate) fn new(
        registry: Registry,
        base_url: Arc<str>,
        oauth: &OauthSettings,
        federation: &FederationSettings,
    ) -> anyhow::Result<Self> {
        let lookups = RateLimiter::keyed(Quota::per_second(LOOKUPS_PER_SECOND));
        Ok(Self {
            registry,
            lookups,
            access_tokens: AccessTokens::new(base_url, oauth)?,
            entra: Entra::new(federation)?,
        })
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    pub(crate) fn access_tokens(&self) -> &AccessTokens {
        &self.access_tokens
    }

    /// Finds out whether a bearer opens the integration at an address.
    pub(crate) async fn attempt(
        &self,
        slug: &str,
        shown: &Shown<'_>,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Attempt {
        let id = match shown {
            Shown::Token(token) => Some(token.id()),
            Shown::Jwt(_) => None,
        };
        let registration = match self.registration(slug, id, address, now).await {
            Ok(registration) => registration,
            Err(outcome) => return Attempt { registration: None, outcome: Err(outcome) },
        };
        let outcome = match shown {
            Shown::Token(token) => registration.enter_with_token(token, address, now),
            Shown::Jwt(bearer) => self.enter_with_jwt(&registration, bearer, address, now).await,
        };
        Attempt { registration: Some(registration), outcome }
    }

    /// The integration at which somebody shows what cannot be a credential, so that its administrators find it in their
    /// log.
    pub(crate) async fn asked_in_vain(
        &self,
        slug: &str,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Option<Arc<Registration>> {
        self.registration(slug, None, address, now).await.ok()
    }

    /// All that is known of the integration of a name in an address, where the credential `shown` may have been made at
    /// another replica just now.
    pub(crate) async fn registration(
        &self,
        slug: &str,
        shown: Option<&CredentialId>,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<Arc<Registration>, SignInError> {
        let unknown = || SignInError::from(Refusal::because("there is no such integration"));
        let slug = IntegrationSlug::parse(slug).map_err(|_| unknown())?;
        // Names that somebody makes up must not take the database from the integrations that there are.
        let from = origin(address);
        if !self.registry.remembers(&slug) && self.lookups.check_key(&from).is_err() {
            return Err(SignInError::Busy);
        }
        let found = self.registry.registration(&slug, now).await?.ok_or_else(unknown)?;
        match shown {
            Some(id) if found.find(id).is_err() && self.registry.refresh_unless_fresh(now).await? => {
                self.registry.registration(&slug, now).await?.ok_or_else(unknown)
            }
            _ => Ok(found),
        }
    }

    async fn enter_with_jwt(
        &self,
        registration: &Registration,
        bearer: &str,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<Entrance, SignInError> {
        if self.access_tokens.may_be(bearer) {
            let grant = self.access_tokens.verify(&registration.integration, bearer, now)?;
            // It was issued for what another replica knows, so that this one may have to ask.
            let slug = registration.integration.slug.as_str();
            let registration = self.registration(slug, Some(&grant.credential), address, now).await?;
            return registration.enter_with_grant(&grant, address, now);
        }
        let credential = self.entra.with_token(registration, bearer, address, now).await?;
        registration.enter(credential, Scopes::ALL, address, now)
    }

    /// Requires what was let in to be good still: while a body arrived, a credential may have been revoked.
    pub(crate) async fn require_still(
        &self,
        slug: &IntegrationSlug,
        credential: &CredentialId,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<(), SignInError> {
        let unknown = || SignInError::from(Refusal::because("there is no such integration"));
        let registration = self.registry.registration(slug, now).await?.ok_or_else(unknown)?;
        registration.enter(registration.find(credential)?, Scopes::ALL, address, now).map(|_| ())
    }

    /// Forgets addresses that looked for nothing of late.
    pub(crate) fn forget_idle(&self) {
        self.lookups.retain_recent();
    }

    /// The federated credential that an assertion shows.
    pub(crate) async fn federated<'a>(
        &self,
        registration: &'a Registration,
        client_id: Option<&str>,
        assertion: &str,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<&'a Credential, SignInError> {
        self.entra.with_assertion(registration, client_id, assertion, address, now).await
    }
}
