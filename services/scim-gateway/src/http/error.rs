use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use directory::{DirectoryError, Scopes, SignInError, StoreError, UniqueAttribute};
use platform::body::BodyError;
use platform::telemetry::chain;
use scim::ScimError;
use uuid::Uuid;

use super::answer::finish;
use crate::cause;
use crate::metrics::{Limit, NotLetIn, Refused};
use crate::throttle::TooOften;

/// Seconds after which a client may come back to a busy or broken service.
const RETRY_AFTER_SECONDS: &str = "5";

/// Seconds after which a client may come back to an integration that is paused.
const RETRY_AFTER_PAUSE_SECONDS: &str = "60";

/// A request was not carried out. Nothing was changed, unless the answer is 503 and says so.
#[derive(Debug, thiserror::Error)]
pub(super) enum RequestError {
    #[error("no bearer token")]
    NoToken,
    #[error("not let in")]
    SignIn(#[from] SignInError),
    #[error("without TLS")]
    PlainHttp,
    #[error("too often")]
    TooOften(TooOften),
    #[error("no such endpoint")]
    NoSuchEndpoint,
    #[error("no such resource")]
    NoSuchResource,
    #[error("not one of {0}")]
    MethodNotAllowed(&'static str),
    #[error("{0} is not offered")]
    NotSupported(&'static str),
    #[error("unsupported media type")]
    UnsupportedMediaType,
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error("the body is no JSON object")]
    Unreadable(#[source] ScimError),
    #[error("the request took too long")]
    Overloaded,
    #[error("wrong request")]
    Invalid(#[from] ScimError),
    #[error("not carried out")]
    Directory(#[from] DirectoryError),
}

impl From<TooOften> for RequestError {
    fn from(error: TooOften) -> Self {
        Self::TooOften(error)
    }
}

impl RequestError {
    /// HTTP status.
    pub(super) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.to_scim().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The SCIM error that the client gets. It names no cause: causes are for the log.
    pub(super) fn to_scim(&self) -> ScimError {
        match self {
            Self::NoToken => ScimError::plain(401, "A bearer token is needed."),
            Self::SignIn(SignInError::Refused(_)) => {
                ScimError::plain(401, "The bearer token is not valid for this address.")
            }
            Self::SignIn(SignInError::Disabled(_)) => {
                ScimError::plain(403, "Provisioning is switched off for this integration.")
            }
            Self::SignIn(SignInError::Paused(_)) => {
                ScimError::plain(503, "Provisioning is paused for this integration.")
            }
            Self::SignIn(SignInError::Busy) => ScimError::plain(503, "The service is busy. Try again."),
            Self::SignIn(SignInError::Keys(_)) => {
                ScimError::plain(503, "The keys of the token's issuer are not available. Try again.")
            }
            Self::SignIn(SignInError::Store(error)) | Self::Directory(DirectoryError::Store(error)) => {
                store_failed(error)
            }
            Self::PlainHttp => ScimError::plain(403, cause::WITHOUT_TLS),
            Self::TooOften(_) => ScimError::plain(429, "Too many requests. Try again later."),
            Self::NoSuchEndpoint => ScimError::plain(404, "There is no such endpoint."),
            Self::NoSuchResource | Self::Directory(DirectoryError::NotFound) => {
                ScimError::plain(404, "There is no such resource.")
            }
            Self::MethodNotAllowed(methods) => {
                ScimError::plain(405, format!("This endpoint takes {methods}."))
            }
            Self::NotSupported(name) => ScimError::plain(501, format!("{name} is not offered.")),
            Self::UnsupportedMediaType => {
                ScimError::plain(415, "The body must be application/scim+json in UTF-8, without encoding.")
            }
            Self::Body(BodyError::TooLarge { limit }) => {
                ScimError::payload_too_large(format!("The body may have {limit} bytes."))
            }
            Self::Body(BodyError::TooSlow) => ScimError::plain(408, "The body took too long to arrive."),
            Self::Body(BodyError::CutOff) => ScimError::invalid_syntax("The body was cut off."),
            Self::Overloaded | Self::Directory(DirectoryError::Contended) => {
                ScimError::plain(503, "The service is busy. Try again.")
            }
            Self::Unreadable(error)
            | Self::Invalid(error)
            | Self::Directory(DirectoryError::Invalid(error)) => error.clone(),
            Self::Directory(DirectoryError::Taken(attribute)) => ScimError::uniqueness(taken(*attribute)),
            Self::Directory(DirectoryError::PreconditionFailed) => {
                ScimError::plain(412, "The resource does not have the version that the request asks for.")
            }
            Self::Directory(DirectoryError::Forbidden(kind, access)) => {
                let needed = Scopes::of(*kind, *access);
                ScimError::plain(403, format!("The credential has not the scope {needed}."))
            }
            Self::Directory(DirectoryError::Event(_)) => internal(),
        }
    }

    /// Why, in words of ours, for the log: nothing of what the client sent.
    pub(super) fn reason(&self) -> &str {
        match self {
            Self::SignIn(SignInError::Refused(refusal)) => &refusal.reason,
            _ => match self.to_scim().scim_type {
                Some(scim_type) => scim_type.as_str(),
                None => self.plain_reason(),
            },
        }
    }

    /// What is counted of it on its own: who was not let in, and what was over a limit.
    pub(super) fn counted(&self) -> Option<Refused> {
        Some(match self {
            Self::NoToken => Refused::SignIn(NotLetIn::NoToken),
            Self::PlainHttp => Refused::SignIn(NotLetIn::PlainHttp),
            Self::SignIn(SignInError::Refused(_)) => Refused::SignIn(NotLetIn::Refused),
            Self::SignIn(SignInError::Paused(_)) => Refused::SignIn(NotLetIn::Paused),
            Self::SignIn(SignInError::Disabled(_)) => Refused::SignIn(NotLetIn::Disabled),
            Self::SignIn(SignInError::Keys(_)) => Refused::SignIn(NotLetIn::NoKeys),
            Self::SignIn(SignInError::Store(_)) => Refused::SignIn(NotLetIn::DatabaseAway),
            Self::SignIn(SignInError::Busy) => Refused::Limit(Limit::UnknownIntegrations),
            Self::TooOften(_) => Refused::Limit(Limit::Rate),
            Self::Body(BodyError::TooLarge { .. }) => Refused::Limit(Limit::BodySize),
            Self::Body(BodyError::TooSlow) => Refused::Limit(Limit::BodyTime),
            Self::Overloaded => Refused::Limit(Limit::Busy),
            Self::NoSuchEndpoint
            | Self::NoSuchResource
            | Self::MethodNotAllowed(_)
            | Self::NotSupported(_)
            | Self::UnsupportedMediaType
            | Self::Body(BodyError::CutOff)
            | Self::Unreadable(_)
            | Self::Invalid(_)
            | Self::Directory(_) => return None,
        })
    }

    fn plain_reason(&self) -> &'static str {
        match self {
            Self::NoToken => "no token",
            Self::SignIn(_) => "not let in",
            Self::PlainHttp => "without TLS",
            Self::TooOften(_) => "too often",
            Self::NoSuchEndpoint => "no such endpoint",
            Self::Directory(DirectoryError::Forbidden(..)) => "not in scope",
            Self::NoSuchResource | Self::Directory(DirectoryError::NotFound) => "no such resource",
            Self::MethodNotAllowed(_) => "method not allowed",
            Self::NotSupported(_) => "not supported",
            Self::UnsupportedMediaType => "media type",
            Self::Body(BodyError::TooLarge { .. }) => "body too large",
            Self::Body(BodyError::TooSlow) => "body too slow",
            Self::Body(BodyError::CutOff) => "body cut off",
            Self::Overloaded => "took too long",
            Self::Unreadable(_) | Self::Invalid(_) => "invalid",
            Self::Directory(_) => "not carried out",
        }
    }

    /// The answer, and one log record for what an operator should know of.
    pub(super) fn into_response(self, request_id: Uuid) -> HttpResponse {
        let error = self.to_scim();
        let status = self.status();
        self.log_fault(request_id);
        let mut response = HttpResponse::build(status);
        self.add_headers(&mut response, status);
        finish(response, request_id, Some(error.to_json().to_string()))
    }

    /// Logs a failure that is not the client's.
    pub(super) fn log_fault(&self, request_id: Uuid) {
        if matches!(self.to_scim().status, 500 | 503) && !matches!(self, Self::SignIn(SignInError::Paused(_)))
        {
            let committed_perhaps = matches!(
                self,
                Self::Directory(DirectoryError::Store(StoreError::Unavailable { outcome_unknown: true, .. }))
            );
            tracing::error!(request.id = %request_id, committed_perhaps, error = %chain(self), "request failed");
        }
    }

    fn add_headers(&self, response: &mut HttpResponseBuilder, status: StatusCode) {
        match self {
            // RFC 6750 section 3: no error code for a request without credentials.
            Self::NoToken => {
                response.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"scim\""));
            }
            Self::SignIn(SignInError::Refused(_)) => {
                response.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"scim\", error=\"invalid_token\""));
            }
            Self::Directory(DirectoryError::Forbidden(..)) => {
                let challenge = "Bearer realm=\"scim\", error=\"insufficient_scope\"";
                response.insert_header((WWW_AUTHENTICATE, challenge));
            }
            Self::TooOften(TooOften { wait }) => {
                response.insert_header((RETRY_AFTER, whole_seconds(*wait)));
            }
            Self::SignIn(SignInError::Paused(_)) => {
                response.insert_header((RETRY_AFTER, RETRY_AFTER_PAUSE_SECONDS));
            }
            Self::MethodNotAllowed(methods) => {
                response.insert_header((ALLOW, *methods));
            }
            Self::Body(_) => {
                // What is left of the body is not read.
                response.force_close();
            }
            _ if status == StatusCode::SERVICE_UNAVAILABLE => {
                response.insert_header((RETRY_AFTER, RETRY_AFTER_SECONDS));
            }
            _ => {}
        }
    }
}

/// `Retry-After` has whole seconds; none would mean at once.
pub(super) fn whole_seconds(wait: Duration) -> String {
    wait.as_secs().saturating_add(1).to_string()
}

fn store_failed(error: &StoreError) -> ScimError {
    match error {
        StoreError::Unavailable { .. } => ScimError::plain(503, "The service is not available. Try again."),
        StoreError::Unexpected(_) => internal(),
    }
}

fn internal() -> ScimError {
    ScimError::plain(500, "The request could not be carried out. The operator can find it by X-Request-Id.")
}

fn taken(attribute: UniqueAttribute) -> &'static str {
    match attribute {
        UniqueAttribute::UserName => "Another user has this userName.",
        UniqueAttribute::DisplayName => "Another group has this displayName.",
        UniqueAttribute::ExternalId => "Another resource has this externalId.",
    }
}
