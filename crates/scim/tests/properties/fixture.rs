//! An integration with a schema of its own, and a person with a value of everything that the properties touch.

use std::sync::LazyLock;

use proptest::prelude::{Just, Strategy, prop_oneof};
use scim::{PatchRequest, Profile, Resource, ResourceKind, ResourceType, Schema, ScimError};
use serde_json::{Map, Value, json};

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub(crate) const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
pub(crate) const URN: &str = "urn:example:yard:2.0:User";

static YARD: LazyLock<[Schema; 1]> = LazyLock::new(|| {
    let definition = json!({
        "id": URN, "name": "Yard", "attributes": [
            {"name": "badge"},
            {"name": "code", "caseExact": true},
            {"name": "cranes", "type": "integer"},
            {"name": "load", "type": "decimal"},
            {"name": "since", "type": "dateTime"},
            {"name": "seal", "type": "binary"},
            {"name": "tags", "multiValued": true},
            {"name": "berth", "type": "complex", "subAttributes": [{"name": "depth", "type": "integer"}, {"name": "tags", "multiValued": true}]},
            {"name": "sites", "type": "complex", "multiValued": true, "subAttributes": [
                {"name": "value"}, {"name": "type"}, {"name": "primary", "type": "boolean"}, {"name": "floors", "type": "integer"},
                {"name": "tags", "multiValued": true}
            ]}
        ]
    });
    [Schema::from_definition(&map(definition)).unwrap()]
});

pub(crate) fn profile() -> impl Strategy<Value = Profile> {
    prop_oneof![Just(Profile::Entra), Just(Profile::Strict)]
}

pub(crate) fn users(profile: Profile) -> ResourceType<'static> {
    ResourceType::new(ResourceKind::User, profile, YARD.as_slice())
}

pub(crate) fn groups(profile: Profile) -> ResourceType<'static> {
    ResourceType::new(ResourceKind::Group, profile, YARD.as_slice())
}

pub(crate) fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

pub(crate) fn read(profile: Profile, body: Value) -> Result<Resource, ScimError> {
    let mut full = map(json!({"schemas": [USER], "userName": "ben"}));
    full.extend(map(body));
    Resource::from_request(users(profile), full)
}

pub(crate) fn ben() -> Resource {
    let body = json!({
        "title": "T", "name": {"givenName": "G", "familyName": "F"},
        "emails": [{"type": "work", "value": "a@b", "primary": true}, {"type": "home", "value": "h@b"}],
        ENTERPRISE: {"department": "D", "manager": {"value": "m"}},
        URN: {"badge": "B", "cranes": 5, "tags": ["x", "y"], "berth": {"depth": 3}, "sites": [{"value": "dock", "type": "work", "tags": ["x"]}]}
    });
    read(Profile::Entra, body).unwrap()
}

pub(crate) fn patch(
    profile: Profile,
    before: &Resource,
    operations: &[Value],
) -> Result<Resource, ScimError> {
    let message = json!({"schemas": [PATCH_OP], "Operations": operations});
    PatchRequest::parse(users(profile), map(message))?.apply(before)
}
