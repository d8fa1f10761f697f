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

/// Lists the `bulkId`s that a path and a body refer to.
///
/// A reference is the whole text of a `value`, or stands in a path. Under other names the same letters are just text.
pub(super) fn references(path: &str, data: &Map<String, Value>, targets: &Targets) -> Vec<String> {
    let mut found: Vec<&str> = path.split('/').filter_map(|segment| segment.strip_prefix(PREFIX)).collect();
    collect(data, targets, &mut found);
    found.into_iter().map(str::to_owned).collect()
}

/// Tells whether references can be resolved.
///
/// # Errors
/// 400 `invalidValue` for a reference to no operation of the request; 409 for one to an operation that failed.
pub(super) fn readiness(references: &[String], targets: &Targets) -> Result<Readiness, ScimError> {
    let mut readiness = Readiness::Ready;
    for id in references {
        match targets.get(id) {
            Some(Target::Created(_)) => {}
            Some(Target::Awaited) => readiness = Readiness::Waiting,
            Some(Target::Failed) => {
                let detail = format!("The operation with the bulkId {} failed.", excerpt(id));
                return Err(ScimError::plain(409, detail));
            }
            None => {
                let detail = format!("No operation has the bulkId {}.", excerpt(id));
                return Err(ScimError::invalid_value(detail));
            }
        }
    }
    Ok(readiness)
}

fn collect<'a>(data: &'a Map<String, Value>, targets: &Targets, into: &mut Vec<&'a str>) {
    for (name, value) in data {
        match value {
            Value::String(path) if name.eq_ignore_ascii_case("path") => into.extend(quoted(path, targets)),
            other => collect_value(other, holds_references(name), targets, into),
        }
    }
}

fn collect_value<'a>(value: &'a Value, is_reference: bool, targets: &Targets, into: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if is_reference => into.extend(text.strip_prefix(PREFIX)),
        Value::Array(items) => items.iter().for_each(|item| collect_value(item, is_reference, targets, into)),
        Value::Object(members) => collect(members, targets, into),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn holds_references(name: &str) -> bool {
    name.eq_ignore_ascii_case("value")
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
            other => resolve_value(other, holds_references(name), targets),
        }
    }
}

fn resolve_value(value: &mut Value, is_reference: bool, targets: &Targets) {
    match value {
        Value::String(text) if is_reference => {
            if let Some(id) = created(text, targets) {
                *text = id.to_owned();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| resolve_value(item, is_reference, targets)),
        Value::Object(members) => resolve(members, targets),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
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

/// Parts a value into what can stay and what waits. An object with a waiting `value` waits as a whole: it is a member or
/// a manager, and nothing without it.
fn split(value: Value, targets: &Targets) -> (Option<Value>, Option<Value>) {
    match value {
        Value::Object(members) if waits(&members, targets) => (None, Some(Value::Object(members))),
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

fn waits(members: &Map<String, Value>, targets: &Targets) -> bool {
    let values = members.iter().filter(|(name, _)| holds_references(name)).map(|(_, value)| value);
    let mut ids = values.filter_map(|value| value.as_str()?.strip_prefix(PREFIX));
    ids.any(|id| targets.get(id) == Some(&Target::Awaited))
}
