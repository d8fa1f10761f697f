//! A code of the provider becomes an ID token: what both services take as an administrator's token.

use chrono::{DateTime, Duration, Utc};
use openidconnect::core::{CoreClient, CoreIdToken, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClaimsVerificationError, ClientId, HttpRequest, HttpResponse, Nonce, PkceCodeVerifier,
    SignatureVerificationError, TokenResponse,
};
use reqwest::Client;
use secrecy::SecretString;

use super::{Flow, MAX_AGE, Manner, Provider};
use crate::http::Failure;

/// Longest answer of a provider, in bytes.
const LONGEST: usize = 1024 * 1024;

/// By how much the clocks of two machines may differ, in seconds.
const LEEWAY_SECONDS: i64 = 60;

/// What the provider said of somebody, once it was found true.
pub(crate) struct Vouched {
    pub(crate) token: SecretString,
    pub(crate) ends: DateTime<Utc>,
    /// When they proved who they are; not every provider tells.
    pub(crate) proven_at: Option<DateTime<Utc>>,
}

impl Provider {
    /// Exchanges the code that a browser brought back.
    pub(crate) async fn exchange(
        &self,
        flow: Flow,
        code: String,
        now: DateTime<Utc>,
    ) -> Result<Vouched, Failure> {
        let metadata = self.description.get(now).await?;
        let client = CoreClient::from_provider_metadata(
            (*metadata).clone(),
            ClientId::new(self.settings.client_id.clone()),
            self.secret(),
        )
        .set_redirect_uri(self.redirect.clone());
        let ask = |request| fetch(self.http.clone(), request);
        let request = client.exchange_code(AuthorizationCode::new(code)).map_err(|error| {
            tracing::warn!(%error, "the OpenID provider has no token endpoint");
            Failure::Provider
        })?;
        let tokens = request
            .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier))
            .request_async(&ask)
            .await
            .map_err(|error| {
                tracing::warn!(%error, "the OpenID provider gave no token");
                Failure::Provider
            })?;
        let token: &CoreIdToken = tokens.id_token().ok_or(Failure::Provider)?;
        let nonce = Nonce::new(flow.nonce);
        let said = match self.said(&metadata, token, &nonce, now) {
            // Providers change their keys.
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) if self.description.forget(&metadata, now) => {
                self.said(&*self.description.get(now).await?, token, &nonce, now)
            }
            said => said,
        };
        let (ends, proven_at) = said.map_err(|error| {
            tracing::warn!(%error, "the token of the OpenID provider is not good");
            Failure::Provider
        })?;
        if flow.manner == Manner::Anew {
            let proven_at = proven_at.ok_or(Failure::NoProofTime)?;
            if !is_recent(proven_at, now) {
                return Err(Failure::Provider);
            }
        }
        Ok(Vouched { token: token.to_string().into(), ends, proven_at })
    }

    /// When a token ends and when they proved who they are, if the token is good.
    fn said(
        &self,
        metadata: &CoreProviderMetadata,
        token: &CoreIdToken,
        nonce: &Nonce,
        now: DateTime<Utc>,
    ) -> Result<(DateTime<Utc>, Option<DateTime<Utc>>), ClaimsVerificationError> {
        let client = ClientId::new(self.settings.client_id.clone());
        let client = CoreClient::from_provider_metadata(metadata.clone(), client, self.secret());
        let verifier = client.id_token_verifier().set_time_fn(move || now);
        let claims = token.claims(&verifier, nonce)?;
        Ok((claims.expiration(), claims.auth_time()))
    }
}

fn is_recent(proven_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let age = Duration::from_std(MAX_AGE).unwrap_or_default() + Duration::seconds(LEEWAY_SECONDS);
    now - proven_at <= age
}

/// Why the provider gave no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    #[error("it cannot be reached")]
    Unreachable(#[from] reqwest::Error),
    #[error("the answer is too long")]
    TooLong,
    #[error("the answer is none")]
    Unusable(#[from] openidconnect::http::Error),
}

/// A request of the library by the client of this process, which follows no redirect.
pub(super) async fn fetch(client: Client, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
    let mut response = client.execute(request.try_into()?).await?;
    let mut answer = openidconnect::http::Response::builder().status(response.status());
    for (name, value) in response.headers() {
        answer = answer.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LONGEST {
            return Err(NoAnswer::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(answer.body(body)?)
}
