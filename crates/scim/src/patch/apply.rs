//! One operation on a canonical document.

use serde_json::{Map, Value};

use super::target::Target;
use super::{Action, Operation, entra};
use crate::document::{edit_entries, edit_home, edit_object, set_or_clear};
use crate::error::ScimError;
use crate::filter::Expression;
use crate::filter::evaluate::{entry_matches, value_matches};
use crate::path::AttributePath;
use crate::profile::Profile;
use crate::resource::entries::{
    Entry, check_address, check_count, coerce_entries, coerce_entry, is_primary, merged,
};
use crate::resource::value::{coerce, coerce_values, distinct, is_unassigned, listed, misfit, same};
use crate::schema::{Attribute, Kind};

/// Applies an operation; a document that comes with an error is of no use any more.
pub(super) fn apply(
    document: &mut Map<String, Value>,
    operation: &Operation<'_>,
    profile: Profile,
) -> Result<(), ScimError> {
    let path = *operation.target.path();
    if path.is_members() {
        return Ok(());
    }
    let (name, action) = (&path.attribute.name, &operation.action);
    edit_home(document, &path, |home| match &operation.target {
        Target::Attribute(_) if !path.attribute.is_list_of_entries() => {
            apply_to_value(home, &path, action, profile)
        }
        Target::Attribute(_) if path.sub_attribute.is_some() => {
            edit_entries(home, name, |entries| set_in_all(entries, &path, action, profile))
        }
        Target::Attribute(_) => {
            edit_entries(home, name, |entries| change_list(entries, path.attribute, action, profile))
        }
        Target::Entries(_, condition) if path.attribute.kind == Kind::Complex => {
            edit_entries(home, name, |entries| change_matching(entries, &path, condition, action, profile))
        }
        Target::Entries(_, condition) => {
            let value =
                change_matching_values(home.remove(name), path.attribute, condition, action, profile)?;
            set_or_clear(home, name, value);
            Ok(())
        }
    })
}

/// A single value, a part of a single complex value, or a list of simple values.
fn apply_to_value(
    home: &mut Map<String, Value>,
    path: &AttributePath<'_>,
    action: &Action,
    profile: Profile,
) -> Result<(), ScimError> {
    let set = |home: &mut Map<String, Value>, attribute: &Attribute| {
        let value = new_value(path, action, home.get(&attribute.name), profile)?;
        set_or_clear(home, &attribute.name, value);
        Ok(())
    };
    match path.sub_attribute {
        Some(part) => edit_object(home, &path.attribute.name, |parts| set(parts, part)),
        None => set(home, path.attribute),
    }
}

/// Returns what the attribute holds afterwards; `None` clears it.
fn new_value(
    path: &AttributePath<'_>,
    action: &Action,
    present: Option<&Value>,
    profile: Profile,
) -> Result<Option<Value>, ScimError> {
    let leaf = path.leaf();
    if leaf.multi_valued {
        return new_values(leaf, action, present, profile);
    }
    let value = match action {
        Action::Remove(_) if !leaf.is_clearable() => {
            return Err(ScimError::mutability(format!("{path} cannot be removed.")));
        }
        Action::Remove(_) => None,
        Action::Add(value) | Action::Replace(value) => coerce(leaf, value.clone(), profile)?,
    };
    if value.is_none() && !leaf.is_clearable() {
        return Err(misfit(leaf, "cannot be without a value"));
    }
    Ok(value)
}

/// Returns what a list of simple values holds afterwards.
fn new_values(
    attribute: &Attribute,
    action: &Action,
    present: Option<&Value>,
    profile: Profile,
) -> Result<Option<Value>, ScimError> {
    let mut values = items_of(present.cloned());
    let given = |value: &Value| {
        let list = if value.is_array() { value.clone() } else { Value::Array(vec![value.clone()]) };
        coerce_values(attribute, list, profile).map(items_of)
    };
    match action {
        Action::Add(value) => {
            values.extend(given(value)?);
            values = distinct(attribute, values);
            check_count(attribute, values.len())?;
        }
        Action::Replace(value) => values = given(value)?,
        Action::Remove(Some(value)) if !is_unassigned(value) => {
            let gone = given(value)?;
            values.retain(|value| !gone.iter().any(|item| same(attribute, item, value)));
        }
        // As with entries: an empty list names nothing, only the absence of a value means all.
        Action::Remove(Some(Value::Array(_) | Value::Object(_))) => {}
        Action::Remove(_) => values.clear(),
    }
    Ok(listed(values))
}

/// The values of a list that a condition selects: `tags[value eq "x"]`.
fn change_matching_values(
    present: Option<Value>,
    attribute: &Attribute,
    condition: &Expression,
    action: &Action,
    profile: Profile,
) -> Result<Option<Value>, ScimError> {
    let (selected, mut kept): (Vec<_>, Vec<_>) =
        items_of(present).into_iter().partition(|value| value_matches(condition, value));
    if let Action::Add(value) | Action::Replace(value) = action {
        if selected.is_empty() && !is_unassigned(value) {
            return Err(no_entry(attribute));
        }
        kept.extend(items_of(coerce_values(attribute, Value::Array(vec![value.clone()]), profile)?));
    }
    Ok(listed(distinct(attribute, kept)))
}

