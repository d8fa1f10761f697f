//! Errors of the administrators' API (RFC 9457).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER};
use serde_json::json;

/// Seconds after which a caller may come back to a service that is not available.
const RETRY_AFTER_SECONDS: &str = "5";

/// Answers `application/problem+json`. `detail` is for the caller: it must not name a cause that is for the log.
pub fn response(status: StatusCode, detail: &str) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response.insert_header((CACHE_CONTROL, "no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((RETRY_AFTER, RETRY_AFTER_SECONDS));
    }
    response.content_type("application/problem+json").json(json!({
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
    }))
}
