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
}

/// `POST /sign-in/links`, for programs.
pub(super) async fn issue(visitor: Visitor, request: HttpRequest) -> HttpResponse {
    let Some(token) = bearer(&request) else {
        return problem::response(StatusCode::UNAUTHORIZED, "an administrator's token is needed");
    };
    match visitor.console.api.with(&token).whoami().await {
        Ok(_) => match visitor.console.issue_link(token, visitor.now) {
            Ok(link) => HttpResponse::Created().json(link),
            Err(_) => problem::response(StatusCode::INTERNAL_SERVER_ERROR, "no link can be made now"),
        },
        Err(ApiError::Unauthorized(_)) => {
            problem::response(StatusCode::UNAUTHORIZED, "an administrator's token is needed")
        }
        Err(ApiError::Forbidden(detail)) => problem::response(StatusCode::FORBIDDEN, &detail),
        Err(_) => problem::response(StatusCode::SERVICE_UNAVAILABLE, "the token cannot be checked now"),
    }
}

/// `GET /sign-in/link/{code}`: a button, so that whatever looks at links before people do does not use them up.
pub(super) async fn show(visitor: Visitor, code: web::Path<String>) -> Result<HttpResponse, Failure> {
    if !visitor.console.links.is_good(&code, visitor.now) {
        return Err(Failure::SpentLink);
    }
    answer(&LinkPage { page: visitor.page("link-title"), code: code.into_inner() })
}

/// `POST /sign-in/link/{code}`
pub(super) async fn redeem(visitor: Visitor, code: web::Path<String>) -> Result<HttpResponse, Failure> {
    let token = visitor.console.links.redeem(&code, visitor.now).ok_or(Failure::SpentLink)?;
    let who = visitor.console.api.with(&token).whoami().await?;
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
