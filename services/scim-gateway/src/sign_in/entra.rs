use std::net::IpAddr;

use anyhow::Context;
use chrono::{DateTime, Utc};
use directory::{Credential, Proof, Refusal, Registration, SignInError, TenantId};
use platform::oidc::{self, Expected, KeysUrl, TokenVerifier, VerificationError, VerifiedToken};

use crate::cause;
use crate::settings::FederationSettings;

/// Checks what Entra signs: its own access tokens, and assertions of workload identity federation (RFC 7523).
///
/// The tenant is that of a credential, never that of the token: an audience is the same for all tenants. Keys are
/// fetched from the configured authority alone, below the id of such a tenant.
pub(super) struct Entra {
    verifier: TokenVerifier,
    authority: String,
    assertion_issuer: String,
    token_issuer: String,
    takes_plain_http: bool,
}

impl Entra {
    pub(super) fn new(settings: &FederationSettings) -> anyhow::Result<Self> {
        let this = Self {
            verifier: TokenVerifier::try_new().context("no HTTPS requests can be made")?,
            authority: settings.authority.trim_end_matches('/').to_owned(),
            assertion_issuer: settings.assertion_issuer.trim_end_matches('/').to_owned(),
            token_issuer: settings.token_issuer.trim_end_matches('/').to_owned(),
            takes_plain_http: settings.plain_http_on_loopback,
        };
        this.keys_url("discovery").context("setting `federation.authority`")?;
        Ok(this)
    }

    /// The credential that an access token of Entra shows.
    pub(super) async fn with_token<'a>(
        &self,
        registration: &'a Registration,
        token: &str,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<&'a Credential, SignInError> {
        let received = oidc::unverified_issuer(token).unwrap_or_default();
        let issuer_of = |tenant: &TenantId| format!("{}/{}/", self.token_issuer, tenant.as_str());
        let candidates: Vec<(&Credential, &TenantId, &String)> = registration
            .credentials
            .iter()
            .filter_map(|credential| match &credential.proof {
                Proof::Entra { tenant, audience } => Some((credential, tenant, audience)),
                Proof::Secret(_) | Proof::Client(_) | Proof::Federated { .. } => None,
            })
            .collect();
        let Some((_, tenant, _)) =
            candidates.iter().find(|(_, tenant, _)| issuer_of(tenant) == received).copied()
        else {
            let expected: Vec<String> = candidates.iter().map(|(_, tenant, _)| issuer_of(tenant)).collect();
            let expected = match expected.is_empty() {
                true => "no token of another issuer: this integration trusts none".to_owned(),
                false => expected.join(", "),
            };
            return Err(Refusal::because(cause::ANOTHER_ISSUER).expecting(expected, received).into());
        };
        let of_tenant = candidates.iter().filter(|(_, other, _)| *other == tenant);
        let audiences: Vec<&str> = of_tenant.clone().map(|(.., audience)| audience.as_str()).collect();
        let path = format!("{}/discovery/keys", tenant.as_str());
        let verified = self.verify(token, &path, &issuer_of(tenant), &audiences, tenant, now).await?;
        let shown = of_tenant.filter(|(.., audience)| is_for(&verified, audience));
        best(shown.map(|(credential, ..)| *credential), address, now)
            .ok_or_else(|| Refusal::because("the token is for another audience").into())
    }

    /// The credential that an assertion shows.
    pub(super) async fn with_assertion<'a>(
        &self,
        registration: &'a Registration,
        client_id: Option<&str>,
        assertion: &str,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<&'a Credential, SignInError> {
        let received = oidc::unverified_issuer(assertion).unwrap_or_default();
        let issuer_of = |tenant: &TenantId| format!("{}/{}/v2.0", self.assertion_issuer, tenant.as_str());
        let mut last_refusal =
            Refusal::because("no credential of this integration trusts the issuer of the assertion")
                .expecting("an issuer that a federated credential names", received.as_str());
        let is_named = |credential: &&Credential| client_id.is_none_or(|id| id == credential.id.as_str());
        let is_federated = |credential: &&Credential| matches!(credential.proof, Proof::Federated { .. });
        if let Some(id) = client_id
            && !registration.credentials.iter().filter(is_federated).any(|credential| is_named(&credential))
        {
            let refusal = Refusal::because("the client_id names no federated credential of this integration");
            return Err(refusal.expecting("no client_id, or the id of a federated credential", id).into());
        }
        let mut shown: Vec<&Credential> = Vec::new();
        for credential in registration.credentials.iter().filter(is_named) {
            let Proof::Federated { tenant, audience, subject } = &credential.proof else { continue };
            if issuer_of(tenant) != received {
                continue;
            }
            let path = format!("{}/discovery/v2.0/keys", tenant.as_str());
            match self.verify(assertion, &path, &issuer_of(tenant), &[audience], tenant, now).await {
                Ok(verified) if verified.subject == *subject => shown.push(credential),
                Ok(verified) => {
                    last_refusal = Refusal::because("the assertion is of another service principal")
                        .of(&credential.id)
                        .expecting(subject.as_str(), verified.subject);
                }
                Err(SignInError::Refused(refusal)) => last_refusal = refusal.of(&credential.id),
                Err(error) => return Err(error),
            }
        }
        best(shown, address, now).ok_or_else(|| last_refusal.into())
    }

    async fn verify(
        &self,
        token: &str,
        keys_path: &str,
        issuer: &str,
        audiences: &[&str],
        tenant: &TenantId,
        now: DateTime<Utc>,
    ) -> Result<VerifiedToken, SignInError> {
        let keys = self.keys_url(keys_path).map_err(|error| SignInError::Keys(error.into()))?;
        let expected = Expected { keys: &keys, issuers: &[issuer], audiences };
        let refused = |refused: oidc::Refused| {
            let refusal = Refusal::because(refused.to_string());
            SignInError::from(match refused.values() {
                Some((expected, received)) => refusal.expecting(expected, received),
                None => refusal,
            })
        };
        let verified = match self.verifier.verify(token, &expected, now).await {
            Ok(verified) => verified,
            Err(VerificationError::Refused(error)) => return Err(refused(error)),
            Err(VerificationError::KeysUnavailable(error)) => return Err(SignInError::Keys(Box::new(error))),
        };
        verified.require("tid", tenant.as_str()).map_err(refused)?;
        Ok(verified)
    }

    fn keys_url(&self, path: &str) -> anyhow::Result<KeysUrl> {
        let text = format!("{}/{path}", self.authority);
        Ok(match self.takes_plain_http {
            true => KeysUrl::parse_for_development(&text)?,
            false => KeysUrl::parse(&text)?,
        })
    }
}

/// Of several that were shown, the newest that can be used comes before one that was revoked or has expired.
fn best<'a>(
    shown: impl IntoIterator<Item = &'a Credential>,
    address: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Option<&'a Credential> {
    shown.into_iter().min_by_key(|credential| credential.check(now, address).is_err())
}

/// Whether the audience is one of the token's.
fn is_for(token: &VerifiedToken, audience: &str) -> bool {
    match token.claims.get("aud") {
        Some(serde_json::Value::String(one)) => one == audience,
        Some(serde_json::Value::Array(many)) => many.iter().any(|one| one == audience),
        _ => false,
    }
}
