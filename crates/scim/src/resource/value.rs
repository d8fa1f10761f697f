//! One value against its attribute: type, length, shape.

use serde_json::{Map, Number, Value, json};

use super::entries;
use crate::error::ScimError;
use crate::filter::instant;
use crate::fold::fold;
use crate::profile::Profile;
use crate::schema::{Attribute, Kind, Shape};

/// Turns a client's value into the canonical one; `None` stands for "no value".
///
/// # Errors
/// 400 `invalidValue` when the value does not fit the attribute.
///
/// # RFC
/// RFC 7643 §2.3, §2.5. `""` is no value. Entra deviations: booleans and numbers may be text, a single value may come
/// in a list of one.
pub(crate) fn coerce(
    attribute: &Attribute,
    value: Value,
    profile: Profile,
) -> Result<Option<Value>, ScimError> {
    match (attribute.multi_valued, attribute.kind) {
        (true, Kind::Complex) => entries::coerce_list(attribute, value, profile),
        (true, _) => coerce_values(attribute, value, profile),
        (false, _) => coerce_one(attribute, value, profile),
    }
}

fn coerce_one(attribute: &Attribute, value: Value, profile: Profile) -> Result<Option<Value>, ScimError> {
    match attribute.kind {
        Kind::Complex => coerce_complex(attribute, value, profile),
        Kind::Boolean => coerce_boolean(attribute, unwrapped(attribute, value, profile), profile),
        Kind::Integer | Kind::Decimal => {
            coerce_number(attribute, unwrapped(attribute, value, profile), profile)
        }
        Kind::String | Kind::Reference | Kind::Binary | Kind::DateTime => {
            coerce_text(attribute, unwrapped(attribute, value, profile))
        }
    }
}

/// A list of simple values, each once (RFC 7643 §2.4).
pub(crate) fn coerce_values(
    attribute: &Attribute,
    value: Value,
    profile: Profile,
) -> Result<Option<Value>, ScimError> {
    let items = match value {
        Value::Array(items) => items,
        empty if is_unassigned(&empty) => return Ok(None),
        _ => return Err(misfit(attribute, "must be a list")),
    };
    entries::check_count(attribute, items.len())?;
    let mut values = Vec::new();
    for item in items {
        values.extend(coerce_one(attribute, item, profile)?);
    }
    Ok(listed(distinct(attribute, values)))
}

/// Leaves out values that are there already, as the attribute compares them.
pub(crate) fn distinct(attribute: &Attribute, values: Vec<Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for value in values {
        if !kept.iter().any(|present| same(attribute, present, &value)) {
            kept.push(value);
        }
    }
    kept
}

/// Tells whether two canonical values of a simple attribute are equal.
pub(crate) fn same(attribute: &Attribute, one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) if !attribute.case_exact => fold(one) == fold(other),
        _ => one == other,
    }
}

pub(crate) fn listed(values: Vec<Value>) -> Option<Value> {
    (!values.is_empty()).then_some(Value::Array(values))
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

fn coerce_boolean(attribute: &Attribute, value: Value, profile: Profile) -> Result<Option<Value>, ScimError> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(Value::Bool(flag))),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) => match boolean_text(&text).filter(|_| !profile.is_strict()) {
            Some(flag) => Ok(Some(Value::Bool(flag))),
            None => Err(misfit(attribute, "must be true or false")),
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

/// Largest integer that every reader of JSON keeps exactly (RFC 8259 §6).
const MAX_INTEGER: i64 = (1 << 53) - 1;

/// Integers have neither fraction nor exponent (RFC 7643 §2.3.4).
fn coerce_number(attribute: &Attribute, value: Value, profile: Profile) -> Result<Option<Value>, ScimError> {
    let number = match value {
        Value::Null => return Ok(None),
        Value::String(text) if text.is_empty() => return Ok(None),
        Value::Number(number) => Some(number),
        Value::String(text) if !profile.is_strict() => serde_json::from_str::<Number>(&text).ok(),
        _ => None,
    };
    let (canonical, expected) = match attribute.kind {
        Kind::Integer => {
            let exact = |n: &i64| (-MAX_INTEGER..=MAX_INTEGER).contains(n);
            (number.and_then(|n| n.as_i64()).filter(exact).map(Number::from), "must be an integer below 2^53")
        }
        _ => (number.and_then(|n| n.as_f64()).and_then(Number::from_f64), "must be a number"),
    };
    match canonical {
        Some(number) => Ok(Some(Value::Number(number))),
        None => Err(misfit(attribute, expected)),
    }
}

fn coerce_text(attribute: &Attribute, value: Value) -> Result<Option<Value>, ScimError> {
    let text = match value {
        Value::String(text) => text,
        empty if is_unassigned(&empty) && !attribute.identifies() => return Ok(None),
        Value::Null => return Ok(None),
        _ => return Err(misfit(attribute, "must be text")),
    };
    if text.is_empty() {
        return Ok(None);
    }
    check_text(attribute, &text)?;
    Ok(Some(Value::String(text)))
}

/// Entra deviation: a scalar may come in a list of one. What identifies the resource is not guessed at.
fn unwrapped(attribute: &Attribute, value: Value, profile: Profile) -> Value {
    match value {
        Value::Array(mut items) if items.len() == 1 && !attribute.identifies() && !profile.is_strict() => {
            items.remove(0)
        }
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
    match attribute.kind {
        Kind::Binary if !is_base64(text) => return Err(misfit(attribute, "must be base64")),
        Kind::DateTime if instant(text).is_none() => {
            return Err(misfit(attribute, "must be a date, time and zone such as 2026-01-31T08:00:00Z"));
        }
        _ => {}
    }
    match attribute.shape {
        Shape::SingleLine if text.chars().any(breaks_a_line) => {
            Err(misfit(attribute, "must not contain control characters"))
        }
        // An entry decides about its address, because it depends on the entry's type: see `entries`.
        Shape::Email | Shape::SingleLine | Shape::Free => Ok(()),
    }
}

/// Control characters, line separators, what turns the direction of the text around it, and what takes no room at all.
/// Joiners stay: names of some scripts need them.
fn breaks_a_line(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let is_digit = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
    text.len().is_multiple_of(4) && padding <= 2 && digits.chars().all(is_digit)
}

fn coerce_complex(attribute: &Attribute, value: Value, profile: Profile) -> Result<Option<Value>, ScimError> {
    let takes_bare_value = attribute.accepts_bare_value && !profile.is_strict();
    match value {
        Value::Object(members) => coerce_members(attribute, members, profile).map(object_or_none),
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(_) if takes_bare_value => coerce_complex(attribute, json!({ "value": value }), profile),
        Value::Array(mut items) if takes_bare_value && items.len() < 2 => {
            items.pop().map_or(Ok(None), |item| coerce_complex(attribute, item, profile))
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
    profile: Profile,
) -> Result<Map<String, Value>, ScimError> {
    let mut canonical = Map::new();
    for (name, value) in members {
        let Some(part) = attribute.sub_attribute(&name).filter(|part| part.is_writable()) else { continue };
        let Some(value) = coerce(part, value, profile).map_err(|error| error.within(&attribute.name))? else {
            continue;
        };
        if canonical.insert(part.name.clone(), value).is_some() {
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
