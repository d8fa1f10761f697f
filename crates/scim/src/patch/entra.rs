//! Every way in which PATCH follows Microsoft Entra ID rather than RFC 7644, in one place.
//!
//! Some tolerance is not here because it is no matter of PATCH: string booleans and bare managers are read wherever
//! a value is read, and quoted booleans wherever a filter is.

use serde_json::{Map, Value, json};

use super::parse::Verb;
use super::target::{self, Found};
use crate::error::ScimError;
use crate::filter::{Expression, Literal, Operator};
use crate::path::AttributePath;
use crate::resource::entries::Entry;
use crate::resource_type::ResourceType;
use crate::schema::{Attribute, Kind};

/// Reads `op` in any letter case: the default dialect sends `Add`, `Replace`, `Remove`.
pub(super) fn verb(op: &str) -> Option<Verb> {
    let verbs = [("add", Verb::Add), ("replace", Verb::Replace), ("remove", Verb::Remove)];
    verbs.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(op)).map(|(_, verb)| verb)
}

/// Resolves a key of a pathless value as a path: `name.givenName`, `urn:…:User:department`, `emails[…].value`.
///
/// A key that is no path at all counts as unknown, except where brackets show that a path was meant.
pub(super) fn resolve_key<'s>(resource_type: ResourceType<'s>, key: &str) -> Result<Found<'s>, ScimError> {
    match target::resolve(resource_type, key) {
        Err(_) if !key.contains('[') => Ok(Found::Nothing),
        resolved => resolved,
    }
}

/// Brings the odd shapes of values into the one shape the rest of PATCH knows.
pub(super) fn reshaped(path: &AttributePath<'_>, value: Value) -> Value {
    let leaf = path.leaf();
    if leaf.kind != Kind::Complex {
        return match value {
            Value::Array(items) if leaf.multi_valued => items.into_iter().map(unwrapped_scalar).collect(),
            value => unwrapped_scalar(value),
        };
    }
    if leaf.accepts_bare_value {
        return reference_object(value);
    }
    if leaf.multi_valued && leaf.name == "roles" {
        return unpacked_entries(leaf, value);
    }
    value
}

/// `["x"]`, `{"value": "x"}` and `[{"$ref": null, "value": "x"}]` all mean `"x"`.
fn unwrapped_scalar(value: Value) -> Value {
    match value {
        Value::Array(mut items) if items.len() == 1 => items.pop().map_or(Value::Null, unwrapped_scalar),
        Value::Object(mut members) if members.contains_key("value") => {
            members.remove("value").unwrap_or(Value::Null)
        }
        other => other,
    }
}

/// The manager comes as a bare identifier, an object, or a list of one object.
fn reference_object(value: Value) -> Value {
    match value {
        Value::Array(mut items) if items.len() == 1 => items.pop().map_or(Value::Null, reference_object),
        Value::String(text) if !text.is_empty() => json!({ "value": text }),
        other => other,
    }
}

/// `AppRoleAssignmentsComplex` packs each role as JSON text into `value`.
fn unpacked_entries(attribute: &Attribute, value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|item| unpacked_entry(attribute, item)).collect(),
        other => unpacked_entry(attribute, other),
    }
}

fn unpacked_entry(attribute: &Attribute, entry: Value) -> Value {
    let packed = entry.get("value").and_then(Value::as_str).filter(|text| text.starts_with('{'));
    let Some(Ok(inner)) = packed.map(|text| crate::json::parse(text.as_bytes())) else { return entry };
    let Value::Object(mut members) = entry else { return entry };
    for (name, value) in inner {
        let name = if name == "displayName" { "display" } else { name.as_str() };
        if attribute.sub_attribute(name).is_some() {
            members.insert(name.to_owned(), value);
        }
    }
    Value::Object(members)
}

/// Makes the entry that a value path looks for in vain, when the path says enough about it.
///
/// Enough is a conjunction of equalities on `type`, `primary` and `display`; anything else has no target.
pub(super) fn entry_from_condition(condition: &Expression) -> Option<Entry> {
    let mut entry = Map::new();
    stamp(condition, &mut entry)?;
    Some(entry)
}

fn stamp(condition: &Expression, entry: &mut Entry) -> Option<()> {
    match condition {
        Expression::And(conditions) => conditions.iter().try_for_each(|inner| stamp(inner, entry)),
        Expression::Compare(operand, Operator::Equal, literal) => {
            let name = operand.part.as_deref()?;
            if !["type", "primary", "display"].contains(&name) || entry.contains_key(name) {
                return None;
            }
            entry.insert(name.to_owned(), stamped_value(literal)?);
            Some(())
        }
        _ => None,
    }
}

fn stamped_value(literal: &Literal) -> Option<Value> {
    match literal {
        Literal::Text(text) => Some(json!(text)),
        Literal::Boolean(flag) => Some(json!(flag)),
        Literal::Number(_) | Literal::Instant(_) => None,
    }
}

/// Returns whether a removal with a list of values means this entry: one of them agrees in all it names.
pub(super) fn is_listed(entry: &Entry, listed: &[Entry]) -> bool {
    let agrees = |wanted: &Entry| {
        !wanted.is_empty() && wanted.iter().all(|(name, value)| same(entry.get(name), value))
    };
    listed.iter().any(agrees)
}

fn same(present: Option<&Value>, wanted: &Value) -> bool {
    match (present, wanted) {
        (Some(Value::String(present)), Value::String(wanted)) => crate::fold(present) == crate::fold(wanted),
        (present, wanted) => present == Some(wanted),
    }
}
