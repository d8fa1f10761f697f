use actix_web::web;
use directory::{GroupId, GroupView};
use scim::{PatchRequest, Resource, ResourceType, members};
use serde_json::{Map, Value};

use super::Call;
use super::answer::Answer;
use super::error::RequestError;

const GROUP: ResourceType = ResourceType::Group;

/// `GET /Groups`
pub(super) async fn list(call: &Call<'_>) -> Result<Answer, RequestError> {
    let query = call.query()?;
    let projection = query.projection(GROUP)?;
    let listing = query.listing(GROUP)?;
    let with_members = projection.includes("members");
    let selected = call.gateway.directory.list_groups(&call.caller, &listing, with_members).await?;
    let documents = selected.items.iter().map(|group| group.document(&call.base)).collect();
    Ok(Answer::page(documents, selected.total, listing.paging, &projection))
}

/// `POST /Groups`
pub(super) async fn create(call: &Call<'_>, payload: web::Payload) -> Result<Answer, RequestError> {
    let projection = call.query()?.projection(GROUP)?;
    let body = body(call, payload).await?;
    let members = members::from_request(&body)?;
    let resource = Resource::from_request(GROUP, body)?;
    let group = call.gateway.directory.create_group(&call.caller, resource, &members).await?;
    let view = match members.is_empty() {
        true => GroupView { group, members: None },
        // Only some of them may be users that we know.
        false => call.gateway.directory.group(&call.caller, group.id, projection.includes("members")).await?,
    };
    Ok(Answer::created(view.document(&call.base), &projection))
}

/// `GET /Groups/{id}`
pub(super) async fn read(call: &Call<'_>, id: GroupId) -> Result<Answer, RequestError> {
    let projection = call.query()?.projection(GROUP)?;
    let group = call.gateway.directory.group(&call.caller, id, projection.includes("members")).await?;
    Ok(Answer::resource(group.document(&call.base), &projection))
}

/// `PUT /Groups/{id}`
pub(super) async fn replace(
    call: &Call<'_>,
    id: GroupId,
    payload: web::Payload,
) -> Result<Answer, RequestError> {
    let projection = call.query()?.projection(GROUP)?;
    let if_match = call.if_match()?;
    let body = body(call, payload).await?;
    let directory = &call.gateway.directory;
    directory.replace_group(&call.caller, id, &body, &if_match).await?;
    let group = directory.group(&call.caller, id, projection.includes("members")).await?;
    Ok(Answer::resource(group.document(&call.base), &projection))
}

/// `PATCH /Groups/{id}`: 204, because an answer with all members would cost more than the change.
pub(super) async fn patch(
    call: &Call<'_>,
    id: GroupId,
    payload: web::Payload,
) -> Result<Answer, RequestError> {
    let if_match = call.if_match()?;
    let patch = PatchRequest::parse(GROUP, body(call, payload).await?)?;
    call.gateway.directory.patch_group(&call.caller, id, patch, &if_match).await?;
    Ok(Answer::no_content())
}

/// `DELETE /Groups/{id}`
pub(super) async fn delete(call: &Call<'_>, id: GroupId) -> Result<Answer, RequestError> {
    call.gateway.directory.delete_group(&call.caller, id, &call.if_match()?).await?;
    Ok(Answer::no_content())
}

async fn body(call: &Call<'_>, payload: web::Payload) -> Result<Map<String, Value>, RequestError> {
    let limits = &call.gateway.limits;
    super::body::read(call.request.headers(), payload, limits.group_body_bytes, limits).await
}
