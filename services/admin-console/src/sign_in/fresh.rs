use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::http::{Failure, LocalPath, Visit};

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    to: String,
}

/// `GET /sign-in/fresh?to=`: on to a page that needs a fresh proof, by the way of one where it is missing.
pub(super) async fn ask(visit: Visit, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    visit.require_fresh()?;
    let to = LocalPath::parse(&wanted.to);
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, to.as_str())).finish())
}
