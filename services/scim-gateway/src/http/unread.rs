use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};

/// Keeps what is left of a request's body until the answer has been sent.
///
/// The framework reads on, without a limit of size or time, when a body in chunks was dropped unread, in order to use the
/// connection again. While somebody holds it, the connection is closed after the answer instead.
pub(super) fn close_unless_read(response: HttpResponse, request_body: web::Payload) -> HttpResponse {
    response.map_body(|_, body| BoxBody::new(Holding { body, _request_body: request_body }))
}

struct Holding {
    body: BoxBody,
    _request_body: web::Payload,
}

impl MessageBody for Holding {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(cx)
    }
}
