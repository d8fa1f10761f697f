//! The way over the OpenID provider and back.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::DateTime;
use serde::Deserialize;

use super::provider::{Manner, Provider, Vouched};
use super::{address, let_in};
use crate::api::ApiError;
use crate::http::{Failure, LocalPath, Visitor};
use crate::session::{SignedIn, Way};

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    to: String,
    #[serde(default)]
    silent: bool,
    #[serde(default)]
    anew: bool,
}

/// `GET /sign-in/provider?to=&silent=&anew=`: not a POST, whose redirection to the provider `form-action` would stop.
pub(super) async fn go(visitor: Visitor, wanted: web::Query<Wanted>) -> Result<HttpResponse, Failure> {
    let manner = match (wanted.anew, wanted.silent) {
        (true, _) => Manner::Anew,
        (false, true) => Manner::Silent,
        (false, false) => Manner::Asked,
    };
    let to = LocalPath::parse(&wanted.to);
    let (url, browser) = provider(&visitor)?.begin(to, manner, visitor.now).await?;
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, url.as_str()))
        .cookie(visitor.cookies().set_flow(browser))
        .finish())
}

#[derive(Deserialize)]
pub(super) struct Brought {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
}

/// `GET /sign-in/callback?state=&code=`, or `&error=`
pub(super) async fn back(
    visitor: Visitor,
    request: HttpRequest,
    brought: web::Query<Brought>,
) -> Result<HttpResponse, Failure> {
    let provider = provider(&visitor)?;
    let browser = visitor.cookies().flow(&request).unwrap_or_default();
    let flow = provider.flows.take(&brought.state, &browser, visitor.now).ok_or(Failure::Provider)?;
    let (to, manner) = (flow.to.clone(), flow.manner);
    let Some(code) = brought.code.clone() else {
        // It does not know them any more, or has something to ask.
        if manner == Manner::Silent {
            return Ok(HttpResponse::SeeOther().insert_header((LOCATION, address(to.as_str()))).finish());
        }
        tracing::warn!(error = brought.error.as_deref().unwrap_or_default(), "the OpenID provider refused");
        return Err(Failure::Provider);
    };
    let Vouched { token, ends, proven_at } = provider.exchange(flow, code, visitor.now).await?;
    let who = match visitor.console.api.with(&token).whoami().await {
        Ok(who) => who,
        // Not to be sent to the provider again, which would vouch for them once more.
        Err(ApiError::Unauthorized(service)) => return Err(Failure::NotTaken(service)),
        Err(error) => return Err(error.into()),
    };
    let proven_at = proven_at.unwrap_or(DateTime::UNIX_EPOCH);
    let signed_in = SignedIn { who, token, token_ends: Some(ends), way: Way::Oidc, proven_at };
    let_in(&visitor, signed_in, manner != Manner::Asked, &to)
}

fn provider(visitor: &Visitor) -> Result<&Provider, Failure> {
    visitor.console.provider.as_ref().ok_or(Failure::NotFound)
}
