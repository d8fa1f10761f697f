//! One value against its attribute: type, length, shape.

use serde_json::{Map, Value, json};

use super::entries;
use crate::error::{ScimError, excerpt};
use crate::schema::{Attribute, Kind, Shape};

/// Turns a client's value into the canonical one; `None` stands for "no value".
///
/// # Errors
/// 400 `invalidValue` when the value does not fit the attribute.
///
/// # RFC
/// RFC 7643 §2.3, §2.5. Entra deviations: `""` is no value; booleans may be text.
pub(crate) fn coerce(attribute: &Attribute, value: Value) -> Result<Option<Value>, ScimError> {
    if attribute.multi_valued {
        return entries::coerce_list(attribute, value);
    }
    match attribute.kind {
        Kind::Complex => coerce_complex(attribute, value),
        Kind::Boolean => coerce_boolean(attribute, value),
        Kind::String | Kind::Reference | Kind::Binary | Kind::DateTime => coerce_text(attribute, value),
    }
}

/// Tells whether a value means "none": null, `""`, an empty list, an empty object.
pub(crate) fn is_unassigned(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn coerce_boolean(attribute: &Attribute, value: Value) -> Result<Option<Value>, ScimError> {
    match unwrapped(attribute, value) {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(Value::Bool(flag))),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) => match boolean_text(&text) {
            Some(flag) => Ok(Some(Value::Bool(flag))),
            None => Err(misfit(attribute, &format!("must be true or false, not {}", excerpt(&text)))),
        },
        _ => Err(misfit(attribute, "must be true or false")),
    }
}

/// Entra deviation: booleans arrive as `"True"` and `"False"`.
pub(crate) fn boolean_text(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        return Some(true);
    }
    text.eq_ignore_ascii_case("false").then_some(false)
}

fn coerce_text(attribute: &Attribute, value: Value) -> Result<Option<Value>, ScimError> {
    let text = match unwrapped(attribute, value) {
        Value::String(text) => text,
        empty if is_unassigned(&empty) && !attribute.required => return Ok(None),
        Value::Null => return Ok(None),
        _ => return Err(misfit(attribute, "must be text")),
    };
    if text.is_empty() {
        return Ok(None);
    }
    check_text(attribute, &text)?;
    Ok(Some(Value::String(text)))
}

/// Entra deviation: a scalar may come in a list of one. Required attributes identify the resource: no guessing there.
fn unwrapped(attribute: &Attribute, value: Value) -> Value {
    match value {
        Value::Array(mut items) if items.len() == 1 && !attribute.required => items.remove(0),
        other => other,
    }
}

fn check_text(attribute: &Attribute, text: &str) -> Result<(), ScimError> {
    if text.chars().count() > attribute.max_chars {
        return Err(misfit(
            attribute,
            &format!("must not be longer than {} characters", attribute.max_chars),
        ));
    }
    if attribute.required && text.trim().is_empty() {
        return Err(misfit(attribute, "must not be blank"));
    }
    match attribute.shape {
        Shape::SingleLine if text.chars().any(char::is_control) => {
            Err(misfit(attribute, "must not contain control characters"))
        }
        Shape::Base64 if !is_base64(text) => Err(misfit(attribute, "must be base64")),
        // An entry decides about its address, because it depends on the entry's type: see `entries`.
        Shape::Email | Shape::SingleLine | Shape::Base64 | Shape::Free => Ok(()),
    }
}

fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let is_digit = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
    text.len().is_multiple_of(4) && padding <= 2 && digits.chars().all(is_digit)
}

fn coerce_complex(attribute: &Attribute, value: Value) -> Result<Option<Value>, ScimError> {
    match value {
        Value::Object(members) => coerce_members(attribute, members).map(object_or_none),
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(_) if attribute.accepts_bare_value => {
            coerce_complex(attribute, json!({ "value": value }))
        }
        Value::Array(mut items) if attribute.accepts_bare_value && items.len() < 2 => {
            items.pop().map_or(Ok(None), |item| coerce_complex(attribute, item))
        }
        _ => Err(misfit(attribute, "must be an object")),
    }
}

fn object_or_none(members: Map<String, Value>) -> Option<Value> {
    (!members.is_empty()).then_some(Value::Object(members))
}

/// Canonical names and values for the parts of a complex value; unknown and read-only parts are dropped.
pub(super) fn coerce_members(
    attribute: &Attribute,
    members: Map<String, Value>,
) -> Result<Map<String, Value>, ScimError> {
    let mut canonical = Map::new();
    for (name, value) in members {
        let Some(part) = attribute.sub_attribute(&name).filter(|part| part.is_writable()) else { continue };
        let Some(value) = coerce(part, value).map_err(|error| error.within(attribute.name))? else {
            continue;
        };
        if canonical.insert(part.name.to_owned(), value).is_some() {
            return Err(ScimError::invalid_syntax(format!(
                "{}.{} is given twice.",
                attribute.name, part.name
            )));
        }
    }
    Ok(canonical)
}

pub(crate) fn misfit(attribute: &Attribute, problem: &str) -> ScimError {
    ScimError::invalid_value(format!("{} {problem}.", attribute.name))
}
