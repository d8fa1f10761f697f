use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use directory::{Integration, IntegrationSlug, admin};
use platform::clock;

use super::endpoint::{Document, Endpoint};
use super::error::RequestError;
use crate::Gateway;

/// Finds the integration that the request's bearer token opens (RFC 6750 section 2.1).
///
/// # Errors
/// 401 without a token, with several, or with one that does not open this address.
pub(super) async fn authenticate(
    gateway: &Gateway,
    request: &HttpRequest,
) -> Result<Integration, RequestError> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let (Some(header), None) = (headers.next(), headers.next()) else {
        return Err(RequestError::NoToken);
    };
    let (scheme, bearer) =
        header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(RequestError::NoToken)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(RequestError::NoToken);
    }
    let slug = request.match_info().get("integration").unwrap_or_default();
    Ok(admin::authenticate(gateway.integrations.as_ref(), slug, bearer.trim(), clock::now()).await?)
}

/// The integration's name when the request asks, without any credentials, for what everybody may know: how to
/// authenticate (RFC 7644 section 4). Whether there is such an integration is not looked up.
pub(super) fn asks_how(request: &HttpRequest) -> Option<IntegrationSlug> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let endpoint = Endpoint::of_request(request).ok()?;
    if !reads
        || request.headers().contains_key(AUTHORIZATION)
        || endpoint != Endpoint::Discovery(Document::ServiceProviderConfig)
    {
        return None;
    }
    IntegrationSlug::parse(request.match_info().get("integration")?).ok()
}
