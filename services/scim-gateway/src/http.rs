//! The public listener: SCIM over HTTP.

mod answer;
mod asked;
mod authenticate;
mod body;
mod bulk;
mod call;
mod client;
mod discovery;
mod endpoint;
mod error;
mod groups;
mod noted;
mod oauth;
mod operation;
mod parameters;
mod preconditions;
mod search;
mod search_request;
mod users;
mod visit;

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use directory::{Caller, CredentialId, Entrance, Integration, IntegrationSlug, LoggedRequest};
use opentelemetry::KeyValue;
use platform::body::close_unless_read;
use platform::clock;
use platform::telemetry::RequestSpan;
use serde_json::{Map, Value};
use tokio::sync::{AcquireError, OwnedSemaphorePermit};
use uuid::Uuid;

use self::answer::Answer;
use self::call::Call;
use self::client::Client;
use self::endpoint::Endpoint;
use self::error::RequestError;
use self::parameters::Parameters;
use self::preconditions::Preconditions;
use self::visit::{Aim, Visit};
use crate::Gateway;
use crate::metrics::method_label;

/// Longest wait for a place among the requests that are served.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Adds the SCIM routes to a public listener.
pub fn configure(gateway: Gateway) -> impl Fn(&mut web::ServiceConfig) + Clone {
    let gateway = web::Data::new(gateway);
    move |service| {
        service
            .app_data(gateway.clone())
            .route("/integrations/{integration}/scim{path:.*}", web::route().to(serve))
            .route("/integrations/{integration}/oauth2/token", web::route().to(oauth::token))
            // Where no endpoint is: its administrators are to find in the log that the Tenant URL is mistyped.
            .route("/integrations/{integration}{elsewhere:.*}", web::route().to(serve))
            .default_service(web::route().to(nowhere));
    }
}

async fn serve(request: HttpRequest, mut payload: web::Payload, gateway: web::Data<Gateway>) -> HttpResponse {
    let mut visit = visit(&request, &gateway);
    let request_id = visit.request_id;
    let outcome = answer(&request, &mut payload, &gateway, &mut visit).await;
    let ignored_attributes = outcome.as_ref().ok().and_then(Answer::ignored_attributes);
    let refused = outcome.as_ref().err();
    if let Some(refused) = refused.and_then(RequestError::counted) {
        gateway.metrics.refused(refused);
    }
    let entry = visit.entry(outcome.as_ref().map_or_else(RequestError::status, Answer::status_code), refused);
    note(&gateway, &visit, entry);
    let refusal = refused.map(|error| error.reason().to_owned());
    let response = match outcome {
        Ok(answer) => answer.into_response(request_id),
        Err(error) => error.into_response(request_id),
    };
    told(&gateway, request.method(), &mut visit, response.status());
    // What stands in the address is anybody's until it has the form of a slug.
    let slug = request.match_info().get("integration").and_then(|slug| IntegrationSlug::parse(slug).ok());
    tracing::info!(
        request.id = %request_id,
        http.method = %request.method(),
        http.status = response.status().as_u16(),
        integration = slug.as_ref().map(IntegrationSlug::as_str),
        credential.id = visit.credential.as_ref().map(CredentialId::as_str),
        client.address = visit.client.address.map(tracing::field::display),
        ignored_attributes,
        refusal,
        "request answered"
    );
    response.map_body(|_, body| close_unless_read(body, payload))
}

fn visit(request: &HttpRequest, gateway: &Gateway) -> Visit {
    // Its first digits are the time, so that neighbours in time are neighbours in an index.
    let mut visit = Visit::new(Client::of(request, &gateway.trusted_proxies), Uuid::now_v7(), clock::now());
    visit.span = gateway.traces.request(request.method(), traceparent(request));
    visit
}

/// Writes the entry of a request, if there is one and room for it.
fn note(gateway: &Gateway, visit: &Visit, entry: Option<LoggedRequest>) {
    let (Some(entry), Some(known)) = (entry, &visit.registration) else { return };
    // What a refused caller says to have proves nothing.
    if visit.credential.is_some() || gateway.throttle.has_room_for_stranger(&known.integration) {
        gateway.journal.note(entry);
    }
}

/// Counts a request that was answered, and ends its span.
fn told(gateway: &Gateway, method: &Method, visit: &mut Visit, status: StatusCode) {
    let method = method_label(method);
    gateway.metrics.answered(method, visit.route, status, visit.began);
    if let Some(span) = visit.span.take() {
        let integration = visit.registration.as_ref().map(|found| found.integration.slug.to_string());
        let attributes = [
            Some(KeyValue::new("illuxi.request.id", visit.request_id.to_string())),
            integration.map(|slug| KeyValue::new("illuxi.integration", slug)),
        ];
        span.answered(method, visit.route, status, attributes.into_iter().flatten());
    }
}

