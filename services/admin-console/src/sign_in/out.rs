use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;

use crate::http::Visitor;

/// `POST /sign-out`
pub(super) async fn sign_out(visitor: Visitor) -> HttpResponse {
    if let Some(session) = &visitor.session {
        visitor.console.sessions.end(session);
    }
    HttpResponse::SeeOther()
        .insert_header((LOCATION, "/sign-in"))
        .cookie(visitor.cookies().end_session())
        .finish()
}
