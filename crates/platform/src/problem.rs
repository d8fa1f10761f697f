//! Errors of the administrators' API (RFC 9457).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use administration::{NotAllowed, Role};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// What is said of an address that no route fits. Never another text: whoever is newer than the service that says so
/// knows by it that the service has to be upgraded.
pub const NOWHERE: &str = "there is nothing at this address";

/// Seconds after which a caller may come back to a service that is not available.
const RETRY_AFTER_SECONDS: &str = "5";

/// Answers `application/problem+json`. `detail` is for the caller: it must not name a cause that is for the log.
pub fn response(status: StatusCode, detail: &str) -> HttpResponse {
    answer(status, members(status, detail))
}

/// As [`response`], with everything that is wrong in the member `errors`.
pub fn response_with_errors(status: StatusCode, detail: &str, errors: impl Serialize) -> HttpResponse {
    let mut members = members(status, detail);
    members.insert("errors".to_owned(), serde_json::to_value(errors).unwrap_or_default());
    answer(status, members)
}

/// What is wrong, in words for programs: unlike those of `detail` they stay as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// What stands against it, such as `slug_taken`.
    pub code: Option<&'static str>,
    /// The member of the body that cannot be used.
    pub field: Option<&'static str>,
}

/// As [`response`], with the members `code` and `field` where they are known.
pub fn response_with_mark(status: StatusCode, detail: &str, mark: Mark) -> HttpResponse {
    let mut members = members(status, detail);
    for (name, word) in [("code", mark.code), ("field", mark.field)] {
        members.extend(word.map(|word| (name.to_owned(), json!(word))));
    }
    answer(status, members)
}

/// Answers that an administrator may not do it. An integration in a portal where there is no role is not told from one
/// that does not exist, whose answer must be this one too.
pub fn not_allowed(refusal: NotAllowed) -> HttpResponse {
    let status = match refusal {
        NotAllowed::Unseen => StatusCode::NOT_FOUND,
        NotAllowed::Lacks { .. } => StatusCode::FORBIDDEN,
    };
    response_with_mark(status, &refusal.to_string(), Mark::of(refusal))
}

impl Mark {
    /// That of somebody whose role is too low.
    pub fn of(refusal: NotAllowed) -> Self {
        let code = match refusal {
            NotAllowed::Unseen => None,
            NotAllowed::Lacks { needed: Role::Viewer } => Some("lacks_viewer"),
            NotAllowed::Lacks { needed: Role::Operator } => Some("lacks_operator"),
            NotAllowed::Lacks { needed: Role::Owner } => Some("lacks_owner"),
        };
        Self { code, field: None }
    }
}

fn members(status: StatusCode, detail: &str) -> Map<String, Value> {
    let members = [
        ("title", json!(status.canonical_reason())),
        ("status", json!(status.as_u16())),
        ("detail", json!(detail)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn answer(status: StatusCode, members: Map<String, Value>) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((RETRY_AFTER, RETRY_AFTER_SECONDS));
    }
    response.content_type("application/problem+json").json(members)
}
