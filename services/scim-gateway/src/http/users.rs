use directory::{Modified, UserId};
use scim::{PatchRequest, Resource, ResourceKind, list};
use serde_json::{Map, Value};

use super::answer::Answer;
use super::asked::Asked;
use super::call::Call;
use super::error::RequestError;

const USER: ResourceKind = ResourceKind::User;

/// `GET /Users` and `POST /Users/.search`
pub(super) async fn list(call: &Call<'_>) -> Result<Answer, RequestError> {
    let projection = call.projection(USER)?;
    let listing = call.listing(USER)?;
    let listed = call.directory.list_users(call.caller, &listing, projection.includes("groups")).await?;
    call.noted.found(listed.total);
    let mut shown = projection.of_text();
    let mut resources = "[".to_owned();
    for (position, user) in listed.items.iter().enumerate() {
        resources.push_str(if position == 0 { "" } else { "," });
        user.write(call.base, &mut shown, &mut resources);
    }
    resources.push(']');
    Ok(Answer::text(list::message(listed.total, &listed.place, listed.items.len(), &resources)))
}

/// `POST /Users`
pub(super) async fn create(call: &Call<'_>, body: Map<String, Value>) -> Result<Answer, RequestError> {
    let projection = call.projection(USER)?;
    let resource_type = call.resource_type(USER);
    call.noted.creation(&call.caller.integration, &body);
    let ignored = scim::unknown_attributes(resource_type, &body);
    let resource = Resource::from_request(resource_type, body)?;
    let asked = Asked::of(USER, &resource);
    let user = match call.directory.create_user(call.caller, resource).await {
        Ok(user) => user,
        Err(error) => {
            asked.note_holder(call, &error).await;
            return Err(error.into());
        }
    };
    Ok(Answer::created(user.document(call.base), &projection).ignoring(ignored))
}

/// `GET /Users/{id}`
pub(super) async fn read(call: &Call<'_>, id: UserId) -> Result<Answer, RequestError> {
    let projection = call.projection(USER)?;
    let user = call.directory.user(call.caller, id, projection.includes("groups")).await?;
    call.noted.user(call.caller.integration.id, &user.user.resource);
    let version = user.user.version;
    if call.preconditions.is_known(version)? {
        return Ok(Answer::not_modified(version));
    }
    Ok(Answer::resource(user.document(call.base), &projection))
}

/// `PUT /Users/{id}`
pub(super) async fn replace(
    call: &Call<'_>,
    id: UserId,
    body: Map<String, Value>,
) -> Result<Answer, RequestError> {
    let projection = call.projection(USER)?;
    call.noted.body(call.caller.integration.id, &body);
    let ignored = scim::unknown_attributes(call.resource_type(USER), &body);
    let wanted = call.preconditions.for_change();
    let Modified { view: user, is_changed } =
        call.directory.replace_user(call.caller, id, &body, &wanted).await?;
    call.noted.changed(is_changed);
    let answer = match call.may_read(USER) {
        true => Answer::resource(user.document(call.base), &projection),
        // A change that changes nothing would read the person.
        false => Answer::no_content().with_version(user.user.version),
    };
    Ok(answer.ignoring(ignored))
}

/// `PATCH /Users/{id}`
pub(super) async fn patch(
    call: &Call<'_>,
    id: UserId,
    body: Map<String, Value>,
) -> Result<Answer, RequestError> {
    let projection = call.projection(USER)?;
    let patch = PatchRequest::parse(call.resource_type(USER), body)?;
    let wanted = call.preconditions.for_change();
    let Modified { view: user, is_changed } =
        call.directory.patch_user(call.caller, id, &patch, &wanted).await?;
    call.noted.changed(is_changed);
    call.noted.user(call.caller.integration.id, &user.user.resource);
    let answer = match (call.wants_no_body(), call.may_read(USER)) {
        (true, _) => Answer::minimal().with_version(user.user.version),
        (false, true) => Answer::resource(user.document(call.base), &projection),
        // A change that changes nothing would read the person.
        (false, false) => Answer::no_content().with_version(user.user.version),
    };
    Ok(answer.ignoring(patch.ignored()))
}

/// `DELETE /Users/{id}`
pub(super) async fn delete(call: &Call<'_>, id: UserId) -> Result<Answer, RequestError> {
    call.directory.delete_user(call.caller, id, &call.preconditions.for_change()).await?;
    Ok(Answer::no_content())
}
