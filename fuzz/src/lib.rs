//! What the targets share: an integration with a schema of its own, and one resource of each kind.

use std::sync::LazyLock;

use scim::{Profile, Resource, ResourceKind, ResourceType, Schema, json};
use serde_json::{Map, Value};

/// Both ways of reading requests.
pub const PROFILES: [Profile; 2] = [Profile::Entra, Profile::Strict];

/// One attribute of each data type that the base schemas lack, so that the code for them is reached.
static EXTENSION: LazyLock<[Schema; 1]> = LazyLock::new(|| {
    let definition = object(
        r#"{
            "id": "urn:x:U",
            "name": "X",
            "attributes": [
                {"name": "n", "type": "integer"},
                {"name": "d", "type": "decimal"},
                {"name": "t", "type": "dateTime"},
                {"name": "b", "type": "binary"},
                {"name": "once", "type": "string", "mutability": "immutable"},
                {"name": "tags", "type": "string", "multiValued": true},
                {"name": "badges", "type": "complex", "multiValued": true, "subAttributes": [
                    {"name": "value", "type": "string", "caseExact": true},
                    {"name": "level", "type": "integer"}
                ]}
            ]
        }"#,
    );
    [Schema::from_definition(&definition).unwrap_or_else(|error| panic!("{error}"))]
});

static USER: LazyLock<Resource> = LazyLock::new(|| {
    let body = object(
        r#"{
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": "a@b",
            "externalId": "e",
            "active": true,
            "title": "T",
            "name": {"familyName": "F", "givenName": "G"},
            "emails": [
                {"type": "work", "value": "a@b", "primary": true},
                {"type": "other", "value": "X500:/o=c"}
            ],
            "phoneNumbers": [{"type": "mobile", "value": "1"}],
            "roles": [{"value": "r", "display": "R"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
                "department": "D",
                "manager": {"value": "m"}
            },
            "urn:x:U": {"n": 1, "d": 0.5, "tags": ["x", "y"], "badges": [{"value": "v", "level": 2}]}
        }"#,
    );
    resource(user_type(Profile::Entra), body)
});

static GROUP: LazyLock<Resource> = LazyLock::new(|| {
    let body = object(
        r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "G", "externalId": "e"}"#,
    );
    resource(ResourceType::GROUP, body)
});

static SERVERS_OWN: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    object(
        r#"{"id": "1", "meta": {"created": "2026-01-01T00:00:00.000Z", "lastModified": "2026-01-02T00:00:00.000Z"}}"#,
    )
});

/// Users of the integration.
pub fn user_type(profile: Profile) -> ResourceType<'static> {
    resource_type(ResourceKind::User, profile)
}

/// Users or groups of the integration.
pub fn resource_type(kind: ResourceKind, profile: Profile) -> ResourceType<'static> {
    ResourceType::new(kind, profile, EXTENSION.as_slice())
}

/// A resource as it is stored.
pub fn sample(kind: ResourceKind) -> &'static Resource {
    match kind {
        ResourceKind::User => &USER,
        ResourceKind::Group => &GROUP,
    }
}

/// The resource as it is answered, with what the server adds.
pub fn answered(kind: ResourceKind) -> Map<String, Value> {
    let mut document = sample(kind).as_map().clone();
    document.extend(SERVERS_OWN.clone());
    document
}

fn object(text: &str) -> Map<String, Value> {
    json::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

fn resource(resource_type: ResourceType<'_>, body: Map<String, Value>) -> Resource {
    Resource::from_request(resource_type, body).unwrap_or_else(|error| panic!("{error}"))
}
