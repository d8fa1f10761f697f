//! Reading and editing a canonical document at an attribute path.
//!
//! Editing takes the old value out and puts the new one back unless it is empty, so that an edit can neither
//! leave an empty container behind nor meet a value of the wrong type.

use serde_json::{Map, Value};

use crate::error::ScimError;
use crate::path::AttributePath;

/// Returns the value of the path's top-level attribute.
pub(crate) fn attribute_value<'a>(
    document: &'a Map<String, Value>,
    path: &AttributePath<'_>,
) -> Option<&'a Value> {
    let home = match path.extension {
        Some(extension) => document.get(&extension.urn)?.as_object()?,
        None => document,
    };
    home.get(&path.attribute.name)
}

/// Edits the object that holds the path's top-level attribute.
pub(crate) fn edit_home(
    document: &mut Map<String, Value>,
    path: &AttributePath<'_>,
    edit: impl FnOnce(&mut Map<String, Value>) -> Result<(), ScimError>,
) -> Result<(), ScimError> {
    match path.extension {
        Some(extension) => edit_object(document, &extension.urn, edit),
        None => edit(document),
    }
}

/// Edits the object under a name; an absent one starts empty, an empty one ends absent.
pub(crate) fn edit_object(
    home: &mut Map<String, Value>,
    name: &str,
    edit: impl FnOnce(&mut Map<String, Value>) -> Result<(), ScimError>,
) -> Result<(), ScimError> {
    let mut object = match home.remove(name) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    };
    edit(&mut object)?;
    if !object.is_empty() {
        home.insert(name.to_owned(), Value::Object(object));
    }
    Ok(())
}

/// Edits the list of objects under a name; an absent one starts empty, an empty one ends absent.
pub(crate) fn edit_entries(
    home: &mut Map<String, Value>,
    name: &str,
    edit: impl FnOnce(&mut Vec<Map<String, Value>>) -> Result<(), ScimError>,
) -> Result<(), ScimError> {
    let mut entries = take_entries(home, name);
    edit(&mut entries)?;
    if !entries.is_empty() {
        home.insert(name.to_owned(), entries.into_iter().map(Value::Object).collect());
    }
    Ok(())
}

/// Takes the list of objects under a name out of its home.
pub(crate) fn take_entries(home: &mut Map<String, Value>, name: &str) -> Vec<Map<String, Value>> {
    let Some(Value::Array(items)) = home.remove(name) else { return Vec::new() };
    let object = |item| match item {
        Value::Object(object) => Some(object),
        _ => None,
    };
    items.into_iter().filter_map(object).collect()
}

/// Sets a value, or takes it away when there is none.
pub(crate) fn set_or_clear(home: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    match value {
        Some(value) => {
            home.insert(name.to_owned(), value);
        }
        None => {
            home.remove(name);
        }
    }
}
