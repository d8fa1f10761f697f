//! References from one operation of a bulk request to the resource that another creates (RFC 7644 §3.7.2).

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::error::{ScimError, excerpt};

const PREFIX: &str = "bulkId:";

/// What is known of the resource behind a `bulkId`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    /// Its operation has not run yet.
    Awaited,
    /// It has this id.
    Created(String),
    /// Its operation failed.
    Failed,
}

/// Every `bulkId` of a request.
pub(super) type Targets = HashMap<String, Target>;

/// How an operation stands to the resources that it refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    /// All of them exist.
    Ready,
    /// Some of them are yet to be created.
    Waiting,
}

/// Tells whether the references in a path and a body can be resolved.
///
/// # Errors
/// 400 `invalidValue` for a reference to no operation of the request; 409 for one to an operation that failed.
pub(super) fn readiness(path: &str, data: &Map<String, Value>, targets: &Targets) -> Result<Readiness, ScimError> {
    let mut references = Vec::new();
    references.extend(path.split('/').filter_map(|segment| segment.strip_prefix(PREFIX)).map(|id| (id, true)));
    collect(data, targets, &mut references);
    let mut readiness = Readiness::Ready;
    for (id, must_exist) in references {
        match targets.get(id) {
            Some(Target::Created(_)) => {}
            Some(Target::Awaited) => readiness = Readiness::Waiting,
            Some(Target::Failed) => {
                let detail = format!("The operation with the bulkId {} failed.", excerpt(id));
                return Err(ScimError::plain(409, detail));
            }
            None if must_exist => {
                let detail = format!("No operation has the bulkId {}.", excerpt(id));
                return Err(ScimError::invalid_value(detail));
            }
            None => {}
        }
    }
    Ok(readiness)
}

/// Lists the references in a body, and whether each must lead to an operation. Under other names than `value` the same
/// letters may be just text.
fn collect<'a>(data: &'a Map<String, Value>, targets: &Targets, into: &mut Vec<(&'a str, bool)>) {
    for (name, value) in data {
        if name.eq_ignore_ascii_case("path") {
            into.extend(value.as_str().into_iter().flat_map(|path| quoted(path, targets)).map(|id| (id, true)));
            continue;
        }
        collect_value(value, name.eq_ignore_ascii_case("value"), targets, into);
    }
}

fn collect_value<'a>(value: &'a Value, must_exist: bool, targets: &Targets, into: &mut Vec<(&'a str, bool)>) {
    match value {
        Value::String(text) => into.extend(text.strip_prefix(PREFIX).map(|id| (id, must_exist))),
        Value::Array(items) => items.iter().for_each(|item| collect_value(item, must_exist, targets, into)),
        Value::Object(members) => collect(members, targets, into),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The references in the filter of a PATCH path: `members[value eq "bulkId:u"]`.
fn quoted<'a>(path: &'a str, targets: &Targets) -> impl Iterator<Item = &'a str> {
    let parts: Vec<&str> = path.split('"').skip(1).step_by(2).collect();
    let known: Vec<&str> = parts
        .into_iter()
        .filter_map(|part| part.strip_prefix(PREFIX))
        .filter(|id| targets.contains_key(*id))
        .collect();
    known.into_iter()
}

/// Puts ids in the place of references, where they are known.
pub(super) fn resolve_path(path: &str, targets: &Targets) -> String {
    let resolved = path.split('/').map(|segment| created(segment, targets).unwrap_or(segment));
    resolved.collect::<Vec<_>>().join("/")
}

/// Puts ids in the place of references in a body, where they are known.
pub(super) fn resolve(data: &mut Map<String, Value>, targets: &Targets) {
    for (name, value) in data.iter_mut() {
        match value {
            Value::String(path) if name.eq_ignore_ascii_case("path") => {
                let parts = path.split('"').map(|part| created(part, targets).unwrap_or(part));
                *path = parts.collect::<Vec<_>>().join("\"");
            }
            other => resolve_value(other, targets),
        }
    }
}

fn resolve_value(value: &mut Value, targets: &Targets) {
    match value {
        Value::String(text) => {
            if let Some(id) = created(text, targets) {
                *text = id.to_owned();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| resolve_value(item, targets)),
        Value::Object(members) => resolve(members, targets),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn created<'a>(text: &str, targets: &'a Targets) -> Option<&'a str> {
    match targets.get(text.strip_prefix(PREFIX)?)? {
        Target::Created(id) => Some(id),
        Target::Awaited | Target::Failed => None,
    }
}

/// Takes what refers to resources that are yet to be created out of the body of a POST, and returns it: what is left can
/// be created now, and the rest added when they exist.
pub(super) fn split_awaited(data: &mut Map<String, Value>, targets: &Targets) -> Map<String, Value> {
    let mut taken = Map::new();
    for (name, value) in std::mem::take(data) {
        let (kept, awaited) = split(value, targets);
        if let Some(kept) = kept {
            data.insert(name.clone(), kept);
        }
        if let Some(awaited) = awaited {
            taken.insert(name, awaited);
        }
    }
    taken
}

/// Parts a value into what can stay and what waits. An object with a waiting text of its own waits as a whole: it is a
/// member or a manager, and nothing without its `value`.
fn split(value: Value, targets: &Targets) -> (Option<Value>, Option<Value>) {
    match value {
        value if is_awaited(&value, targets) => (None, Some(value)),
        Value::Object(members) if members.values().any(|member| is_awaited(member, targets)) => {
            (None, Some(Value::Object(members)))
        }
        Value::Object(mut members) => {
            let awaited = split_awaited(&mut members, targets);
            (Some(Value::Object(members)), (!awaited.is_empty()).then_some(Value::Object(awaited)))
        }
        Value::Array(items) => {
            let (mut kept, mut awaited) = (Vec::new(), Vec::new());
            for item in items {
                let (stays, waits) = split(item, targets);
                kept.extend(stays);
                awaited.extend(waits);
            }
            (Some(Value::Array(kept)), (!awaited.is_empty()).then_some(Value::Array(awaited)))
        }
        simple => (Some(simple), None),
    }
}

fn is_awaited(value: &Value, targets: &Targets) -> bool {
    let id = value.as_str().and_then(|text| text.strip_prefix(PREFIX));
    id.is_some_and(|id| targets.get(id) == Some(&Target::Awaited))
}
