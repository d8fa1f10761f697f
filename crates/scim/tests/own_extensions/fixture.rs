//! One schema with an attribute of every kind, and how to read and change people who have it.

use std::sync::LazyLock;

use scim::{
    Filter, PatchRequest, Profile, Resource, ResourceKind, ResourceType, Schema, ScimError, ScimType,
};
use serde_json::{Map, Value, json};

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const URN: &str = "urn:ietf:params:scim:schemas:extension:harbour:2.0:User";
pub(crate) const PROFILES: [Profile; 2] = [Profile::Entra, Profile::Strict];

static HARBOUR: LazyLock<Vec<Schema>> = LazyLock::new(|| {
    let definition = json!({
        "id": URN, "name": "Harbour", "attributes": [
            {"name": "badge"},
            {"name": "code", "caseExact": true},
            {"name": "onCall", "type": "boolean"},
            {"name": "cranes", "type": "integer"},
            {"name": "load", "type": "decimal"},
            {"name": "certifiedAt", "type": "dateTime"},
            {"name": "page", "type": "reference", "referenceTypes": ["external"]},
            {"name": "seal", "type": "binary"},
            {"name": "tags", "multiValued": true},
            {"name": "levels", "type": "integer", "multiValued": true},
            {"name": "berth", "type": "complex", "subAttributes": [
                {"name": "value"}, {"name": "depth", "type": "integer"}, {"name": "tags", "multiValued": true}
            ]},
            {"name": "sites", "type": "complex", "multiValued": true, "subAttributes": [
                {"name": "value"}, {"name": "type"}, {"name": "primary", "type": "boolean"},
                {"name": "floors", "type": "integer"}, {"name": "tags", "multiValued": true}
            ]},
            {"name": "hiredAt", "type": "dateTime", "mutability": "immutable"},
            {"name": "origins", "multiValued": true, "mutability": "immutable"},
            {"name": "union", "type": "complex", "subAttributes": [
                {"name": "number", "mutability": "immutable"}, {"name": "branch"}
            ]},
            {"name": "notes", "returned": "request"},
            {"name": "unit", "returned": "always"},
            {"name": "schemas", "multiValued": true}
        ]
    });
    vec![Schema::from_definition(&map(definition)).unwrap()]
});

pub(crate) fn harbour(profile: Profile) -> ResourceType<'static> {
    ResourceType::new(ResourceKind::User, profile, &HARBOUR)
}

pub(crate) fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

/// A body with these attributes of the extension.
pub(crate) fn body(own: Value) -> Map<String, Value> {
    map(json!({"schemas": [USER, URN], "userName": "ben", URN: own}))
}

pub(crate) fn try_read(profile: Profile, own: Value) -> Result<Resource, ScimError> {
    Resource::from_request(harbour(profile), body(own))
}

#[track_caller]
pub(crate) fn read(profile: Profile, own: Value) -> Resource {
    try_read(profile, own).unwrap()
}

/// What the resource holds of the extension; null when nothing.
pub(crate) fn own(resource: &Resource) -> Value {
    resource.as_map().get(URN).cloned().unwrap_or(Value::Null)
}

pub(crate) fn try_patch(
    profile: Profile,
    before: &Resource,
    operations: Value,
) -> Result<Resource, ScimError> {
    let message =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
    PatchRequest::parse(harbour(profile), map(message))?.apply(before)
}

#[track_caller]
pub(crate) fn patch(profile: Profile, before: &Resource, operation: Value) -> Resource {
    try_patch(profile, before, json!([operation])).unwrap()
}

#[track_caller]
pub(crate) fn assert_refused(result: Result<Resource, ScimError>, scim_type: ScimType) {
    assert_eq!(result.unwrap_err().scim_type, Some(scim_type));
}

/// A path into the extension.
pub(crate) fn at(path: &str) -> String {
    format!("{URN}:{path}")
}

pub(crate) fn filter(profile: Profile, text: &str) -> Result<Filter, ScimError> {
    Filter::parse(text, harbour(profile))
}
