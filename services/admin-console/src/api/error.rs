use std::fmt;

use platform::problem::NOWHERE;
use reqwest::{Response, StatusCode};
use serde::Deserialize;

/// A service whose API is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// scim-gateway: integrations, credentials, the provisioning log.
    Gateway,
    /// user-sync: learners, rules, what waits for a person.
    UserSync,
}

impl fmt::Display for Service {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Gateway => "scim-gateway",
            Self::UserSync => "user-sync",
        })
    }
}

/// What a service says of something that it did not do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// In English, for people.
    pub detail: String,
    /// What stands against it, as a word.
    pub code: Option<String>,
    /// What was asked for and cannot be used.
    pub field: Option<String>,
}

impl Refusal {
    /// Of a role that is too low, before any service was asked.
    pub fn lacks_owner() -> Self {
        Self { detail: String::new(), code: Some("lacks_owner".to_owned()), field: None }
    }

    /// Names of texts that say it, the best first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        [self.code.as_deref(), self.field.as_deref()].into_iter().flatten()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.detail)
    }
}

/// Why a service did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The token is not good, or not any more.
    #[error("{0} does not take the token")]
    Unauthorized(Service),
    /// The role is too low; it says which is needed.
    #[error("{0}")]
    Forbidden(Refusal),
    /// There is none, or none that the administrator may see.
    #[error("there is no such thing")]
    NotFound,
    /// The service has no such address yet: it is older than the console.
    #[error("{0} is older than the console")]
    Outdated(Service),
    /// It cannot be done in the present state.
    #[error("{0}")]
    Conflict(Refusal),
    /// Somebody else changed it meanwhile.
    #[error("{0}")]
    Precondition(Refusal),
    /// A value is wrong.
    #[error("{0}")]
    Invalid(Refusal),
    /// The service is away, or failed.
    #[error("{0} is not available")]
    Unavailable(Service),
}

/// The body of an answer that is an error (RFC 9457).
#[derive(Default, Deserialize)]
struct Problem {
    #[serde(default)]
    detail: String,
    code: Option<String>,
    field: Option<String>,
    /// Of a document, each with its place.
    #[serde(default)]
    errors: Vec<Flaw>,
}

#[derive(Deserialize)]
struct Flaw {
    pointer: String,
    problem: String,
}

impl Problem {
    /// With all flaws in one text.
    fn said(self) -> Refusal {
        let flaws = self.errors.into_iter().map(|flaw| format!("{}: {}", flaw.pointer, flaw.problem));
        let flaws = flaws.collect::<Vec<_>>().join("; ");
        let detail = if flaws.is_empty() { self.detail } else { format!("{} ({flaws})", self.detail) };
        Refusal { detail, code: self.code, field: self.field }
    }
}

impl ApiError {
    /// Whether the same form made what it asks for when it was sent before.
    pub fn is_repeat(&self) -> bool {
        matches!(self, Self::Conflict(said) if said.code.as_deref() == Some("issued_before"))
    }

    /// Of something that need not be there: none is no mistake.
    pub(super) fn or_none<T>(self) -> Result<Option<T>, Self> {
        if self == Self::NotFound { Ok(None) } else { Err(self) }
    }

    pub(super) async fn of(service: Service, response: Response) -> Self {
        let status = response.status();
        let refusal = response.json::<Problem>().await.unwrap_or_default().said();
        match status {
            StatusCode::UNAUTHORIZED => Self::Unauthorized(service),
            StatusCode::FORBIDDEN => Self::Forbidden(refusal),
            StatusCode::NOT_FOUND if refusal.detail == NOWHERE => {
                tracing::warn!(%service, "a service is older than the console");
                Self::Outdated(service)
            }
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::CONFLICT => Self::Conflict(refusal),
            StatusCode::PRECONDITION_FAILED | StatusCode::PRECONDITION_REQUIRED => {
                Self::Precondition(refusal)
            }
            status if status.is_client_error() => Self::Invalid(refusal),
            status => {
                tracing::warn!(%service, %status, "a service failed");
                Self::Unavailable(service)
            }
        }
    }
}
