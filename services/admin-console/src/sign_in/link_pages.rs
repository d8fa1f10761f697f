//! One-time links: asked for with a token, opened in a browser.

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use platform::problem;
use secrecy::SecretString;

use super::let_in;
use crate::api::ApiError;
use crate::http::{Failure, LocalPath, Page, Visitor, answer};
use crate::session::{SignedIn, Way};

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage {
    page: Page,
    code: String,
    /// As whom they will be signed in.
    subject: String,
}

/// `POST /sign-in/links`, for programs.
pub(super) async fn issue(visitor: Visitor, request: HttpRequest) -> HttpResponse {
    let Some(token) = bearer(&request) else {
        return problem::response(StatusCode::UNAUTHORIZED, "an administrator's token is needed");
    };
    match visitor.console.api.with(&token).whoami().await {
        Ok(who) => match visitor.console.issue_link(token, who.subject, visitor.now) {
            Ok(link) => HttpResponse::Created().json(link),
            Err(_) => problem::response(StatusCode::INTERNAL_SERVER_ERROR, "no link can be made now"),
        },
        Err(ApiError::Unauthorized(_)) => {
            problem::response(StatusCode::UNAUTHORIZED, "an administrator's token is needed")
        }
        Err(ApiError::Forbidden(said)) => problem::response(StatusCode::FORBIDDEN, &said.detail),
        Err(_) => problem::response(StatusCode::SERVICE_UNAVAILABLE, "the token cannot be checked now"),
    }
}

/// `GET /sign-in/link/{code}`: a button, so that whatever looks at links before people do does not use them up.
pub(super) async fn show(visitor: Visitor, code: web::Path<String>) -> Result<HttpResponse, Failure> {
    let link = visitor.console.links.look(&code, visitor.now).ok_or(Failure::SpentLink)?;
    answer(&LinkPage { page: visitor.page("link-title"), code: code.into_inner(), subject: link.subject })
}

/// `POST /sign-in/link/{code}`
pub(super) async fn redeem(visitor: Visitor, code: web::Path<String>) -> Result<HttpResponse, Failure> {
    let links = &visitor.console.links;
    let token = links.look(&code, visitor.now).ok_or(Failure::SpentLink)?.token;
    let who = match visitor.console.api.with(&token).whoami().await {
        Ok(who) => who,
        // Of the link's token, not of a session that the browser has already.
        Err(ApiError::Unauthorized(_)) => return Err(Failure::SpentLink),
        Err(error) => return Err(error.into()),
    };
    // Used up only now: while the gateway is away, a link is not lost. Of several who come at once, one is let in.
    if !links.redeem(&code, visitor.now) {
        return Err(Failure::SpentLink);
    }
    let to = visitor.session.as_ref().and_then(|session| session.take_return()).unwrap_or_default();
    let signed_in = SignedIn { who, token, token_ends: None, way: Way::Link, proven_at: visitor.now };
    let_in(&visitor, signed_in, false, &LocalPath::parse(&to))
}

fn bearer(request: &HttpRequest) -> Option<SecretString> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let value = values.next().filter(|_| values.next().is_none())?;
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.to_owned().into())
}
