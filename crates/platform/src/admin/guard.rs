use std::net::IpAddr;
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, ResponseError, rt};
use administration::{Act, ActOutcome, AuditLog};
use serde_json::Value;
use uuid::Uuid;

use super::body::Unread;
use super::described::{Described, describe};
use super::{AdminAccess, Administrator, Unauthenticated};
use crate::body::close_unless_read;
use crate::problem::NOWHERE;
use crate::telemetry::chain;
use crate::{clock, problem};

/// What is open to whoever reaches the private listener, letter by letter. Everything else needs a token, whatever the
/// router would make of its path.
const OPEN: [&str; 3] = ["/health/live", "/health/ready", "/metrics"];

/// Longest method on record, in characters.
const LONGEST_METHOD: usize = 20;

/// What a handler says of the act that it carried out.
struct ActDetails(Value);

/// The integration that an act turned out to be about, where its address names none.
struct ActIntegration(String);

/// Puts a guard before all that `configure` adds to a private listener, and before what it does not add.
///
/// Behind it handlers find the [`Administrator`]; a request that may change something is on record before its handler
/// runs, and so is its outcome afterwards.
pub fn guarded<F>(access: AdminAccess, configure: F) -> impl Fn(&mut ServiceConfig) + Clone
where
    F: Fn(&mut ServiceConfig) + Clone,
{
    move |service| {
        let access = access.clone();
        let guard = from_fn(move |request, next| guard(access.clone(), request, next));
        let nowhere = web::to(|| async { problem::response(StatusCode::NOT_FOUND, NOWHERE) });
        service.service(web::scope("").default_service(nowhere).configure(configure.clone()).wrap(guard));
    }
}

/// Leaves word of what an act did, for the record of acts. Never a secret, a token or a body of a request.
pub fn leave_details(request: &HttpRequest, details: Value) {
    request.extensions_mut().insert(ActDetails(details));
}

/// Leaves word of the integration that an act was about, where its address names none.
pub fn leave_integration(request: &HttpRequest, slug: &str) {
    request.extensions_mut().insert(ActIntegration(slug.to_owned()));
}

async fn guard(
    access: AdminAccess,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let unread = Unread::new(request.take_payload(), access.body_time);
    request.extensions_mut().insert(unread.clone());
    let mut answer = let_in(access, request, next).await?.map_body(|_, body| close_unless_read(body, unread));
    add_common(answer.headers_mut());
    Ok(answer)
}

/// What every answer carries: it is for the caller's eyes now, and what it says it is.
fn add_common(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

async fn let_in(
    access: AdminAccess,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if OPEN.contains(&request.path()) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let address = request.peer_addr().map(|peer| peer.ip());
    let administrator = match access.authenticate(request.headers(), address, clock::now()).await {
        Ok(administrator) => administrator,
        Err(refused) => {
            log_refused(&request, address, &refused);
            return Ok(request.into_response(refused.error_response()));
        }
    };
    // No name and no word to look for has a NUL, which PostgreSQL neither stores nor compares.
    if request.uri().to_string().contains("%00") {
        return Ok(
            request.into_response(problem::response(StatusCode::NOT_FOUND, "nothing has a NUL in its name"))
        );
    }
    let method = request.method().clone();
    let described = describe(&request);
    let subject = administrator.subject.clone();
    let is_read = match method {
        Method::GET | Method::HEAD | Method::OPTIONS => true,
        Method::POST => access.reads.contains(&described.route.as_str()),
        _ => false,
    };
    let answer = if is_read {
        answer(administrator, request, next).await
    } else {
        let act = act(&administrator, &method, &described);
        let carried_out = recorded(access.audit, act, administrator, request, next);
        // A task of its own: a caller who goes away must not leave an act half done and without an outcome.
        rt::spawn(carried_out).await.unwrap_or_else(|error| Err(broken(error)))
    };
    log_answered(&subject, &method, &described, status(&answer));
    answer
}

/// Carries a request out between the two entries in the record of acts.
async fn recorded(
    audit: Arc<dyn AuditLog>,
    act: Act,
    administrator: administration::Administrator,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if let Err(error) = audit.begin(&act).await {
        tracing::error!(error = %chain(&error), "an act was not carried out: it could not be put on record");
        let detail = "the record of acts is not available; nothing was done";
        return Ok(request.into_response(problem::response(StatusCode::SERVICE_UNAVAILABLE, detail)));
    }
    let answer = answer(administrator, request, next).await;
    if let Some(ActIntegration(slug)) = left(&answer)
        && let Err(error) = audit.assign(act.id, &slug).await
    {
        tracing::error!(act = %act.id, error = %chain(&error), "the record does not say which integration was made");
    }
    let outcome = outcome(&answer);
    if let Err(error) = audit.finish(act.id, &outcome).await {
        tracing::error!(act = %act.id, error = %chain(&error), "the outcome of an act could not be put on record");
    }
    answer
}

async fn answer(
    administrator: administration::Administrator,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if administrator.grants.is_empty() {
        return Ok(request.into_response(no_role()));
    }
    request.extensions_mut().insert(Administrator(administrator));
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// The act's task panicked.
fn broken(error: rt::task::JoinError) -> Error {
    tracing::error!(error = %chain(&error), "an act broke off");
    let detail = "the request broke off; how far it was carried out is not known";
    let mut answer = problem::response(StatusCode::INTERNAL_SERVER_ERROR, detail);
    add_common(answer.headers_mut());
    InternalError::from_response(error, answer).into()
}

fn no_role() -> HttpResponse {
    problem::response(StatusCode::FORBIDDEN, "the token grants no role: its claim of roles names none")
}

fn act(administrator: &administration::Administrator, method: &Method, described: &Described) -> Act {
    Act {
        id: Uuid::new_v4(),
        at: clock::now(),
        subject: administrator.subject.clone(),
        address: administrator.address,
        method: method.as_str().chars().take(LONGEST_METHOD).collect(),
        route: described.route.clone(),
        integration: described.integration.clone(),
        target: described.target.clone(),
    }
}

fn status(answer: &Result<ServiceResponse<BoxBody>, Error>) -> StatusCode {
    match answer {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    }
}

/// How an act ended, with what its handler left.
fn outcome(answer: &Result<ServiceResponse<BoxBody>, Error>) -> ActOutcome {
    let details = left::<ActDetails>(answer).map(|ActDetails(details)| details).unwrap_or_default();
    ActOutcome { status: status(answer).as_u16(), details }
}

/// What the handler left, if it did.
fn left<T: 'static>(answer: &Result<ServiceResponse<BoxBody>, Error>) -> Option<T> {
    answer.as_ref().ok()?.request().extensions_mut().remove()
}

fn log_refused(request: &ServiceRequest, address: Option<IpAddr>, refused: &Unauthenticated) {
    let (expected, received) = refused.values().unzip();
    tracing::warn!(
        error = %chain(refused),
        expected,
        received,
        method = %request.method(),
        route = describe(request).route,
        address = address.map(tracing::field::display),
        "a caller of the administrators' API was refused"
    );
}

fn log_answered(subject: &str, method: &Method, described: &Described, status: StatusCode) {
    tracing::info!(
        administrator = subject,
        method = %method,
        route = described.route,
        integration = described.integration,
        target = described.target,
        status = status.as_u16(),
        "a request of an administrator was answered"
    );
}

#[cfg(test)]
mod tests;