fn items_of(value: Option<Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(items)) => items,
        Some(value) => vec![value],
        None => Vec::new(),
    }
}

fn no_entry(attribute: &Attribute) -> ScimError {
    ScimError::no_target(format!("No entry of {} meets the condition.", attribute.name))
}

/// A multi-valued attribute as a whole.
fn change_list(
    entries: &mut Vec<Entry>,
    attribute: &Attribute,
    action: &Action,
    profile: Profile,
) -> Result<(), ScimError> {
    match action {
        Action::Add(value) => {
            let added = listed_entries(attribute, value, profile)?;
            if added.iter().any(is_primary) {
                demote(entries);
            }
            entries.extend(added);
            // Merged before counting: adding what is there already must succeed however long the list is.
            *entries = merged(attribute, std::mem::take(entries));
            check_count(attribute, entries.len())?;
        }
        Action::Replace(value) => *entries = listed_entries(attribute, value, profile)?,
        Action::Remove(Some(value)) if !is_unassigned(value) => {
            let listed = listed_entries(attribute, value, profile)?;
            entries.retain(|entry| !entra::is_listed(entry, &listed));
        }
        // An empty list names nobody; only the absence of a value means all.
        Action::Remove(Some(Value::Array(_) | Value::Object(_))) => {}
        Action::Remove(_) => entries.clear(),
    }
    Ok(())
}

/// Reads a list of entries, or one entry by itself (RFC 7644 §3.5.2.1).
fn listed_entries(attribute: &Attribute, value: &Value, profile: Profile) -> Result<Vec<Entry>, ScimError> {
    match value {
        Value::Array(items) => coerce_entries(attribute, items.clone(), profile),
        Value::Object(_) => coerce_entries(attribute, vec![value.clone()], profile),
        empty if is_unassigned(empty) => Ok(Vec::new()),
        _ => Err(misfit(attribute, "must be a list")),
    }
}

/// One part of all entries: `emails.display`.
fn set_in_all(
    entries: &mut Vec<Entry>,
    path: &AttributePath<'_>,
    action: &Action,
    profile: Profile,
) -> Result<(), ScimError> {
    if entries.is_empty() && new_value(path, action, None, profile)?.is_some() {
        entries.push(Entry::new());
    }
    for entry in entries.iter_mut() {
        let value = new_value(path, action, entry.get(&path.leaf().name), profile)?;
        // Another type may ask more of the value that is there.
        let was_address = check_address(path.attribute, entry).is_ok();
        // RFC 7644 §3.5.2.3: the selected entries are replaced. Entra deviation: they are merged into.
        if profile.is_strict() && path.sub_attribute.is_none() && matches!(action, Action::Replace(_)) {
            entry.clear();
        }
        set_or_clear(entry, &path.leaf().name, value);
        if was_address || path.leaf().name == "value" {
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
    path: &AttributePath<'_>,
    condition: &Expression,
    action: &Action,
    profile: Profile,
) -> Result<(), ScimError> {
    let change = match path.sub_attribute {
        Some(part) => Change::part(part, new_value(path, action, None, profile)?),
        None => Change::whole(path.attribute, action, profile)?,
    };
    let selected = |entry: &Entry| entry_matches(condition, entry);
    if !entries.iter().any(selected) && change.sets_something() {
        // RFC 7644 §3.5.2.3: a replace needs an entry. Entra deviation: it creates one as an add does.
        let may_create = !profile.is_strict() || matches!(action, Action::Add(_));
        let stamped = entra::entry_from_condition(condition).filter(|_| may_create);
        let created = stamped.map(|entry| coerce_entry(path.attribute, entry, profile)).transpose()?;
        entries.push(created.filter(selected).ok_or_else(|| no_entry(path.attribute))?);
        check_count(path.attribute, entries.len())?;
    }
    let Change::Set(parts) = change else {
        entries.retain(|entry| !selected(entry));
        return Ok(());
    };
    for position in 0..entries.len() {
        let Some(entry) = entries.get_mut(position).filter(|entry| selected(entry)) else { continue };
        let was_address = check_address(path.attribute, entry).is_ok();
        // RFC 7644 §3.5.2.3: the selected entries are replaced. Entra deviation: they are merged into.
        if profile.is_strict() && path.sub_attribute.is_none() && matches!(action, Action::Replace(_)) {
            entry.clear();
        }
        for (name, value) in &parts {
            // A list of values grows or shrinks from what this entry has.
            let value = match path.sub_attribute.filter(|part| part.multi_valued) {
                Some(part) => new_values(part, action, entry.get(name), profile)?,
                None => value.clone(),
            };
            set_or_clear(entry, name, value);
        }
        if was_address || parts.iter().any(|(name, _)| name == "value") {
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
        Self::Set(vec![(part.name.clone(), value)])
    }

    fn whole(attribute: &Attribute, action: &Action, profile: Profile) -> Result<Self, ScimError> {
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
            .map(|part| (part.name.clone(), None));
        let mut parts: Vec<_> = cleared.collect();
        parts.extend(
            coerce_entry(attribute, members, profile)?.into_iter().map(|(name, value)| (name, Some(value))),
        );
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
