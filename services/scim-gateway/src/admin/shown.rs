use actix_web::{CustomizeResponder, Responder, web};
use serde::Serialize;

/// A view as JSON, to which a handler may add a status and headers.
pub(super) type Shown<T> = CustomizeResponder<web::Json<T>>;

pub(super) fn shown<T: Serialize>(view: T) -> Shown<T> {
    web::Json(view).customize()
}
