//! What the handlers of what waits for a person share.

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{CustomizeResponder, HttpResponse, Responder, ResponseError, web};
use lms::casework::{Case, CaseError};
use lms::{LearnerId, Page, StoreError};
use platform::problem;
use platform::telemetry::chain;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::access::AccessProblem;
use super::{DEFAULT_LIMIT, LARGEST_LIMIT};

/// An answer for the administrator's eyes now and for no cache.
pub(super) type Shown<T> = CustomizeResponder<web::Json<T>>;

pub(super) fn shown<T: Serialize>(view: T) -> Shown<T> {
    web::Json(view).customize().insert_header((CACHE_CONTROL, "no-store"))
}

/// A part of a list.
#[derive(Debug, Serialize)]
pub(super) struct CasePage<T, Cursor> {
    items: Vec<T>,
    /// Cursor of the next part; null at the end.
    next: Option<Cursor>,
}

impl<T, Cursor> CasePage<T, Cursor> {
    /// A page of `items`; one that is full may have another after it.
    pub(super) fn new(items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> Cursor) -> Self {
        let is_full = items.len() >= limit as usize;
        let next = items.last().filter(|_| is_full).map(cursor);
        Self { items, next }
    }
}

/// Which part of a list that is numbered, of one learner or of all.
#[derive(Debug, Deserialize)]
pub(super) struct NumberedQuery {
    pub(super) learner: Option<Uuid>,
    cursor: Option<i64>,
    limit: Option<u32>,
}

impl NumberedQuery {
    pub(super) fn page(&self) -> Page<i64> {
        page(self.cursor, self.limit)
    }

    pub(super) fn learner(&self) -> Option<LearnerId> {
        self.learner.map(LearnerId)
    }
}

pub(super) fn page<Id>(after: Option<Id>, limit: Option<u32>) -> Page<Id> {
    Page { after, limit: limit.unwrap_or(DEFAULT_LIMIT).clamp(1, LARGEST_LIMIT) }
}

/// What has not the form of an id names nothing.
pub(super) fn id(text: &str, case: Case) -> Result<Uuid, CaseProblem> {
    text.parse().map_err(|_| CaseProblem::Case(CaseError::NotFound(case)))
}

/// The body as JSON; an empty one is an empty object.
pub(super) fn body<T: DeserializeOwned>(
    bytes: Result<web::Bytes, actix_web::Error>,
) -> Result<T, CaseProblem> {
    let bytes = bytes.map_err(|_| CaseProblem::Unreadable)?;
    let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
    serde_json::from_slice(text).map_err(|_| CaseProblem::Unreadable)
}

/// A body with what an administrator wrote. Without it, the use case says so.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Remark {
    #[serde(alias = "comment")]
    pub(super) reason: String,
}

/// A request about a case was not carried out (RFC 9457).
#[derive(Debug, thiserror::Error)]
pub(super) enum CaseProblem {
    #[error("the body is too large, or is not JSON of the documented form")]
    Unreadable,
    #[error("the query is not as documented")]
    InvalidQuery,
    #[error(transparent)]
    Access(#[from] AccessProblem),
    #[error(transparent)]
    Case(#[from] CaseError),
}

impl From<StoreError> for CaseProblem {
    fn from(error: StoreError) -> Self {
        Self::Case(error.into())
    }
}

impl ResponseError for CaseProblem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Unreadable | Self::InvalidQuery => StatusCode::BAD_REQUEST,
            Self::Access(problem) => problem.status_code(),
            Self::Case(CaseError::NotFound(_)) => StatusCode::NOT_FOUND,
            Self::Case(CaseError::Invalid(_)) => StatusCode::UNPROCESSABLE_ENTITY,
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
        problem::response(status, &self.to_string())
    }
}
