use std::cell::RefCell;
use std::future::{Ready, ready};
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};

use crate::body::{self, BodyError};
use crate::problem;

/// What has not been read of a request, for the guard to keep and the handler to read.
#[derive(Clone)]
pub(super) struct Unread {
    payload: Rc<RefCell<Payload>>,
    time: Duration,
}

impl Unread {
    pub(super) fn new(payload: Payload, time: Duration) -> Self {
        Self { payload: Rc::new(RefCell::new(payload)), time }
    }
}

/// The body of a request, as an argument of a handler.
///
/// Nothing of it is read before the handler says so, which therefore sees first whether the caller may.
pub struct Body {
    request: HttpRequest,
    unread: Unread,
}

impl Body {
    /// Reads it.
    ///
    /// # Errors
    /// When it has more than `limit` bytes, is too slow, or is cut off.
    pub async fn read(self, limit: usize) -> Result<Vec<u8>, BodyError> {
        let mut payload = self.unread.payload.borrow_mut().take();
        let read = body::read(self.request.headers(), &mut payload, limit, self.unread.time).await;
        // What is left stays with the guard until the answer is sent.
        *self.unread.payload.borrow_mut() = payload;
        read
    }
}

impl FromRequest for Body {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let unread = request.extensions().get::<Unread>().cloned();
        let body = unread.map(|unread| Self { request: request.clone(), unread });
        ready(body.ok_or_else(|| {
            let answer = problem::response(StatusCode::INTERNAL_SERVER_ERROR, "the body cannot be read");
            InternalError::from_response("no guard stands before the handler", answer).into()
        }))
    }
}
