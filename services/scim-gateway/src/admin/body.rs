use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::problem::Problem;

/// The body as it came, or why it did not.
pub(super) type Body = Result<Bytes, actix_web::Error>;

/// Reads a JSON object.
pub(super) fn object(body: Body) -> Result<Map<String, Value>, Problem> {
    let bytes = body.map_err(|error| match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        _ => Problem::Malformed("the body was cut off".to_owned()),
    })?;
    scim::json::parse(&bytes).map_err(|error| Problem::Malformed(error.detail))
}

/// Reads a JSON object whose members are those of `T`.
pub(super) fn read<T: DeserializeOwned>(body: Body) -> Result<T, Problem> {
    let object = Value::Object(object(body)?);
    serde_json::from_value(object).map_err(|error| Problem::Malformed(format!("the body: {error}")))
}

/// As [`read`], where nothing needs to be said.
pub(super) fn read_or_default<T: DeserializeOwned + Default>(body: Body) -> Result<T, Problem> {
    match &body {
        Ok(bytes) if bytes.is_empty() => Ok(T::default()),
        _ => read(body),
    }
}
