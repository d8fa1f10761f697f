//! One operation on a canonical document.

use serde_json::{Map, Value};

use super::target::Target;
use super::{Action, Operation, entra};
use crate::document::{edit_entries, edit_home, edit_object, set_or_clear};
use crate::error::ScimError;
use crate::filter::Expression;
use crate::filter::evaluate::entry_matches;
use crate::path::AttributePath;
use crate::resource::entries::{
    Entry, check_address, check_count, coerce_entries, coerce_entry, is_primary, merged,
};
use crate::resource::value::{coerce, is_unassigned, misfit};
use crate::schema::Attribute;

/// Applies an operation; a document that comes with an error is of no use any more.
pub(super) fn apply(document: &mut Map<String, Value>, operation: &Operation) -> Result<(), ScimError> {
    let path = *operation.target.path();
    if path.is_members() {
        return Ok(());
    }
    edit_home(document, &path, |home| match &operation.target {
        Target::Attribute(_) if !path.attribute.multi_valued => {
            apply_to_single(home, &path, &operation.action)
        }
        Target::Attribute(_) if path.sub_attribute.is_some() => {
            edit_entries(home, path.attribute.name, |entries| set_in_all(entries, &path, &operation.action))
        }
        Target::Attribute(_) => edit_entries(home, path.attribute.name, |entries| {
            change_list(entries, path.attribute, &operation.action)
        }),
        Target::Entries(_, condition) => edit_entries(home, path.attribute.name, |entries| {
            change_matching(entries, &path, condition, &operation.action)
        }),
    })
}

fn apply_to_single(
    home: &mut Map<String, Value>,
    path: &AttributePath,
    action: &Action,
) -> Result<(), ScimError> {
    let value = new_value(path, action)?;
    match path.sub_attribute {
        Some(part) => edit_object(home, path.attribute.name, |parts| {
            set_or_clear(parts, part.name, value);
            Ok(())
        }),
        None => {
            set_or_clear(home, path.attribute.name, value);
            Ok(())
        }
    }
}

/// Returns what the attribute holds afterwards; `None` clears it.
fn new_value(path: &AttributePath, action: &Action) -> Result<Option<Value>, ScimError> {
    let leaf = path.leaf();
    let value = match action {
        Action::Remove(_) if !leaf.is_clearable() => {
            return Err(ScimError::mutability(format!("{path} cannot be removed.")));
        }
        Action::Remove(_) => None,
        Action::Add(value) | Action::Replace(value) => coerce(leaf, value.clone())?,
    };
    if value.is_none() && !leaf.is_clearable() {
        return Err(misfit(leaf, "cannot be without a value"));
    }
    Ok(value)
}

/// A multi-valued attribute as a whole.
fn change_list(
    entries: &mut Vec<Entry>,
    attribute: &'static Attribute,
    action: &Action,
) -> Result<(), ScimError> {
    match action {
        Action::Add(value) => {
            let added = listed_entries(attribute, value)?;
            if added.iter().any(is_primary) {
                demote(entries);
            }
            entries.extend(added);
            // Merged before counting: adding what is there already must succeed however long the list is.
            *entries = merged(attribute, std::mem::take(entries));
            check_count(attribute, entries.len())?;
        }
        Action::Replace(value) => *entries = listed_entries(attribute, value)?,
        Action::Remove(Some(value)) if !is_unassigned(value) => {
            let listed = listed_entries(attribute, value)?;
            entries.retain(|entry| !entra::is_listed(entry, &listed));
        }
        // An empty list names nobody; only the absence of a value means all.
        Action::Remove(Some(Value::Array(_) | Value::Object(_))) => {}
        Action::Remove(_) => entries.clear(),
    }
    Ok(())
}

/// Reads a list of entries, or one entry by itself (RFC 7644 §3.5.2.1).
fn listed_entries(attribute: &Attribute, value: &Value) -> Result<Vec<Entry>, ScimError> {
    match value {
        Value::Array(items) => coerce_entries(attribute, items.clone()),
        Value::Object(_) => coerce_entries(attribute, vec![value.clone()]),
        empty if is_unassigned(empty) => Ok(Vec::new()),
        _ => Err(misfit(attribute, "must be a list")),
    }
}

