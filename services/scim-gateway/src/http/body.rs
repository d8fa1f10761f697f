use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use actix_web::web;
use serde_json::{Map, Value};

use super::error::RequestError;
use crate::Limits;

/// Reads a body of at most `limit` bytes as one JSON object.
///
/// # Errors
/// 413 for a body over the limit; 408 when it is too slow; 415 for another media type or any content encoding, since
/// decompression would undo the limit.
pub(super) async fn read(
    headers: &HeaderMap,
    payload: &mut web::Payload,
    limit: usize,
    limits: &Limits,
) -> Result<Map<String, Value>, RequestError> {
    check_media_type(headers)?;
    let bytes = platform::body::read(headers, payload, limit, limits.body_time()).await?;
    scim::json::parse(&bytes).map_err(RequestError::Unreadable)
}

/// `application/scim+json` and `application/json` in UTF-8; none at all is taken for the former.
fn check_media_type(headers: &HeaderMap) -> Result<(), RequestError> {
    let encoded = is_encoded(headers);
    let Some(content_type) = headers.get(CONTENT_TYPE) else {
        return if encoded { Err(RequestError::UnsupportedMediaType) } else { Ok(()) };
    };
    let is_json = is_in_utf8(content_type, &["application/scim+json", "application/json"]);
    if is_json && !encoded { Ok(()) } else { Err(RequestError::UnsupportedMediaType) }
}

/// Whether the body is encoded, such as compressed.
pub(super) fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get_all(CONTENT_ENCODING).any(|value| value != "identity")
}

/// Whether a `Content-Type` is one of `media_types`, and no other charset than UTF-8 is named.
pub(super) fn is_in_utf8(content_type: &HeaderValue, media_types: &[&str]) -> bool {
    let text = content_type.to_str().unwrap_or_default().to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    parts.next().is_some_and(|media_type| media_types.contains(&media_type))
        && parts
            .filter_map(|parameter| parameter.strip_prefix("charset="))
            .all(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderName;

    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn json_in_utf8_is_taken() {
        for text in [
            "application/scim+json; charset=utf-8",
            "application/json",
            "APPLICATION/SCIM+JSON;charset=\"UTF-8\"",
        ] {
            assert!(check_media_type(&headers(&[(CONTENT_TYPE, text)])).is_ok(), "{text}");
        }
        assert!(check_media_type(&headers(&[])).is_ok());
    }

    #[test]
    fn anything_else_is_not() {
        for text in ["text/xml", "application/x-www-form-urlencoded", "application/json; charset=utf-16", ""]
        {
            assert!(check_media_type(&headers(&[(CONTENT_TYPE, text)])).is_err(), "{text}");
        }
        assert!(check_media_type(&headers(&[(CONTENT_ENCODING, "gzip")])).is_err());
    }
}
