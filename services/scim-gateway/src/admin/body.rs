use platform::admin::{Body, input};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::LONGEST_BODY_BYTES;
use super::problem::Problem;

/// Reads a JSON object.
pub(super) async fn object(body: Body) -> Result<Map<String, Value>, Problem> {
    parse(&body.read(LONGEST_BODY_BYTES).await?)
}

/// Reads a JSON object whose members are those of `T`.
pub(super) async fn read<T: DeserializeOwned>(body: Body) -> Result<T, Problem> {
    Ok(input::value(Value::Object(object(body).await?))?)
}

/// As [`read`], where nothing needs to be said.
pub(super) async fn read_or_default<T: DeserializeOwned + Default>(body: Body) -> Result<T, Problem> {
    let bytes = body.read(LONGEST_BODY_BYTES).await?;
    if bytes.is_empty() {
        return Ok(T::default());
    }
    Ok(input::value(Value::Object(parse(&bytes)?))?)
}

fn parse(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    scim::json::parse(bytes).map_err(|error| Problem::Malformed(error.detail))
}