async fn nowhere(payload: web::Payload) -> HttpResponse {
    let response = RequestError::NoSuchEndpoint.into_response(Uuid::now_v7());
    response.map_body(|_, body| close_unless_read(body, payload))
}

async fn answer(
    request: &HttpRequest,
    payload: &mut web::Payload,
    gateway: &Gateway,
    visit: &mut Visit,
) -> Result<Answer, RequestError> {
    if let Some(slug) = authenticate::asks_how(request) {
        return Ok(discovery::service_provider_config(gateway, &gateway.scim_url(&slug)));
    }
    let entrance = authenticate::authenticate(gateway, request, visit).await?;
    visit.aim = Aim::astray(request.method());
    let endpoint = Endpoint::of_request(request)?;
    visit.aim = Aim::new(request.method(), &endpoint);
    visit.route = endpoint.route();
    endpoint.check_method(request.method())?;
    if request.method() == Method::OPTIONS {
        return Ok(Answer::methods(endpoint.methods()));
    }
    let _places = places(gateway, &entrance.integration).await?;
    let time = match endpoint {
        // It keeps to its time by itself, and answers what was done until then.
        Endpoint::Bulk => Duration::MAX,
        _ => gateway.limits.request_time() + gateway.limits.body_time(),
    };
    tokio::time::timeout(time, dispatch(request, payload, gateway, entrance, endpoint, visit))
        .await
        .map_err(|_| RequestError::Overloaded)?
}

/// A place among the requests that are served, one of the integration's own and one of all.
async fn places(
    gateway: &Gateway,
    integration: &Integration,
) -> Result<[OwnedSemaphorePermit; 2], RequestError> {
    let own = gateway.throttle.places(integration);
    // Its own first: who waits for that must not hold a place of all.
    let waiting = async {
        let own = own.acquire_owned().await?;
        Ok::<_, AcquireError>((own, gateway.places.clone().acquire_owned().await?))
    };
    match tokio::time::timeout(LONGEST_WAIT, waiting).await {
        Ok(Ok((own, shared))) => Ok([own, shared]),
        Ok(Err(_)) | Err(_) => Err(RequestError::Overloaded),
    }
}

async fn dispatch(
    request: &HttpRequest,
    payload: &mut web::Payload,
    gateway: &Gateway,
    entrance: Entrance,
    endpoint: Endpoint,
    visit: &Visit,
) -> Result<Answer, RequestError> {
    let limits = &gateway.limits;
    let headers = request.headers();
    let (slug, credential) = (entrance.integration.slug.clone(), entrance.credential.clone());
    let mut body = async |limit: usize| -> Result<Map<String, Value>, RequestError> {
        let read = body::read(headers, payload, limit, limits).await?;
        // It may have taken its time.
        gateway.sign_in.require_still(&slug, &credential, visit.client.address, clock::now()).await?;
        Ok(read)
    };
    let base = gateway.scim_url(&entrance.integration.slug);
    let traced = visit.span.as_ref().map(RequestSpan::traceparent);
    let caller = Caller::new(entrance, visit.request_id, visit.at)
        .from(visit.client.address, visit.client.agent.clone())
        .with_traceparent(traced.as_deref().or_else(|| traceparent(request)));
    let call = Call {
        base: &base,
        caller: &caller,
        directory: &gateway.directory,
        noted: &visit.noted,
        parameters: Parameters::default(),
        preconditions: Preconditions::from_headers(headers)?,
        prefers_minimal: call::prefers_minimal(headers),
    };
    let queried = |call| -> Result<Call<'_>, RequestError> {
        Ok(Call { parameters: Parameters::from_query(request.query_string())?, ..call })
    };
    match (request.method(), endpoint) {
        (_, Endpoint::Discovery(document)) => {
            discovery::read(gateway, &caller.integration, &document, request.query_string())
        }
        (_, Endpoint::Bulk) => {
            let body = body(limits.bulk_body_bytes).await?;
            bulk::run(gateway, visit, &call, body).await
        }
        (_, search @ (Endpoint::RootSearch | Endpoint::UserSearch | Endpoint::GroupSearch)) => {
            operation::search(call, search, &body(limits.user_body_bytes).await?).await
        }
        (&Method::GET | &Method::HEAD, endpoint) => operation::read(&queried(call)?, endpoint).await,
        (&Method::DELETE, endpoint) => {
            operation::change(&queried(call)?, &Method::DELETE, endpoint, Map::new()).await
        }
        (method, endpoint) => {
            let limit = match endpoint {
                Endpoint::Groups | Endpoint::Group(_) => limits.group_body_bytes,
                _ => limits.user_body_bytes,
            };
            let call = queried(call)?;
            operation::change(&call, method, endpoint, body(limit).await?).await
        }
    }
}

fn traceparent(request: &HttpRequest) -> Option<&str> {
    request.headers().get("traceparent")?.to_str().ok()
}
