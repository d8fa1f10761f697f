//! The way over the OpenID provider and back.

use actix_web::cookie::Cookie;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::DateTime;
use serde::Deserialize;

use super::provider::{Manner, Provider, Vouched};
use super::{address, let_in};
use crate::api::ApiError;
use crate::http::{Failure, LocalPath, Visitor};
use crate::session::{SignedIn, Way};

/// Sign-ins that a browser has under way at most: as many tabs may ask for one at the same moment.
const FLOWS: usize = 8;

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
pub(super) async fn go(
    visitor: Visitor,
    request: HttpRequest,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    let manner = match (wanted.anew, wanted.silent) {
        (true, _) => Manner::Anew,
        (false, true) => Manner::Silent,
        (false, false) => Manner::Asked,
    };
    let to = LocalPath::parse(&wanted.to);
    let provider = provider(&visitor)?;
    let (url, flow) = provider.begin(&to, manner, visitor.now).await?;
    let sealed = provider.flows.seal(&flow).map_err(|_| Failure::Broken)?;
    let mut answer = HttpResponse::SeeOther();
    answer.insert_header((LOCATION, url.as_str())).cookie(visitor.cookies().set_flow(&flow.state, sealed));
    for cookie in superfluous(provider, &visitor, &request) {
        answer.cookie(cookie);
    }
    Ok(answer.finish())
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
    let kept = visitor.cookies().flow(&request, &brought.state).unwrap_or_default();
    let flow = provider.flows.open(&kept, &brought.state, visitor.now).ok_or(Failure::Provider)?;
    let (to, manner, over) = (flow.to(), flow.manner, visitor.cookies().end_flow(&brought.state));
    let Some(code) = brought.code.clone() else {
        // It does not know them any more, or has something to ask.
        if manner == Manner::Silent {
            let mut answer = HttpResponse::SeeOther();
            answer.insert_header((LOCATION, address(to.as_str()))).cookie(over);
            return Ok(answer.finish());
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
    let mut answer = let_in(&visitor, signed_in, manner != Manner::Asked, &to)?;
    answer.add_cookie(&over).map_err(|_| Failure::Broken)?;
    Ok(answer)
}

/// Cookies of flows that are over, and of the oldest ones where a browser with many tabs would hold too many.
fn superfluous(provider: &Provider, visitor: &Visitor, request: &HttpRequest) -> Vec<Cookie<'static>> {
    let mut flows: Vec<_> = visitor.cookies().flows(request);
    flows.sort_by_key(|(_, kept)| std::cmp::Reverse(provider.flows.began(kept, visitor.now)));
    let is_kept = |kept: &str| provider.flows.began(kept, visitor.now).is_some();
    let open = flows.iter().take_while(|(_, kept)| is_kept(kept)).count().min(FLOWS - 1);
    flows.drain(open..).map(|(name, _)| visitor.cookies().end(name)).collect()
}

fn provider(visitor: &Visitor) -> Result<&Provider, Failure> {
    visitor.console.provider.as_ref().ok_or(Failure::NotFound)
}
