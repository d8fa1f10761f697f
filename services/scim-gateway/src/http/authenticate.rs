use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use directory::{Entrance, IntegrationSlug, SignInError};

use super::endpoint::{Document, Endpoint};
use super::error::RequestError;
use super::visit::Visit;
use crate::Gateway;
use crate::sign_in::Shown;

/// Finds out what the request's bearer token (RFC 6750 section 2.1) opens, and counts its use.
///
/// # Errors
/// 403 without TLS; 401 without a token, with several, or with one that does not open this address; 429 for an address with too many of
/// such. A token that is good is never counted against an address: Entra's addresses are those of many tenants.
pub(super) async fn authenticate(
    gateway: &Gateway,
    request: &HttpRequest,
    visit: &mut Visit,
) -> Result<Entrance, RequestError> {
    let slug = request.match_info().get("integration").unwrap_or_default();
    let shown = match bearer(request) {
        _ if visit.client.is_plain => Err(RequestError::PlainHttp),
        Some(bearer) => Shown::parse(bearer).map_err(|refusal| SignInError::from(refusal).into()),
        None => Err(RequestError::NoToken),
    };
    let shown = match shown {
        Ok(shown) => shown,
        Err(error) => {
            // First counted, then looked up: such a flood takes nothing of the database's time.
            gateway.throttle.refusal(visit.client.address)?;
            visit.registration = gateway.sign_in.asked_in_vain(slug, visit.client.address, visit.at).await;
            return Err(error);
        }
    };
    let attempt = gateway.sign_in.attempt(slug, &shown, visit.client.address, visit.at).await;
    let entrance = match attempt.outcome {
        Ok(entrance) => entrance,
        Err(error) => {
            match (&error, &attempt.registration) {
                (SignInError::Refused(_), _) => gateway.throttle.refusal(visit.client.address)?,
                (SignInError::Keys(_), _) => gateway.throttle.unchecked(visit.client.address)?,
                (SignInError::Paused(_) | SignInError::Disabled(_), Some(known)) => {
                    gateway.throttle.request(&known.integration)?;
                }
                _ => {}
            }
            visit.registration = attempt.registration;
            return Err(error.into());
        }
    };
    visit.registration = attempt.registration;
    visit.credential = Some(entrance.credential.clone());
    gateway.throttle.request(&entrance.integration)?;
    gateway.usage.count(&entrance.credential, visit.client.use_at(visit.at));
    Ok(entrance)
}

/// The one bearer token of a request.
fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let (Some(header), None) = (headers.next(), headers.next()) else { return None };
    let (scheme, bearer) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| bearer.trim())
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
