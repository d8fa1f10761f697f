//! Multi-valued complex attributes: lists of entries with `type`, `primary` and a value.

use serde_json::{Map, Value};

use super::value::{coerce_members, is_unassigned, misfit};
use crate::error::ScimError;
use crate::fold::fold;
use crate::profile::Profile;
use crate::schema::{Attribute, Shape};

/// Largest number of entries in one attribute.
const MAX_ENTRIES: usize = 50;

/// One element of a multi-valued attribute.
pub(crate) type Entry = Map<String, Value>;

pub(super) fn coerce_list(
    attribute: &Attribute,
    value: Value,
    profile: Profile,
) -> Result<Option<Value>, ScimError> {
    match value {
        Value::Array(items) => coerce_entries(attribute, items, profile).map(as_value),
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        _ => Err(misfit(attribute, "must be a list")),
    }
}

/// Brings every entry of a list into canonical form.
///
/// # Errors
/// 400 `invalidValue` when an entry does not fit, two are primary, or there are too many.
pub(crate) fn coerce_entries(
    attribute: &Attribute,
    items: Vec<Value>,
    profile: Profile,
) -> Result<Vec<Entry>, ScimError> {
    let mut entries = Vec::new();
    check_count(attribute, items.len())?;
    for item in items {
        match item {
            Value::Object(members) => entries.push(coerce_entry(attribute, members, profile)?),
            empty if is_unassigned(&empty) => {}
            _ => return Err(misfit(attribute, "must be a list of objects")),
        }
    }
    if entries.iter().filter(|entry| is_primary(entry)).count() > 1 {
        return Err(misfit(attribute, "must not have more than one primary entry"));
    }
    entries.retain(|entry| !entry.is_empty());
    Ok(entries)
}

/// Brings one entry into canonical form; the result may be empty.
pub(crate) fn coerce_entry(
    attribute: &Attribute,
    members: Map<String, Value>,
    profile: Profile,
) -> Result<Entry, ScimError> {
    let entry = coerce_members(attribute, members, profile)?;
    check_address(attribute, &entry)?;
    Ok(entry)
}

/// Refuses more entries than an attribute may have.
pub(crate) fn check_count(attribute: &Attribute, count: usize) -> Result<(), ScimError> {
    if count > MAX_ENTRIES {
        return Err(misfit(attribute, &format!("must not have more than {MAX_ENTRIES} entries")));
    }
    Ok(())
}

/// Requires an e-mail address to look like one.
///
/// Entra deviation: type `other` carries `proxyAddresses`, which may be X.500 names; they must not stop the person.
pub(crate) fn check_address(attribute: &Attribute, entry: &Entry) -> Result<(), ScimError> {
    let has_addresses = attribute.sub_attributes.iter().any(|part| part.shape == Shape::Email);
    if !has_addresses || kind_of(entry).as_deref() == Some("other") {
        return Ok(());
    }
    match entry.get("value").and_then(Value::as_str) {
        Some(address) if !is_address(address) => {
            Err(misfit(attribute, "must hold e-mail addresses, and holds something else"))
        }
        _ => Ok(()),
    }
}

fn is_address(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !text.chars().any(char::is_control)
}

pub(crate) fn is_primary(entry: &Entry) -> bool {
    entry.get("primary") == Some(&Value::Bool(true))
}

fn kind_of(entry: &Entry) -> Option<String> {
    entry.get("type").and_then(Value::as_str).map(fold)
}

/// An entry of a standard list that only says what it is for and holds nothing. A list without `primary` is not of that
/// kind: in one of an integration's own, `type` may be all there is to say.
fn is_hollow(attribute: &Attribute, entry: &Entry) -> bool {
    let is_standard = attribute.sub_attribute("primary").is_some();
    entry.is_empty() || (is_standard && entry.keys().all(|name| name == "type" || name == "primary"))
}

/// Merges entries of the same type and value, later parts winning, and drops hollow ones (RFC 7643 §2.4).
pub(crate) fn merged(attribute: &Attribute, entries: Vec<Entry>) -> Vec<Entry> {
    let mut kept: Vec<(Identity, Entry)> = Vec::new();
    for mut entry in entries {
        entry.retain(|_, value| !is_unassigned(value));
        if is_hollow(attribute, &entry) {
            continue;
        }
        let identity = identity(attribute, &entry);
        match kept.iter_mut().find(|(known, _)| *known == identity) {
            Some((_, present)) => absorb(present, entry),
            None => kept.push((identity, entry)),
        }
    }
    kept.into_iter().map(|(_, entry)| entry).collect()
}

fn absorb(present: &mut Entry, repeated: Entry) {
    let was_primary = is_primary(present);
    present.extend(repeated);
    if was_primary {
        present.insert("primary".to_owned(), Value::Bool(true));
    }
}

/// What makes two entries the same.
#[derive(PartialEq)]
enum Identity {
    TypeAndValue(Option<String>, String),
    Whole(Entry),
}

fn identity(attribute: &Attribute, entry: &Entry) -> Identity {
    let value_attribute = attribute.sub_attribute("value");
    match (value_attribute, entry.get("value").and_then(Value::as_str)) {
        (Some(part), Some(value)) => {
            let value = if part.case_exact { value.to_owned() } else { fold(value) };
            Identity::TypeAndValue(kind_of(entry), value)
        }
        _ => Identity::Whole(entry.clone()),
    }
}

/// The entries as a JSON list, if there are any.
pub(super) fn as_value(entries: Vec<Entry>) -> Option<Value> {
    (!entries.is_empty()).then(|| entries.into_iter().map(Value::Object).collect())
}
