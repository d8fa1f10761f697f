use serde_json::{Map, Value, json};

use super::*;
use crate::error::ScimType;
use crate::resource::changed_paths;
use crate::resource_type::ResourceKind;

mod arbitrary;
mod entra;
mod manager_and_roles;
mod members;
mod refusals;
mod rfc;

const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn user(document: Value) -> Resource {
    let mut full = Map::new();
    full.insert("userName".to_owned(), json!("ben@contoso.example"));
    full.insert("active".to_owned(), json!(true));
    full.extend(document.as_object().unwrap().clone());
    Resource::tidied(ResourceType::USER, full)
}

fn request(
    resource_type: ResourceType<'static>,
    operations: &Value,
) -> Result<PatchRequest<'static>, ScimError> {
    let body = json!({"schemas": [PATCH_OP], "Operations": operations});
    PatchRequest::parse(resource_type, body.as_object().unwrap().clone())
}

fn try_patch(before: &Resource, operations: Value) -> Result<Resource, ScimError> {
    request(ResourceType::USER, &operations)?.apply(before)
}

#[track_caller]
fn patch(before: &Resource, operations: Value) -> Resource {
    try_patch(before, operations).unwrap()
}

#[track_caller]
fn refusal(operations: Value) -> ScimError {
    try_patch(&user(json!({})), operations).unwrap_err()
}

/// Reads a member of the document; absent is null.
fn get(resource: &Resource, name: &str) -> Value {
    resource.as_map().get(name).cloned().unwrap_or(Value::Null)
}
