use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use administration::{Administrator, AuditLog, Grants};
use chrono::{DateTime, Utc};

use super::tokens::{ISSUER, NoToken};
use super::{AdminTokens, KeyTooShort, OidcAdministrators};
use crate::oidc::{InvalidUrl, KeysError, Refused, TokenVerifier, VerificationError, unverified_issuer};
use crate::problem;
use crate::settings::AdminSettings;

/// Why a request without one bearer token is refused.
pub(super) const NO_BEARER: NoToken = NoToken("the request has no bearer token, or several");

/// Time for the body of an administrator's request to arrive.
pub const BODY_TIME: Duration = Duration::from_secs(15);

/// Who is let in, how long they may take to say what they want, and where their acts are put on record.
#[derive(Clone)]
pub struct AdminAccess {
    /// Tokens signed with the key of the deployment.
    pub tokens: AdminTokens,
    /// Administrators of an OpenID provider.
    pub oidc: Option<OidcAdministrators>,
    /// The record of acts.
    pub audit: Arc<dyn AuditLog>,
    /// Time for a body to arrive: [`BODY_TIME`], but in tests.
    pub body_time: Duration,
    /// Patterns of addresses at which a POST changes nothing: it has a body because what it asks for belongs into no
    /// address. It is no act, and not put on record, like a GET.
    pub reads: &'static [&'static str],
}

/// The settings let nobody in.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The key is too short.
    #[error(transparent)]
    Key(#[from] KeyTooShort),
    /// The keys of the OpenID provider have no proper address.
    #[error("setting `admin.oidc.jwks_url`")]
    KeysUrl(#[from] InvalidUrl),
    /// This machine cannot make HTTPS requests.
    #[error("the keys of the OpenID provider cannot be fetched from here")]
    Http(#[from] reqwest::Error),
}

/// The caller is not let in.
#[derive(Debug, thiserror::Error)]
pub enum Unauthenticated {
    /// There is no token, more than one, or one that was not signed with the key of the deployment.
    #[error("an administrator's token is needed")]
    Token(#[source] NoToken),
    /// The token is none of the OpenID provider for this application.
    #[error("an administrator's token is needed")]
    Oidc(#[source] Refused),
    /// The keys of the OpenID provider cannot be had. Nobody is let in unchecked.
    #[error("the token cannot be checked now")]
    KeysUnavailable(#[source] KeysError),
}

impl Unauthenticated {
    /// What was expected of a claim, and what stood there. For the log.
    pub(super) fn values(&self) -> Option<(&str, &str)> {
        match self {
            Self::Oidc(refused) => refused.values(),
            Self::Token(_) | Self::KeysUnavailable(_) => None,
        }
    }
}

impl From<VerificationError> for Unauthenticated {
    fn from(error: VerificationError) -> Self {
        match error {
            VerificationError::Refused(refused) => Self::Oidc(refused),
            VerificationError::KeysUnavailable(error) => Self::KeysUnavailable(error),
        }
    }
}

impl ResponseError for Unauthenticated {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Token(_) | Self::Oidc(_) => StatusCode::UNAUTHORIZED,
            Self::KeysUnavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = problem::response(self.status_code(), &self.to_string());
        if self.status_code() == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl AdminAccess {
    /// Those whom the settings let in.
    ///
    /// # Errors
    /// When the settings make no sense.
    pub fn try_new(settings: &AdminSettings, audit: Arc<dyn AuditLog>) -> Result<Self, AccessError> {
        let tokens = AdminTokens::new(&settings.key)?;
        let oidc = match &settings.oidc {
            Some(oidc) => Some(OidcAdministrators::try_new(oidc, TokenVerifier::try_new()?)?),
            None => None,
        };
        Ok(Self { tokens, oidc, audit, body_time: BODY_TIME, reads: &[] })
    }

    /// The same, for a listener with these [`reads`](Self::reads).
    #[must_use]
    pub fn with_reads(self, reads: &'static [&'static str]) -> Self {
        Self { reads, ..self }
    }

    /// The administrator whose token stands in the headers.
    pub(super) async fn authenticate(
        &self,
        headers: &HeaderMap,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<Administrator, Unauthenticated> {
        let bearer = bearer(headers).ok_or(Unauthenticated::Token(NO_BEARER))?;
        let (subject, grants) = self.verify(bearer, now).await?;
        Ok(Administrator { subject, grants, address })
    }

    /// Which key a token is checked with depends on its word; whether it is good does not.
    async fn verify(&self, bearer: &str, now: DateTime<Utc>) -> Result<(String, Grants), Unauthenticated> {
        match &self.oidc {
            Some(oidc) if unverified_issuer(bearer).as_deref() != Some(ISSUER) => {
                Ok(oidc.verify(bearer, now).await?)
            }
            _ => self.tokens.verify(bearer, now).map_err(Unauthenticated::Token),
        }
    }
}

/// The one bearer token of a request. With two there is no telling who calls.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION);
    let value = values.next().filter(|_| values.next().is_none())?;
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token)
}
