use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use lms::StoreError;
use platform::problem;
use platform::telemetry::chain;

/// A request of an administrator was not answered (RFC 9457).
#[derive(Debug, thiserror::Error)]
pub(super) enum Problem {
    /// The query is wrong.
    #[error("the query is not as documented: cursor is a `next` of a page, limit a number")]
    InvalidQuery,
    /// The LMS database is away.
    #[error("the LMS database is not available")]
    Store(#[from] StoreError),
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::InvalidQuery => StatusCode::BAD_REQUEST,
            Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        if matches!(self, Self::Store(_)) {
            tracing::error!(error = %chain(self), "a request of an administrator failed");
        }
        problem::response(self.status_code(), &self.to_string())
    }
}
