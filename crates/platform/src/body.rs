//! Bodies of requests, read within a limit of size and a limit of time.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap};
use actix_web::web::Bytes;
use futures::{Stream, StreamExt};

/// A body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It is longer than it may be.
    #[error("the body has more than {limit} bytes")]
    TooLarge {
        /// How many bytes it may have.
        limit: usize,
    },
    /// It did not come in time.
    #[error("the body took too long to arrive")]
    TooSlow,
    /// The connection ended in the middle of it, or its framing is broken.
    #[error("the body was cut off")]
    CutOff,
}

impl BodyError {
    /// The status of the answer to whoever sent it.
    pub fn status(self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::CutOff => StatusCode::BAD_REQUEST,
        }
    }
}

/// Reads a body of at most `limit` bytes, which has to arrive within `time`.
///
/// # Errors
/// [`BodyError::TooLarge`] before anything is read when the announced length is over the limit, and as soon as the limit
/// is crossed otherwise.
pub async fn read(
    headers: &HeaderMap,
    payload: &mut (impl Stream<Item = Result<Bytes, PayloadError>> + Unpin),
    limit: usize,
    time: Duration,
) -> Result<Vec<u8>, BodyError> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(BodyError::TooLarge { limit });
    }
    tokio::time::timeout(time, collect(payload, limit)).await.unwrap_or(Err(BodyError::TooSlow))
}

async fn collect(
    payload: &mut (impl Stream<Item = Result<Bytes, PayloadError>> + Unpin),
    limit: usize,
) -> Result<Vec<u8>, BodyError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| BodyError::CutOff)?;
        if bytes.len() + chunk.len() > limit {
            return Err(BodyError::TooLarge { limit });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Keeps what is left of a request's body until the answer has been sent.
///
/// The framework reads on, without a limit of size or time, when a body in chunks was dropped unread, in order to use the
/// connection again. While somebody holds it, the connection is closed after the answer instead.
pub fn close_unless_read(answer: impl MessageBody + 'static, request_body: impl Unpin + 'static) -> BoxBody {
    BoxBody::new(Holding { answer: answer.boxed(), _request_body: request_body })
}

struct Holding<P> {
    answer: BoxBody,
    _request_body: P,
}

impl<P: Unpin> MessageBody for Holding<P> {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.answer.size()
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().answer).poll_next(cx)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use futures::stream;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn parts(parts: &[&'static str]) -> impl Stream<Item = Result<Bytes, PayloadError>> + Unpin + use<> {
        let parts: Vec<_> = parts.iter().map(|part| Ok(Bytes::from_static(part.as_bytes()))).collect();
        stream::iter(parts)
    }

    #[tokio::test]
    async fn a_body_is_read_whole_or_not_at_all() {
        let none = HeaderMap::new();
        assert_eq!(read(&none, &mut parts(&["ab", "cd"]), 4, SECOND).await, Ok(b"abcd".to_vec()));
        assert_eq!(read(&none, &mut parts(&[]), 4, SECOND).await, Ok(Vec::new()));
        let large = Err(BodyError::TooLarge { limit: 3 });
        assert_eq!(read(&none, &mut parts(&["ab", "cd"]), 3, SECOND).await, large);
        let mut announced = HeaderMap::new();
        announced.insert(CONTENT_LENGTH, HeaderValue::from_static("4"));
        let mut unread = stream::poll_fn(|_| unreachable!("nothing is read"));
        assert_eq!(read(&announced, &mut unread, 3, SECOND).await, large);
        let mut broken = parts(&["ab"]).chain(stream::iter([Err(PayloadError::EncodingCorrupted)]));
        assert_eq!(read(&none, &mut broken, 4, SECOND).await, Err(BodyError::CutOff));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_end_is_given_up() {
        let mut dribbling = parts(&["a"]).chain(stream::pending());
        assert_eq!(read(&HeaderMap::new(), &mut dribbling, 4, SECOND).await, Err(BodyError::TooSlow));
    }
}
