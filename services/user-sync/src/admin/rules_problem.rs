use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use lms::StoreError;
use lms::admin::RulesError;
use platform::admin::NoVersion;
use platform::problem::{self, Mark};
use platform::telemetry::chain;

use super::access::AccessProblem;
use super::body::BodyProblem;

/// A request about rules, or about what they do to people, was not carried out (RFC 9457).
#[derive(Debug, thiserror::Error)]
pub(super) enum RulesProblem {
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Body(#[from] BodyProblem),
    #[error(transparent)]
    Version(#[from] NoVersion),
    #[error(transparent)]
    Access(#[from] AccessProblem),
    #[error("not done")]
    Rules(#[from] RulesError),
    /// The same of the integration whose rules are copied.
    #[error(transparent)]
    Example(RulesError),
}

impl RulesProblem {
    /// What the caller is told. Causes are for the log.
    fn detail(&self) -> String {
        match self {
            Self::Rules(RulesError::Store(_)) | Self::Example(RulesError::Store(_)) => {
                "the LMS database is not available".to_owned()
            }
            Self::Rules(error) => error.to_string(),
            _ => self.to_string(),
        }
    }

    /// What of it programs go by.
    fn mark(&self) -> Mark {
        let code = match self {
            Self::Rules(RulesError::Detached(_)) => Some("detached"),
            Self::Example(RulesError::Detached(_)) => Some("example_detached"),
            _ => None,
        };
        Mark { code, field: None }
    }
}

impl ResponseError for RulesProblem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Access(problem) => problem.status_code(),
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::Body(problem) => problem.status(),
            Self::Version(NoVersion::Missing) => StatusCode::PRECONDITION_REQUIRED,
            Self::Version(NoVersion::NotOne) => StatusCode::PRECONDITION_FAILED,
            Self::Rules(error) | Self::Example(error) => match error {
                RulesError::UnknownIntegration
                | RulesError::UnknownVersion
                | RulesError::UnknownPerson
                | RulesError::NothingKept => StatusCode::NOT_FOUND,
                RulesError::Detached(_) => StatusCode::CONFLICT,
                RulesError::Outdated { .. } => StatusCode::PRECONDITION_FAILED,
                RulesError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
                RulesError::Store(StoreError::Clash | StoreError::Unavailable(_)) => {
                    StatusCode::SERVICE_UNAVAILABLE
                }
                RulesError::Store(StoreError::Refused { .. }) => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    fn error_response(&self) -> HttpResponse {
        if let Self::Access(problem) = self {
            return problem.error_response();
        }
        let status = self.status_code();
        if status.is_server_error() {
            tracing::error!(error = %chain(self), "a request of an administrator failed");
        }
        if let Self::Rules(RulesError::Invalid(errors)) = self {
            return problem::response_with_errors(status, &self.detail(), errors);
        }
        problem::response_with_mark(status, &self.detail(), self.mark())
    }
}
