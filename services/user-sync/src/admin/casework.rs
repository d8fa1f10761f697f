//! What the handlers of what waits for a person share.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use lms::casework::{Case, CaseError};
use lms::{NothingSought, StoreError};
use platform::problem::{self, Mark};
use platform::telemetry::chain;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::AccessProblem;
use super::body::BodyProblem;

/// What has not the form of an id names nothing.
pub(super) fn id(text: &str, case: Case) -> Result<Uuid, CaseProblem> {
    text.parse().map_err(|_| CaseProblem::Case(CaseError::NotFound(case)))
}

/// A body with what an administrator wrote. Without it, the use case says so.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Remark {
    /// Why; `comment` is another name of it.
    #[serde(alias = "comment")]
    pub(super) reason: String,
}

/// A request about a case was not carried out (RFC 9457).
#[derive(Debug, thiserror::Error)]
pub(super) enum CaseProblem {
    #[error(transparent)]
    Body(#[from] BodyProblem),
    #[error(transparent)]
    Access(#[from] AccessProblem),
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error(transparent)]
    Search(#[from] NothingSought),
}

impl From<StoreError> for CaseProblem {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

impl CaseProblem {
    /// What of it programs go by.
    fn mark(&self) -> Mark {
        match self {
            Self::Case(CaseError::Invalid(flaw)) => Mark { code: None, field: Some(flaw.field()) },
            Self::Case(CaseError::Conflict(obstacle)) => Mark { code: Some(obstacle.code()), field: None },
            Self::Search(_) => Mark { code: None, field: Some("text") },
            _ => Mark::default(),
        }
    }
}

impl ResponseError for CaseProblem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Body(problem) => problem.status(),
            Self::Access(problem) => problem.status_code(),
            Self::Case(CaseError::NotFound(_)) => StatusCode::NOT_FOUND,
            Self::Case(CaseError::Invalid(_)) | Self::Search(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Case(CaseError::Conflict(_)) => StatusCode::CONFLICT,
            Self::Case(CaseError::Store(StoreError::Refused { .. })) => StatusCode::INTERNAL_SERVER_ERROR,
            // Others were faster again and again; or the database is away.
            Self::Case(CaseError::Store(StoreError::Clash | StoreError::Unavailable(_))) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
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
        problem::response_with_mark(status, &self.to_string(), self.mark())
    }
}
