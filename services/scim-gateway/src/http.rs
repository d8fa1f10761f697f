//! The public listener: SCIM over HTTP.

mod answer;
mod authenticate;
mod body;
mod bulk;
mod call;
mod discovery;
mod endpoint;
mod error;
mod groups;
mod operation;
mod parameters;
mod preconditions;
mod search;
mod search_request;
mod unread;
mod users;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use directory::{Caller, Integration, IntegrationSlug};
use platform::clock;
use serde_json::Map;
use uuid::Uuid;

use self::answer::Answer;
use self::call::Call;
use self::endpoint::Endpoint;
use self::error::RequestError;
use self::parameters::Parameters;
use self::preconditions::Preconditions;
use crate::Gateway;

/// Adds the SCIM routes to a public listener.
pub fn configure(gateway: Gateway) -> impl Fn(&mut web::ServiceConfig) + Clone {
    let gateway = web::Data::new(gateway);
    move |service| {
        service
            .app_data(gateway.clone())
            .route("/integrations/{integration}/scim{path:.*}", web::route().to(serve))
            .default_service(web::route().to(nowhere));
    }
}

async fn serve(request: HttpRequest, mut payload: web::Payload, gateway: web::Data<Gateway>) -> HttpResponse {
    let request_id = Uuid::new_v4();
    let outcome = answer(&request, &mut payload, &gateway, request_id).await;
    let refusal = outcome.as_ref().err().map(RequestError::reason);
    let ignored_attributes = outcome.as_ref().ok().and_then(Answer::ignored_attributes);
    let response = match outcome {
        Ok(answer) => answer.into_response(request_id),
        Err(error) => error.into_response(request_id),
    };
    // What stands in the address is anybody's until it has the form of a slug.
    let slug = request.match_info().get("integration").and_then(|slug| IntegrationSlug::parse(slug).ok());
    tracing::info!(
        request.id = %request_id,
        http.method = %request.method(),
        http.status = response.status().as_u16(),
        integration = slug.as_ref().map(IntegrationSlug::as_str),
        ignored_attributes,
        refusal,
        "request answered"
    );
    unread::close_unless_read(response, payload)
}

async fn nowhere(payload: web::Payload) -> HttpResponse {
    unread::close_unless_read(RequestError::NoSuchEndpoint.into_response(Uuid::new_v4()), payload)
}

async fn answer(
    request: &HttpRequest,
    payload: &mut web::Payload,
    gateway: &Gateway,
    request_id: Uuid,
) -> Result<Answer, RequestError> {
    if let Some(slug) = authenticate::asks_how(request) {
        return Ok(discovery::service_provider_config(gateway, &gateway.scim_url(&slug)));
    }
    let integration = authenticate::authenticate(gateway, request).await?;
    let endpoint = Endpoint::of_request(request)?;
    endpoint.check_method(request.method())?;
    if request.method() == Method::OPTIONS {
        return Ok(Answer::methods(endpoint.methods()));
    }
    tokio::time::timeout(gateway.limits.request_time() + gateway.limits.body_time(), async {
        dispatch(request, payload, gateway, integration, endpoint, request_id).await
    })
    .await
    .map_err(|_| RequestError::Overloaded)?
}

async fn dispatch(
    request: &HttpRequest,
    payload: &mut web::Payload,
    gateway: &Gateway,
    integration: Integration,
    endpoint: Endpoint,
    request_id: Uuid,
) -> Result<Answer, RequestError> {
    let limits = &gateway.limits;
    let headers = request.headers();
    let mut body = async |limit: usize| body::read(headers, payload, limit, limits).await;
    let base = gateway.scim_url(&integration.slug);
    let caller = Caller::new(integration, request_id, clock::now()).with_traceparent(traceparent(request));
    let call = Call {
        base: &base,
        caller: &caller,
        directory: &gateway.directory,
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
            bulk::run(&call, body, limits.request_time()).await
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
