//! Bulk requests (RFC 7644 §3.7): what they hold, and in which order their operations run.

mod plan;
mod reference;

use serde_json::{Map, Value, json};

use crate::error::{ScimError, excerpt};
use crate::resource::names_schema;
use crate::urn;

pub use plan::{BulkPlan, Step};

/// Operations in one request at most; `bulk.maxOperations` of the service provider configuration.
pub const MAX_OPERATIONS: usize = 1_000;

/// A bulk request, its operations in order.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkRequest {
    operations: Vec<BulkOperation>,
    fail_on_errors: Option<usize>,
}

/// One operation as it was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkOperation {
    /// Method, as the answer repeats it.
    pub method: String,
    /// Client's own name for the resource that a POST creates.
    pub bulk_id: Option<String>,
    /// What is asked for, if that can be read.
    call: Result<BulkCall, ScimError>,
}

/// What one operation asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkCall {
    /// Method.
    pub method: BulkMethod,
    /// Path below the base URL, such as `/Users/2819c223`.
    pub path: String,
    /// Version that the client insists on, as an entity tag.
    pub version: Option<String>,
    /// Body.
    pub data: Map<String, Value>,
}

/// Methods that a bulk request may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkMethod {
    /// Creates a resource.
    Post,
    /// Replaces one.
    Put,
    /// Modifies one.
    Patch,
    /// Deletes one.
    Delete,
}

impl BulkMethod {
    fn parse(name: &str) -> Option<Self> {
        let methods =
            [("POST", Self::Post), ("PUT", Self::Put), ("PATCH", Self::Patch), ("DELETE", Self::Delete)];
        methods.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, method)| method)
    }
}

impl BulkRequest {
    /// Reads a bulk request. An operation that cannot be read fails by itself, when its turn comes.
    ///
    /// # Errors
    /// 400 `invalidSyntax` for a body that is no BulkRequest; 400 `invalidValue` when two operations have the same
    /// `bulkId`, or `failOnErrors` is not a positive integer; 413 above [`MAX_OPERATIONS`].
    pub fn parse(mut body: Map<String, Value>) -> Result<Self, ScimError> {
        if !names_schema(&body, urn::BULK_REQUEST) {
            let detail = format!("schemas must be a list that contains {}.", urn::BULK_REQUEST);
            return Err(ScimError::invalid_syntax(detail));
        }
        let fail_on_errors = match take(&mut body, "failOnErrors") {
            None => None,
            Some(number) => match number.as_u64().and_then(|number| usize::try_from(number).ok()) {
                Some(number) if number > 0 => Some(number),
                _ => return Err(ScimError::invalid_value("failOnErrors must be a positive integer.")),
            },
        };
        let Some(Value::Array(items)) = take(&mut body, "Operations") else {
            return Err(ScimError::invalid_syntax("Operations must be a list."));
        };
        if items.is_empty() {
            return Err(ScimError::invalid_syntax("Operations must not be empty."));
        }
        if items.len() > MAX_OPERATIONS {
            let detail = format!("One request may have at most {MAX_OPERATIONS} operations.");
            return Err(ScimError::payload_too_large(detail));
        }
        let operations: Vec<BulkOperation> = items.into_iter().map(read).collect();
        check_bulk_ids(&operations)?;
        Ok(Self { operations, fail_on_errors })
    }

    /// Returns the operation of that position, from 0.
    pub fn operation(&self, position: usize) -> Option<&BulkOperation> {
        self.operations.get(position)
    }
}

/// Makes the answer out of those to the operations.
pub fn response(operations: Vec<Value>) -> Value {
    json!({ "schemas": [urn::BULK_RESPONSE], "Operations": operations })
}

fn check_bulk_ids(operations: &[BulkOperation]) -> Result<(), ScimError> {
    let mut seen = std::collections::HashSet::new();
    for id in operations.iter().filter_map(|operation| operation.bulk_id.as_ref()) {
        if !seen.insert(id) {
            return Err(ScimError::invalid_value(format!("The bulkId {} is given twice.", excerpt(id))));
        }
    }
    Ok(())
}

fn read(item: Value) -> BulkOperation {
    let Value::Object(mut members) = item else {
        let call = Err(ScimError::invalid_syntax("Each operation must be an object."));
        return BulkOperation { method: String::new(), bulk_id: None, call };
    };
    let method = match take(&mut members, "method") {
        Some(Value::String(method)) => method,
        _ => String::new(),
    };
    let bulk_id = match take(&mut members, "bulkId") {
        Some(Value::String(id)) if !id.is_empty() => Some(id),
        _ => None,
    };
    let call = read_call(&method, bulk_id.is_some(), members);
    // What is no method is not repeated either.
    let method = BulkMethod::parse(&method).map_or(String::new(), |_| method.to_ascii_uppercase());
    BulkOperation { method, bulk_id, call }
}

fn read_call(
    method: &str,
    has_bulk_id: bool,
    mut members: Map<String, Value>,
) -> Result<BulkCall, ScimError> {
    let method = BulkMethod::parse(method)
        .ok_or_else(|| ScimError::invalid_syntax("method must be POST, PUT, PATCH or DELETE."))?;
    if method == BulkMethod::Post && !has_bulk_id {
        return Err(ScimError::invalid_syntax("A POST needs a bulkId."));
    }
    let Some(Value::String(path)) = take(&mut members, "path") else {
        return Err(ScimError::invalid_syntax("path must be text."));
    };
    let version = match take(&mut members, "version") {
        None => None,
        Some(Value::String(version)) => Some(version),
        Some(_) => return Err(ScimError::invalid_syntax("version must be text.")),
    };
    let data = match take(&mut members, "data") {
        Some(Value::Object(data)) => data,
        None if method == BulkMethod::Delete => Map::new(),
        _ => return Err(ScimError::invalid_syntax("data must be an object.")),
    };
    Ok(BulkCall { method, path, version, data })
}

/// Takes a member by name, in any letter case (RFC 7643 §2.1); null is none.
fn take(object: &mut Map<String, Value>, name: &str) -> Option<Value> {
    let spelt = object.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned()?;
    object.remove(&spelt).filter(|value| !value.is_null())
}

#[cfg(test)]
mod tests;
