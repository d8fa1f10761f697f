//! Requests as Entra writes them.

use std::collections::BTreeSet;

use scim::{PatchRequest, Resource, ResourceType};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::ledger::{Field, Person, Team, TeamChange};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub(super) fn user_body(person: &Person) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("schemas".to_owned(), json!(["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE]));
    let mut enterprise = Map::new();
    for (field, value) in person {
        match field {
            Field::ExternalId => _ = body.insert("externalId".to_owned(), json!(value)),
            Field::UserName => _ = body.insert("userName".to_owned(), json!(value)),
            Field::Active => _ = body.insert("active".to_owned(), json!(value == "true")),
            Field::GivenName => _ = body.insert("name".to_owned(), json!({ "givenName": value })),
            Field::Title => _ = body.insert("title".to_owned(), json!(value)),
            Field::Phone => {
                body.insert("phoneNumbers".to_owned(), json!([{ "type": "work", "value": value }]));
            }
            Field::Department => _ = enterprise.insert("department".to_owned(), json!(value)),
            Field::Manager => _ = enterprise.insert("manager".to_owned(), json!({ "value": value })),
        }
    }
    if !enterprise.is_empty() {
        body.insert(ENTERPRISE.to_owned(), Value::Object(enterprise));
    }
    body
}

fn path(field: Field) -> String {
    match field {
        Field::ExternalId => "externalId".to_owned(),
        Field::UserName => "userName".to_owned(),
        Field::Active => "active".to_owned(),
        Field::GivenName => "name.givenName".to_owned(),
        Field::Title => "title".to_owned(),
        Field::Department => format!("{ENTERPRISE}:department"),
        Field::Phone => r#"phoneNumbers[type eq "work"].value"#.to_owned(),
        Field::Manager => format!("{ENTERPRISE}:manager"),
    }
}

pub(super) fn user_patch<'s>(
    resource_type: ResourceType<'s>,
    changes: &[(Field, Option<String>)],
) -> PatchRequest<'s> {
    let operation = |(field, value): &(Field, Option<String>)| match (field, value) {
        (Field::Active, Some(value)) => {
            let text = if value == "true" { "True" } else { "False" };
            json!({ "op": "Replace", "path": "active", "value": text })
        }
        (_, Some(value)) => json!({ "op": "Replace", "path": path(*field), "value": value }),
        (_, None) => json!({ "op": "Remove", "path": path(*field) }),
    };
    patch(resource_type, changes.iter().map(operation).collect())
}

pub(super) fn group_body(team: &Team) -> Map<String, Value> {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "externalId": team.external_id,
        "displayName": team.name,
        "members": values(&team.members),
    });
    let Value::Object(body) = body else { unreachable!() };
    body
}

pub(super) fn group_patch<'s>(resource_type: ResourceType<'s>, change: &TeamChange) -> PatchRequest<'s> {
    let mut operations = Vec::new();
    if let Some(name) = &change.name {
        operations.push(json!({ "op": "Replace", "path": "displayName", "value": name }));
    }
    if !change.joining.is_empty() {
        operations.push(json!({ "op": "Add", "path": "members", "value": values(&change.joining) }));
    }
    if !change.leaving.is_empty() {
        operations.push(json!({ "op": "Remove", "path": "members", "value": values(&change.leaving) }));
    }
    if let Some(members) = &change.exactly {
        operations.push(json!({ "op": "Replace", "path": "members", "value": values(members) }));
    }
    patch(resource_type, operations)
}

pub(super) fn resource(resource_type: ResourceType<'_>, body: Map<String, Value>) -> Resource {
    Resource::from_request(resource_type, body).unwrap()
}

fn patch(resource_type: ResourceType<'_>, operations: Vec<Value>) -> PatchRequest<'_> {
    let mut body = Map::new();
    body.insert("schemas".to_owned(), json!(["urn:ietf:params:scim:api:messages:2.0:PatchOp"]));
    body.insert("Operations".to_owned(), Value::Array(operations));
    PatchRequest::parse(resource_type, body).unwrap()
}

fn values(members: &BTreeSet<Uuid>) -> Value {
    members.iter().map(|member| json!({ "value": member.to_string() })).collect()
}
