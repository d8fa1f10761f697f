//! The documents in which the service describes itself (RFC 7643 §5–§7, RFC 7644 §4).
//!
//! `base` is the public base URL, such as `https://lms.example/scim/v2`; a slash at its end does not matter.

use serde_json::{Map, Value, json};

use crate::bulk;
use crate::list::{DEFAULT_COUNT, ListResponse, MAX_COUNT};
use crate::profile::Profile;
use crate::resource_type::{ResourceKind, ResourceType};
use crate::schema::{Attribute, Kind, Mutability, Returned, Schema, Uniqueness, name_of};
use crate::urn;

/// What a service takes at most, and how long its cursors last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceLimits {
    /// Bytes of one bulk request.
    pub bulk_bytes: usize,
    /// Time within which the next page must be asked for, in seconds.
    pub cursor_seconds: i64,
}

/// Returns what the service supports, and nothing it does not.
///
/// # RFC
/// RFC 7643 §5; `pagination` is that of RFC 9865 §4.
pub fn service_provider_config(base: &str, limits: ServiceLimits) -> Value {
    json!({
        "schemas": [urn::SERVICE_PROVIDER_CONFIG],
        "documentationUri": "https://www.rfc-editor.org/rfc/rfc7644",
        "patch": { "supported": true },
        "bulk": {
            "supported": true,
            "maxOperations": bulk::MAX_OPERATIONS,
            "maxPayloadSize": limits.bulk_bytes,
        },
        "filter": { "supported": true, "maxResults": MAX_COUNT },
        "changePassword": { "supported": false },
        "sort": { "supported": true },
        "etag": { "supported": true },
        "pagination": {
            "cursor": true,
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": DEFAULT_COUNT,
            "maxPageSize": MAX_COUNT,
            "cursorTimeout": limits.cursor_seconds,
        },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth Bearer Token",
            "description": "Bearer token in the Authorization header.",
            "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
            "primary": true,
        }],
        "meta": meta("ServiceProviderConfig", format!("{}/ServiceProviderConfig", trim(base))),
    })
}

/// Returns all resource types as a list message; Entra fails on a bare array.
pub fn resource_types(base: &str, custom: &[Schema]) -> Value {
    let documents =
        resource_types_with(custom).map(|resource_type| describe_resource_type(base, resource_type));
    ListResponse::complete(documents.into()).to_json()
}

/// Returns the resource type with this name, in any letter case.
pub fn resource_type(base: &str, custom: &[Schema], name: &str) -> Option<Value> {
    let is_named = |candidate: &ResourceType<'_>| candidate.kind().name().eq_ignore_ascii_case(name);
    let found = resource_types_with(custom).into_iter().find(is_named)?;
    Some(Value::Object(describe_resource_type(base, found)))
}

/// Returns all schemas of resources as a list message.
pub fn schemas(base: &str, custom: &[Schema]) -> Value {
    let documents = all_schemas(custom).map(|schema| with_meta(base, schema)).collect();
    ListResponse::complete(documents).to_json()
}

/// Returns the schema with this URN, in any letter case.
pub fn schema(base: &str, custom: &[Schema], urn: &str) -> Option<Value> {
    let found = all_schemas(custom).find(|candidate| candidate.urn.eq_ignore_ascii_case(urn))?;
    Some(Value::Object(with_meta(base, found)))
}

fn resource_types_with(custom: &[Schema]) -> [ResourceType<'_>; 2] {
    ResourceKind::ALL.map(|kind| ResourceType::new(kind, Profile::default(), custom))
}

fn all_schemas(custom: &[Schema]) -> impl Iterator<Item = &Schema> {
    resource_types_with(custom).into_iter().flat_map(|resource_type| {
        let base: &Schema = resource_type.schema();
        std::iter::once(base).chain(resource_type.extensions())
    })
}

fn describe_resource_type(base: &str, resource_type: ResourceType<'_>) -> Map<String, Value> {
    let name = resource_type.kind().name();
    let extension = |schema: &Schema| json!({ "schema": schema.urn, "required": false });
    let extensions: Vec<Value> = resource_type.extensions().map(extension).collect();
    object([
        ("schemas", json!([urn::RESOURCE_TYPE])),
        ("id", json!(name)),
        ("name", json!(name)),
        ("description", json!(resource_type.schema().description)),
        ("endpoint", json!(resource_type.kind().endpoint())),
        ("schema", json!(resource_type.schema().urn)),
        // Erratum 7522: always a list.
        ("schemaExtensions", json!(extensions)),
        ("meta", meta("ResourceType", format!("{}/ResourceTypes/{name}", trim(base)))),
    ])
}

fn with_meta(base: &str, schema: &Schema) -> Map<String, Value> {
    let mut document = describe_schema(schema);
    document.insert("meta".to_owned(), meta("Schema", format!("{}/Schemas/{}", trim(base), schema.urn)));
    document
}

/// Returns a schema as the protocol writes it (RFC 7643 §7), without `meta`.
pub(crate) fn describe_schema(schema: &Schema) -> Map<String, Value> {
    object([
        ("schemas", json!([urn::SCHEMA])),
        ("id", json!(schema.urn)),
        ("name", json!(schema.name)),
        ("description", json!(schema.description)),
        ("attributes", schema.attributes.iter().map(describe_attribute).collect()),
    ])
}