/// One part of all entries: `emails.display`.
fn set_in_all(entries: &mut Vec<Entry>, path: &AttributePath, action: &Action) -> Result<(), ScimError> {
    let value = new_value(path, action)?;
    if entries.is_empty() && value.is_some() {
        entries.push(Entry::new());
    }
    for entry in entries.iter_mut() {
        set_or_clear(entry, path.leaf().name, value.clone());
        if path.leaf().name == "value" {
            check_address(path.attribute, entry)?;
        }
    }
    if entries.iter().filter(|entry| is_primary(entry)).count() > 1 {
        return Err(misfit(path.attribute, "must not have more than one primary entry"));
    }
    Ok(())
}

/// The entries a condition selects: `emails[type eq "work"]`, `emails[type eq "work"].value`.
fn change_matching(
    entries: &mut Vec<Entry>,
    path: &AttributePath,
    condition: &Expression,
    action: &Action,
) -> Result<(), ScimError> {
    let change = match path.sub_attribute {
        Some(part) => Change::part(part, new_value(path, action)?),
        None => Change::whole(path.attribute, action)?,
    };
    let selected = |entry: &Entry| entry_matches(condition, entry);
    if !entries.iter().any(selected) && change.sets_something() {
        let created = entra::entry_from_condition(condition).ok_or_else(|| {
            ScimError::no_target(format!("No entry of {} meets the condition.", path.attribute.name))
        })?;
        entries.push(created);
        check_count(path.attribute, entries.len())?;
    }
    let Change::Set(parts) = change else {
        entries.retain(|entry| !selected(entry));
        return Ok(());
    };
    for position in 0..entries.len() {
        let Some(entry) = entries.get_mut(position).filter(|entry| selected(entry)) else { continue };
        for (name, value) in &parts {
            set_or_clear(entry, name, value.clone());
        }
        if parts.iter().any(|(name, _)| name == "value") {
            check_address(path.attribute, entry)?;
        }
        if is_primary(entry) {
            demote_others(entries, position);
        }
    }
    Ok(())
}

/// What happens to each selected entry.
enum Change {
    /// These parts are set, or cleared where there is no value.
    Set(Vec<(String, Option<Value>)>),
    /// The entry goes.
    Remove,
}

impl Change {
    fn part(part: &Attribute, value: Option<Value>) -> Self {
        Self::Set(vec![(part.name.to_owned(), value)])
    }

    fn whole(attribute: &Attribute, action: &Action) -> Result<Self, ScimError> {
        let (Action::Add(value) | Action::Replace(value)) = action else { return Ok(Self::Remove) };
        let members = match value {
            Value::Object(members) => members.clone(),
            Value::Array(items) if items.len() == 1 => match items.first() {
                Some(Value::Object(members)) => members.clone(),
                _ => return Err(misfit(attribute, "must be an object here")),
            },
            empty if is_unassigned(empty) => return Ok(Self::Remove),
            _ => return Err(misfit(attribute, "must be an object here")),
        };
        let cleared = members.iter().filter(|(_, value)| is_unassigned(value));
        let cleared = cleared
            .filter_map(|(name, _)| attribute.sub_attribute(name))
            .map(|part| (part.name.to_owned(), None));
        let mut parts: Vec<_> = cleared.collect();
        parts.extend(coerce_entry(attribute, members)?.into_iter().map(|(name, value)| (name, Some(value))));
        Ok(Self::Set(parts))
    }

    fn sets_something(&self) -> bool {
        matches!(self, Self::Set(parts) if parts.iter().any(|(_, value)| value.is_some()))
    }
}

/// At most one entry is primary: the one named last (RFC 7644 §3.5.2).
fn demote(entries: &mut [Entry]) {
    for entry in entries.iter_mut().filter(|entry| is_primary(entry)) {
        entry.insert("primary".to_owned(), Value::Bool(false));
    }
}

fn demote_others(entries: &mut [Entry], kept: usize) {
    let (before, rest) = entries.split_at_mut(kept);
    demote(before);
    if let Some((_, after)) = rest.split_first_mut() {
        demote(after);
    }
}
