//! The public listener: SCIM over HTTP.

mod answer;
mod authenticate;
mod body;
mod call;
mod discovery;
mod endpoint;
mod error;
mod groups;
mod query;
mod users;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use directory::{Caller, IntegrationSlug};
use platform::clock;
use uuid::Uuid;

use self::answer::Answer;
use self::call::Call;
use self::endpoint::Endpoint;
use self::error::RequestError;
use crate::Gateway;

/// Adds the SCIM routes to a public listener.
pub fn configure(gateway: Gateway) -> impl Fn(&mut web::ServiceConfig) + Clone {
    let gateway = web::Data::new(gateway);
    move |service| {
        service
            .app_data(gateway.clone())
            .route("/integrations/{integration}/scim/v2{path:.*}", web::route().to(serve))
            .default_service(web::route().to(nowhere));
    }
}

async fn serve(request: HttpRequest, payload: web::Payload, gateway: web::Data<Gateway>) -> HttpResponse {
    let request_id = Uuid::new_v4();
    let outcome = answer(&request, payload, &gateway, request_id).await;
    let refusal = outcome.as_ref().err().map(RequestError::reason);
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
        refusal,
        "request answered"
    );
    response
}

async fn nowhere() -> HttpResponse {
    RequestError::NoSuchEndpoint.into_response(Uuid::new_v4())
}

async fn answer(
    request: &HttpRequest,
    payload: web::Payload,
    gateway: &Gateway,
    request_id: Uuid,
) -> Result<Answer, RequestError> {
    let integration = authenticate::authenticate(gateway, request).await?;
    let endpoint = Endpoint::parse(request.match_info().get("path").unwrap_or_default())?;
    let call = Call {
        base: gateway.scim_url(&integration),
        caller: Caller::new(integration, request_id, clock::now()).with_traceparent(traceparent(request)),
        gateway,
        request,
    };
    tokio::time::timeout(gateway.limits.request_time() + gateway.limits.body_time(), async {
        dispatch(&call, endpoint, payload).await
    })
    .await
    .map_err(|_| RequestError::Overloaded)?
}

fn traceparent(request: &HttpRequest) -> Option<&str> {
    request.headers().get("traceparent")?.to_str().ok()
}

async fn dispatch(
    call: &Call<'_>,
    endpoint: Endpoint,
    payload: web::Payload,
) -> Result<Answer, RequestError> {
    match (call.request.method(), endpoint) {
        (&Method::GET, Endpoint::Users) => users::list(call).await,
        (&Method::POST, Endpoint::Users) => users::create(call, payload).await,
        (&Method::GET, Endpoint::User(id)) => users::read(call, id).await,
        (&Method::PUT, Endpoint::User(id)) => users::replace(call, id, payload).await,
        (&Method::PATCH, Endpoint::User(id)) => users::patch(call, id, payload).await,
        (&Method::DELETE, Endpoint::User(id)) => users::delete(call, id).await,
        (&Method::GET, Endpoint::Groups) => groups::list(call).await,
        (&Method::POST, Endpoint::Groups) => groups::create(call, payload).await,
        (&Method::GET, Endpoint::Group(id)) => groups::read(call, id).await,
        (&Method::PUT, Endpoint::Group(id)) => groups::replace(call, id, payload).await,
        (&Method::PATCH, Endpoint::Group(id)) => groups::patch(call, id, payload).await,
        (&Method::DELETE, Endpoint::Group(id)) => groups::delete(call, id).await,
        (&Method::GET, Endpoint::Discovery(document)) => discovery::read(call, &document),
        (_, Endpoint::NotSupported(name)) => Err(RequestError::NotSupported(name)),
        (_, endpoint) => Err(RequestError::MethodNotAllowed(endpoint.methods())),
    }
}
