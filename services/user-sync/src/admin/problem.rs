use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpResponse, ResponseError};
use lms::StoreError;
use platform::telemetry::chain;
use serde_json::json;

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
        let status = self.status_code();
        let mut response = HttpResponse::build(status);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            tracing::error!(error = %chain(self), "a request of an administrator failed");
            response.insert_header((RETRY_AFTER, "5"));
        }
        response.content_type("application/problem+json").json(json!({
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "detail": self.to_string(),
        }))
    }
}
