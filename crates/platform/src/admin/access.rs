use std::net::IpAddr;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use administration::{Administrator, AuditLog};

use super::AdminTokens;
use crate::problem;

/// Who is let in, and where their acts are put on record.
#[derive(Clone)]
pub struct AdminAccess {
    /// Tokens signed with the key of the deployment.
    pub tokens: AdminTokens,
    /// The record of acts.
    pub audit: Arc<dyn AuditLog>,
}

/// The caller is no administrator.
#[derive(Debug, thiserror::Error)]
#[error("an administrator's token is needed")]
pub struct Unauthenticated;

impl ResponseError for Unauthenticated {
    fn status_code(&self) -> StatusCode {
        StatusCode::UNAUTHORIZED
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = problem::response(self.status_code(), &self.to_string());
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        response
    }
}

impl AdminAccess {
    /// The administrator whose token stands in the headers.
    pub(super) async fn authenticate(
        &self,
        headers: &HeaderMap,
        address: Option<IpAddr>,
    ) -> Result<Administrator, Unauthenticated> {
        let bearer = bearer(headers).ok_or(Unauthenticated)?;
        let (subject, grants) = self.tokens.verify(bearer).ok_or(Unauthenticated)?;
        Ok(Administrator { subject, grants, address })
    }
}

/// The one bearer token of a request. With two there is no telling who calls.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION);
    let value = values.next().filter(|_| values.next().is_none())?;
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token)
}
