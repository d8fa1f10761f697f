use actix_web::http::Method;
use serde_json::{Map, Value};

use super::answer::Answer;
use super::call::Call;
use super::endpoint::Endpoint;
use super::error::RequestError;
use super::{groups, search, search_request, users};

/// Answers a GET of one resource or of many.
pub(super) async fn read(call: &Call<'_>, endpoint: Endpoint) -> Result<Answer, RequestError> {
    match endpoint {
        Endpoint::Root => search::list(call).await,
        Endpoint::Users => users::list(call).await,
        Endpoint::User(id) => users::read(call, id).await,
        Endpoint::Groups => groups::list(call).await,
        Endpoint::Group(id) => groups::read(call, id).await,
        other => Err(RequestError::MethodNotAllowed(other.methods())),
    }
}

/// Answers a query whose parameters came in a body.
pub(super) async fn search(
    call: Call<'_>,
    endpoint: Endpoint,
    body: &Map<String, Value>,
) -> Result<Answer, RequestError> {
    let parameters = search_request::read(body, call.caller.integration.profile)?;
    let call = Call { parameters, ..call };
    match endpoint {
        Endpoint::RootSearch => search::list(&call).await,
        Endpoint::UserSearch => users::list(&call).await,
        Endpoint::GroupSearch => groups::list(&call).await,
        other => Err(RequestError::MethodNotAllowed(other.methods())),
    }
}

/// Changes one resource, as a request of its own or as an operation of a bulk request.
pub(super) async fn change(
    call: &Call<'_>,
    method: &Method,
    endpoint: Endpoint,
    body: Map<String, Value>,
) -> Result<Answer, RequestError> {
    match (method, endpoint) {
        (&Method::POST, Endpoint::Users) => users::create(call, body).await,
        (&Method::PUT, Endpoint::User(id)) => users::replace(call, id, body).await,
        (&Method::PATCH, Endpoint::User(id)) => users::patch(call, id, body).await,
        (&Method::DELETE, Endpoint::User(id)) => users::delete(call, id).await,
        (&Method::POST, Endpoint::Groups) => groups::create(call, body).await,
        (&Method::PUT, Endpoint::Group(id)) => groups::replace(call, id, body).await,
        (&Method::PATCH, Endpoint::Group(id)) => groups::patch(call, id, body).await,
        (&Method::DELETE, Endpoint::Group(id)) => groups::delete(call, id).await,
        (_, other) => Err(RequestError::MethodNotAllowed(other.methods())),
    }
}
