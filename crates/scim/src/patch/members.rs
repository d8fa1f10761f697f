//! Operations on the members of a group, folded into one edit.

use serde_json::Value;

use super::target::Target;
use super::{Action, Operation};
use crate::error::ScimError;
use crate::filter::{Expression, equal_text};
use crate::members::{MemberEdit, MemberFold, checked, entry_value};
use crate::path::AttributePath;

pub(super) fn fold(operations: Vec<Operation<'_>>) -> Result<MemberEdit, ScimError> {
    let mut fold = MemberFold::default();
    for operation in operations {
        let place = format!("Operation {}", operation.number);
        fold_one(&mut fold, operation).map_err(|error| error.within(&place))?;
    }
    Ok(fold.finish())
}

fn fold_one(fold: &mut MemberFold, operation: Operation<'_>) -> Result<(), ScimError> {
    match operation.target {
        Target::Attribute(path) if is_about_whole_members(&path) => fold_list(fold, operation.action),
        Target::Entries(path, condition) if is_about_whole_members(&path) => {
            fold_selected(fold, &condition, operation.action)
        }
        // The other parts of a member are ours or fixed: nothing to do.
        Target::Attribute(_) | Target::Entries(..) => Ok(()),
    }
}

/// `members` and `members.value` are the same thing: a member is its value.
fn is_about_whole_members(path: &AttributePath<'_>) -> bool {
    path.sub_attribute.is_none_or(|part| part.name == "value")
}

fn fold_list(fold: &mut MemberFold, action: Action) -> Result<(), ScimError> {
    match action {
        Action::Add(value) => fold.add(values(&value)?),
        Action::Replace(value) => fold.replace(values(&value)?),
        // Entra deviation: the default dialect lists who leaves; an RFC reader would empty the group here.
        Action::Remove(Some(value)) if !value.is_null() => fold.remove(values(&value)?),
        Action::Remove(_) => fold.replace(Vec::new()),
    }
}

fn fold_selected(fold: &mut MemberFold, condition: &Expression, action: Action) -> Result<(), ScimError> {
    let mut selected = Vec::new();
    collect_values(condition, &mut selected)?;
    match action {
        Action::Add(_) => fold.add(selected),
        Action::Remove(_) => fold.remove(selected),
        Action::Replace(_) => {
            Err(ScimError::mutability("A member cannot be changed, only added or removed."))
        }
    }
}

/// Reads `value eq "a"`, also several joined by `or`.
fn collect_values(condition: &Expression, selected: &mut Vec<String>) -> Result<(), ScimError> {
    if let Expression::Or(alternatives) = condition {
        return alternatives.iter().try_for_each(|inner| collect_values(inner, selected));
    }
    let value = equal_text(condition, "value").ok_or_else(|| {
        ScimError::invalid_filter("Members can only be selected by value eq \"…\", joined by or.")
    })?;
    selected.push(checked(value)?);
    Ok(())
}

/// Reads who is meant: a list of objects or identifiers, or one of them by itself.
fn values(value: &Value) -> Result<Vec<String>, ScimError> {
    match value {
        Value::Array(items) => items.iter().map(one_value).collect(),
        Value::Null => Ok(Vec::new()),
        Value::String(text) if text.is_empty() => Ok(Vec::new()),
        single => Ok(vec![one_value(single)?]),
    }
}

fn one_value(item: &Value) -> Result<String, ScimError> {
    match item {
        Value::String(text) => checked(text),
        object => entry_value(object),
    }
}
