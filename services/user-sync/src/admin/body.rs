use actix_web::http::StatusCode;
use actix_web::{CustomizeResponder, Responder, web};
use platform::admin::{Body, input};
use platform::body::BodyError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Longest body of a request, in bytes.
const LONGEST_BODY_BYTES: usize = 256 * 1024;

/// A view as JSON, to which a handler may add a status and headers.
pub(super) type Shown<T> = CustomizeResponder<web::Json<T>>;

pub(super) fn shown<T: Serialize>(view: T) -> Shown<T> {
    web::Json(view).customize()
}

/// The body of a request cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyProblem {
    #[error(transparent)]
    NotRead(#[from] BodyError),
    #[error(transparent)]
    Mistake(#[from] input::Mistake),
}

impl BodyProblem {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::NotRead(error) => error.status(),
            Self::Mistake(_) => StatusCode::BAD_REQUEST,
        }
    }
}

/// Reads a JSON object whose members are those of `T`.
pub(super) async fn read_body<T: DeserializeOwned>(body: Body) -> Result<T, BodyProblem> {
    Ok(input::json(&body.read(LONGEST_BODY_BYTES).await?)?)
}

/// As [`read_body`], where an empty body is an empty object.
pub(super) async fn read_or_empty<T: DeserializeOwned>(body: Body) -> Result<T, BodyProblem> {
    let bytes = body.read(LONGEST_BODY_BYTES).await?;
    let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
    Ok(input::json(text)?)
}
