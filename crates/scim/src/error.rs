//! The one error of this crate: what a SCIM client is told (RFC 7644 §3.12).

use serde_json::{Map, Value, json};

use crate::urn;

/// Longest piece of client input that an error detail repeats, in characters.
const MAX_ECHO_CHARS: usize = 64;

/// A refusal in the words of the protocol: status, `scimType` and a sentence for the client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ScimError {
    /// HTTP status code.
    pub status: u16,
    /// Detail code, where RFC 7644 table 9 defines one.
    pub scim_type: Option<ScimType>,
    /// Sentence for the client; repeats at most 64 characters of its input.
    pub detail: String,
}

/// Detail codes of RFC 7644 §3.12, table 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScimType {
    /// The filter cannot be read, or compares what cannot be compared.
    InvalidFilter,
    /// The query would yield more than the server is willing to work through.
    TooMany,
    /// A value that must be unique is taken.
    Uniqueness,
    /// The attribute may not be changed, or not in this way.
    Mutability,
    /// The body is not the JSON or the message structure asked for.
    InvalidSyntax,
    /// A PATCH path cannot be read.
    InvalidPath,
    /// A PATCH operation points at nothing.
    NoTarget,
    /// A value is missing or does not fit its attribute.
    InvalidValue,
    /// The protocol version in the URL is not supported.
    InvalidVers,
    /// The request would put sensitive data into a URL.
    Sensitive,
    /// The cursor is none of ours, or belongs to another query (RFC 9865 §2.1).
    InvalidCursor,
    /// The cursor was given out too long ago.
    ExpiredCursor,
    /// The page size of a query with a cursor cannot be read.
    InvalidCount,
}

impl ScimType {
    /// Returns the code as the protocol spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }

    const fn status(self) -> u16 {
        match self {
            Self::Uniqueness => 409,
            Self::Sensitive => 403,
            Self::InvalidFilter
            | Self::TooMany
            | Self::Mutability
            | Self::InvalidSyntax
            | Self::InvalidPath
            | Self::NoTarget
            | Self::InvalidValue
            | Self::InvalidVers
            | Self::InvalidCursor
            | Self::ExpiredCursor
            | Self::InvalidCount => 400,
        }
    }
}

impl ScimError {
    /// Makes an error that has a status but no `scimType`, such as 404 or 412.
    pub fn plain(status: u16, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into() }
    }

    /// Makes an error with a `scimType`, which also decides the status.
    pub fn typed(scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self { status: scim_type.status(), scim_type: Some(scim_type), detail: detail.into() }
    }

    /// Makes a 400 `invalidFilter`.
    pub fn invalid_filter(detail: impl Into<String>) -> Self {
        Self::typed(ScimType::InvalidFilter, detail)
    }

    /// Makes a 400 `tooMany`.
    pub fn too_many(detail: impl Into<String>) -> Self {
        Self::typed(ScimType::TooMany, detail)
    }

    /// Makes a 409 `uniqueness`.
    pub fn uniqueness(detail: impl Into<String>) -> Self {
        Self::typed(ScimType::Uniqueness, detail)
    }

    /// Makes a 400 `mutability`.
    pub fn mutability(detail: impl Into<String>) -> Self {
        Self::typed(ScimType::Mutability, detail)
    }

    /// Makes a 400 `invalidSyntax`.
    pub fn invalid_syntax(detail: impl Into<String>) -> Self {
        Self::typed(ScimType::InvalidSyntax, detail)
    }

    /// Makes a 400 `invalidPath`.
    pub fn invalid_path(detail: impl Into<String>) -> Self {
        Self::typed(ScimType::InvalidPath, detail)
    }

    /// Makes a 400 `noTarget`.
    pub fn no_target(detail: impl Into<String>) -> Self {
        Self::typed(ScimType::NoTarget, detail)
    }

    /// Makes a 400 `invalidValue`.
    pub fn invalid_value(detail: impl Into<String>) -> Self {
        Self::typed(ScimType::InvalidValue, detail)
    }

    /// Makes a 400 `invalidVers`.
    pub fn invalid_vers(detail: impl Into<String>) -> Self {
        Self::typed(ScimType::InvalidVers, detail)
    }

    /// Makes a 403 `sensitive`.
    pub fn sensitive(detail: impl Into<String>) -> Self {
        Self::typed(ScimType::Sensitive, detail)
    }

    /// Makes a 404 for a resource or endpoint that is not there.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::plain(404, detail)
    }

    /// Makes a 413; the detail should name the limit.
    pub fn payload_too_large(detail: impl Into<String>) -> Self {
        Self::plain(413, detail)
    }

    /// Returns the error message as a JSON document, with `status` as a string.
    pub fn to_json(&self) -> Value {
        let mut body = Map::new();
        body.insert("schemas".to_owned(), json!([urn::ERROR]));
        body.insert("status".to_owned(), json!(self.status.to_string()));
        if let Some(scim_type) = self.scim_type {
            body.insert("scimType".to_owned(), json!(scim_type.as_str()));
        }
        body.insert("detail".to_owned(), json!(self.detail));
        Value::Object(body)
    }

    /// Says where the error arose, in front of what went wrong.
    pub(crate) fn within(self, place: &str) -> Self {
        Self { detail: format!("{place}: {}", self.detail), ..self }
    }
}

/// Quotes a name of the client for a detail: shortened, and with control characters escaped. Never a value: that may be
/// somebody's name, and details stand in logs.
pub(crate) fn excerpt(input: &str) -> String {
    let escaped: String = input.chars().take(MAX_ECHO_CHARS + 1).flat_map(char::escape_debug).collect();
    if escaped.chars().count() <= MAX_ECHO_CHARS {
        return format!("'{escaped}'");
    }
    let kept: String = escaped.chars().take(MAX_ECHO_CHARS - 1).collect();
    format!("'{kept}…'")
}

/// As [`excerpt`], for a path: its values, which may be those of people, are left out.
pub(crate) fn path_excerpt(path: &str) -> String {
    let parts = path.split('"').enumerate();
    let names: Vec<&str> = parts.map(|(n, part)| if n % 2 == 0 { part } else { "…" }).collect();
    excerpt(&names.join("\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_a_path_are_not_echoed() {
        assert_eq!(
            path_excerpt("emails[value eq \"ana@x.example\"].kind"),
            "'emails[value eq \\\"…\\\"].kind'"
        );
        assert_eq!(path_excerpt("emails[value eq \"ana"), "'emails[value eq \\\"…'");
    }

    #[test]
    fn body_has_the_status_as_text() {
        let body = ScimError::uniqueness("userName is taken.").to_json();
        assert_eq!(
            body,
            json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                "status": "409",
                "scimType": "uniqueness",
                "detail": "userName is taken."
            })
        );
    }

    #[test]
    fn error_without_scim_type_has_no_such_member() {
        assert_eq!(ScimError::not_found("No such user.").to_json().get("scimType"), None);
    }

    #[test]
    fn sensitive_is_403_and_others_400() {
        assert_eq!(ScimError::sensitive("x").status, 403);
        assert_eq!(ScimError::invalid_filter("x").status, 400);
    }

    #[test]
    fn long_input_is_echoed_in_part() {
        let echoed = excerpt(&"x".repeat(10_000));
        assert_eq!(echoed.chars().count(), 66);
        assert!(echoed.ends_with("…'"));
    }

    #[test]
    fn control_characters_are_never_echoed_raw() {
        assert_eq!(excerpt("a\r\nb"), r"'a\r\nb'");
    }
}
