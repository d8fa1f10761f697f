use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::Unauthenticated;
use super::access::NO_BEARER;

/// The administrator who calls, as an argument of a handler.
///
/// It is there because [`guarded`](super::guarded) checked the token; a handler that no guard stands before answers 401.
#[derive(Clone, Debug)]
pub struct Administrator(pub(super) administration::Administrator);

impl Deref for Administrator {
    type Target = administration::Administrator;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl FromRequest for Administrator {
    type Error = Unauthenticated;
    type Future = Ready<Result<Self, Unauthenticated>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let checked = request.extensions().get::<Self>().cloned();
        ready(checked.ok_or(Unauthenticated::Token(NO_BEARER)))
    }
}
