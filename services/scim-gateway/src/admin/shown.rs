use actix_web::http::header::CACHE_CONTROL;
use actix_web::{CustomizeResponder, Responder, web};
use serde::Serialize;

/// A view for the administrator's eyes now and for no cache.
pub(super) type Shown<T> = CustomizeResponder<web::Json<T>>;

pub(super) fn shown<T: Serialize>(view: T) -> Shown<T> {
    web::Json(view).customize().insert_header((CACHE_CONTROL, "no-store"))
}