fn describe_attribute(attribute: &Attribute) -> Value {
    let mut document = object([
        ("name", json!(attribute.name)),
        ("type", json!(name_of(&Kind::NAMES, attribute.kind))),
        ("multiValued", json!(attribute.multi_valued)),
        ("description", json!(attribute.description)),
        ("required", json!(attribute.required)),
        ("caseExact", json!(attribute.case_exact)),
        ("mutability", json!(name_of(&Mutability::NAMES, attribute.mutability))),
        ("returned", json!(name_of(&Returned::NAMES, attribute.returned))),
        ("uniqueness", json!(name_of(&Uniqueness::NAMES, attribute.uniqueness))),
    ]);
    // Entra refuses null values in a schema: what does not apply is left out.
    if !attribute.canonical_values.is_empty() {
        document.insert("canonicalValues".to_owned(), json!(attribute.canonical_values));
    }
    if !attribute.reference_types.is_empty() {
        document.insert("referenceTypes".to_owned(), json!(attribute.reference_types));
    }
    if !attribute.sub_attributes.is_empty() {
        let parts = attribute.sub_attributes.iter().map(describe_attribute).collect();
        document.insert("subAttributes".to_owned(), parts);
    }
    Value::Object(document)
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn meta(resource_type: &str, location: String) -> Value {
    json!({ "resourceType": resource_type, "location": location })
}

fn trim(base: &str) -> &str {
    base.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://lms.example/scim/v2/";

    fn find<'a>(list: &'a Value, key: &str, name: &str) -> &'a Value {
        list.as_array().unwrap().iter().find(|item| item[key] == name).unwrap()
    }

    fn has_null(value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::Array(items) => items.iter().any(has_null),
            Value::Object(object) => object.values().any(has_null),
            _ => false,
        }
    }

    #[test]
    fn configuration_tells_what_works_and_what_does_not() {
        let limits = ServiceLimits { bulk_bytes: 8, cursor_seconds: 9 };
        let config = service_provider_config(BASE, limits);
        for (feature, supported) in [
            ("patch", true),
            ("filter", true),
            ("etag", true),
            ("bulk", true),
            ("sort", true),
            ("changePassword", false),
        ] {
            assert_eq!(config[feature]["supported"], supported, "{feature}");
        }
        assert_eq!(config["filter"]["maxResults"], 200);
        assert_eq!(config["bulk"], json!({"supported": true, "maxOperations": 1000, "maxPayloadSize": 8}));
        assert_eq!(config["pagination"]["cursorTimeout"], 9);
        assert_eq!(config["authenticationSchemes"][0]["type"], "oauthbearertoken");
        assert_eq!(config["meta"]["location"], "https://lms.example/scim/v2/ServiceProviderConfig");
    }

    #[test]
    fn resource_types_are_a_list_message() {
        let list = resource_types(BASE, &[]);
        assert_eq!(list["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
        assert_eq!(list["totalResults"], 2);
        let user = find(&list["Resources"], "name", "User");
        assert_eq!(user["endpoint"], "/Users");
        assert_eq!(user["schemaExtensions"][0]["required"], false);
        assert_eq!(find(&list["Resources"], "name", "Group")["schemaExtensions"], json!([]));
    }

    #[test]
    fn schemas_show_what_entra_looks_for() {
        let list = schemas(BASE, &[]);
        assert!(!has_null(&list));
        assert_eq!(list["totalResults"], 3);
        let user = find(&list["Resources"], "id", urn::USER);
        let emails = find(&user["attributes"], "name", "emails");
        let types = &find(&emails["subAttributes"], "name", "type")["canonicalValues"];
        assert_eq!(types, &json!(["work", "home", "other"]));
        let group = find(&list["Resources"], "id", urn::GROUP);
        assert_eq!(find(&group["attributes"], "name", "members")["multiValued"], true);
        assert_eq!(find(&group["attributes"], "name", "displayName")["required"], true);
        let enterprise = find(&list["Resources"], "id", urn::ENTERPRISE_USER);
        assert_eq!(find(&enterprise["attributes"], "name", "manager")["type"], "complex");
    }

    #[test]
    fn common_attributes_are_not_repeated_in_schemas() {
        for schema in schemas(BASE, &[])["Resources"].as_array().unwrap() {
            let names: Vec<_> = schema["attributes"].as_array().unwrap().iter().map(|a| &a["name"]).collect();
            assert!(!names.contains(&&json!("id")) && !names.contains(&&json!("meta")));
        }
    }

    #[test]
    fn single_documents_are_found_in_any_letter_case() {
        assert_eq!(schema(BASE, &[], &urn::USER.to_uppercase()).unwrap()["id"], urn::USER);
        assert_eq!(resource_type(BASE, &[], "group").unwrap()["id"], "Group");
        assert_eq!(schema(BASE, &[], "urn:nope"), None);
        assert_eq!(resource_type(BASE, &[], "Widget"), None);
    }
}
