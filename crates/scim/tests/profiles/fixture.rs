//! Reading and changing users and groups in either profile.

use scim::members::MemberEdit;
use scim::{PatchRequest, Profile, Resource, ResourceKind, ResourceType, ScimError, ScimType};
use serde_json::{Map, Value, json};

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub(crate) const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
pub(crate) const PROFILES: [Profile; 2] = [Profile::Entra, Profile::Strict];

pub(crate) fn users(profile: Profile) -> ResourceType<'static> {
    ResourceType::new(ResourceKind::User, profile, &[])
}

pub(crate) fn groups(profile: Profile) -> ResourceType<'static> {
    ResourceType::new(ResourceKind::Group, profile, &[])
}

pub(crate) fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

/// Reads a user from a body that need not repeat `schemas` and `userName`.
pub(crate) fn read(profile: Profile, body: Value) -> Result<Resource, ScimError> {
    let mut full = map(json!({"schemas": [USER], "userName": "ben"}));
    full.extend(map(body));
    Resource::from_request(users(profile), full)
}

pub(crate) fn patch(profile: Profile, before: &Resource, operations: Value) -> Result<Resource, ScimError> {
    PatchRequest::parse(users(profile), map(json!({"schemas": [PATCH_OP], "Operations": operations})))?
        .apply(before)
}

pub(crate) fn members(profile: Profile, operations: Value) -> Result<MemberEdit, ScimError> {
    let message = map(json!({"schemas": [PATCH_OP], "Operations": operations}));
    Ok(PatchRequest::parse(groups(profile), message)?.split_members()?.1)
}

/// What a resource has under a name; null when nothing.
pub(crate) fn get(resource: &Resource, name: &str) -> Value {
    resource.as_map().get(name).cloned().unwrap_or(Value::Null)
}

#[track_caller]
pub(crate) fn assert_refused<T: std::fmt::Debug>(result: Result<T, ScimError>, scim_type: ScimType) {
    assert_eq!(result.unwrap_err().scim_type, Some(scim_type));
}
