use actix_web::web;
use directory::UserId;
use scim::{PatchRequest, Resource, ResourceType};
use serde_json::{Map, Value};

use super::Call;
use super::answer::Answer;
use super::error::RequestError;

const USER: ResourceType = ResourceType::User;

/// `GET /Users`
pub(super) async fn list(call: &Call<'_>) -> Result<Answer, RequestError> {
    let query = call.query()?;
    let projection = query.projection(USER)?;
    let listing = query.listing(USER)?;
    let selected = call.gateway.directory.list_users(&call.caller, &listing).await?;
    let documents = selected.items.iter().map(|user| user.document(&call.base)).collect();
    Ok(Answer::page(documents, selected.total, listing.paging, &projection))
}

/// `POST /Users`
pub(super) async fn create(call: &Call<'_>, payload: web::Payload) -> Result<Answer, RequestError> {
    let projection = call.query()?.projection(USER)?;
    let resource = Resource::from_request(USER, body(call, payload).await?)?;
    let user = call.gateway.directory.create_user(&call.caller, resource).await?;
    Ok(Answer::created(user.document(&call.base), &projection))
}

/// `GET /Users/{id}`
pub(super) async fn read(call: &Call<'_>, id: UserId) -> Result<Answer, RequestError> {
    let projection = call.query()?.projection(USER)?;
    let user = call.gateway.directory.user(&call.caller, id).await?;
    Ok(Answer::resource(user.document(&call.base), &projection))
}

/// `PUT /Users/{id}`
pub(super) async fn replace(
    call: &Call<'_>,
    id: UserId,
    payload: web::Payload,
) -> Result<Answer, RequestError> {
    let projection = call.query()?.projection(USER)?;
    let if_match = call.if_match()?;
    let body = body(call, payload).await?;
    let user = call.gateway.directory.replace_user(&call.caller, id, &body, &if_match).await?;
    Ok(Answer::resource(user.document(&call.base), &projection))
}

/// `PATCH /Users/{id}`
pub(super) async fn patch(
    call: &Call<'_>,
    id: UserId,
    payload: web::Payload,
) -> Result<Answer, RequestError> {
    let projection = call.query()?.projection(USER)?;
    let if_match = call.if_match()?;
    let patch = PatchRequest::parse(USER, body(call, payload).await?)?;
    let user = call.gateway.directory.patch_user(&call.caller, id, &patch, &if_match).await?;
    Ok(Answer::resource(user.document(&call.base), &projection))
}

/// `DELETE /Users/{id}`
pub(super) async fn delete(call: &Call<'_>, id: UserId) -> Result<Answer, RequestError> {
    call.gateway.directory.delete_user(&call.caller, id, &call.if_match()?).await?;
    Ok(Answer::no_content())
}

async fn body(call: &Call<'_>, payload: web::Payload) -> Result<Map<String, Value>, RequestError> {
    let limits = &call.gateway.limits;
    super::body::read(call.request.headers(), payload, limits.user_body_bytes, limits).await
}
