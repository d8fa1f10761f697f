use directory::{Committed, GroupId, GroupView};
use scim::{PatchRequest, Resource, ResourceKind, members};
use serde_json::{Map, Value};

use super::answer::Answer;
use super::asked::Asked;
use super::call::Call;
use super::error::RequestError;

const GROUP: ResourceKind = ResourceKind::Group;

/// Members up to which a PATCH is answered with the group.
const ANSWERED_MEMBERS: u32 = 100;

/// `GET /Groups` and `POST /Groups/.search`
pub(super) async fn list(call: &Call<'_>) -> Result<Answer, RequestError> {
    let projection = call.projection(GROUP)?;
    let listing = call.listing(GROUP)?;
    let listed = call.directory.list_groups(call.caller, &listing, projection.includes("members")).await?;
    call.noted.found(listed.total);
    let documents = listed.items.iter().map(|group| group.document(call.base));
    Ok(Answer::page(documents.collect(), listed.total, listed.place, &projection))
}

/// `POST /Groups`
pub(super) async fn create(call: &Call<'_>, body: Map<String, Value>) -> Result<Answer, RequestError> {
    let projection = call.projection(GROUP)?;
    let resource_type = call.resource_type(GROUP);
    let ignored = scim::unknown_attributes(resource_type, &body);
    call.noted.creation(&call.caller.integration, &body);
    let members = members::from_request(&body)?;
    let resource = Resource::from_request(resource_type, body)?;
    let asked = Asked::of(GROUP, &resource);
    let group = match call.directory.create_group(call.caller, resource, &members).await {
        Ok(group) => group,
        Err(error) => {
            asked.note_holder(call, &error).await;
            return Err(error.into());
        }
    };
    let view = match !members.is_empty() && projection.includes("members") && call.may_read(GROUP) {
        // Only some of them may be users that we know.
        true => call.directory.group(call.caller, group.id, true).await?,
        false => GroupView { group, members: None },
    };
    Ok(Answer::created(view.document(call.base), &projection).ignoring(ignored))
}

/// `GET /Groups/{id}`
pub(super) async fn read(call: &Call<'_>, id: GroupId) -> Result<Answer, RequestError> {
    let projection = call.projection(GROUP)?;
    if call.preconditions.are_given() {
        // A group that its reader has already costs no look at its members.
        let version = call.directory.group(call.caller, id, false).await?.group.version;
        if call.preconditions.is_known(version)? {
            return Ok(Answer::not_modified(version));
        }
    }
    let group = call.directory.group(call.caller, id, projection.includes("members")).await?;
    Ok(Answer::resource(group.document(call.base), &projection))
}

/// `PUT /Groups/{id}`
pub(super) async fn replace(
    call: &Call<'_>,
    id: GroupId,
    body: Map<String, Value>,
) -> Result<Answer, RequestError> {
    let projection = call.projection(GROUP)?;
    let ignored = scim::unknown_attributes(call.resource_type(GROUP), &body);
    let wanted = call.preconditions.for_change();
    let committed = call.directory.replace_group(call.caller, id, &body, &wanted).await?;
    call.noted.changed(matches!(committed, Committed::Applied(_)));
    if !call.may_read(GROUP) {
        return Ok(Answer::no_content().ignoring(ignored));
    }
    let group = call.directory.group(call.caller, id, projection.includes("members")).await?;
    Ok(Answer::resource(group.document(call.base), &projection).ignoring(ignored))
}

/// `PATCH /Groups/{id}`
pub(super) async fn patch(
    call: &Call<'_>,
    id: GroupId,
    body: Map<String, Value>,
) -> Result<Answer, RequestError> {
    // What would be wrong in the answer is wrong before anything is changed.
    call.projection(GROUP)?;
    let patch = PatchRequest::parse(call.resource_type(GROUP), body)?;
    let ignored = patch.ignored();
    let wanted = call.preconditions.for_change();
    let committed = call.directory.patch_group(call.caller, id, patch, &wanted).await?;
    call.noted.changed(matches!(committed, Committed::Applied(_)));
    let answer = match call.wants_no_body() || !call.may_read(GROUP) {
        true => Answer::minimal(),
        false => patched(call, id).await?,
    };
    Ok(answer.ignoring(ignored))
}

/// The group after a PATCH; only its version where it has so many members that to tell them would cost more than the
/// change, and nobody chose what to see.
async fn patched(call: &Call<'_>, id: GroupId) -> Result<Answer, RequestError> {
    let projection = call.projection(GROUP)?;
    let group = call.directory.group(call.caller, id, false).await?;
    let count = group.group.member_count;
    if count > ANSWERED_MEMBERS && !call.parameters.choose_attributes() {
        return Ok(Answer::no_content().with_version(group.group.version));
    }
    let group = match count > 0 && projection.includes("members") {
        true => call.directory.with_members(call.caller, group.group).await?,
        false => group,
    };
    Ok(Answer::resource(group.document(call.base), &projection))
}

/// `DELETE /Groups/{id}`
pub(super) async fn delete(call: &Call<'_>, id: GroupId) -> Result<Answer, RequestError> {
    call.directory.delete_group(call.caller, id, &call.preconditions.for_change()).await?;
    Ok(Answer::no_content())
}
