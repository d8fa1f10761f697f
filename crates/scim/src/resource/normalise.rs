//! From a client's document to a canonical one.

use serde_json::{Map, Value, json};

use super::{entries, value};
use crate::document::{edit_home, edit_object, set_or_clear, take_entries};
use crate::error::{ScimError, excerpt};
use crate::path::AttributePath;
use crate::resource_type::ResourceType;
use crate::schema::{Attribute, Schema};

/// Requires the base schema among `schemas`; others are tolerated (Entra deviation: marker URNs of groups).
pub(super) fn check_schemas(resource_type: ResourceType, body: &Map<String, Value>) -> Result<(), ScimError> {
    let urn = resource_type.schema().urn;
    if names_schema(body, urn) {
        return Ok(());
    }
    Err(ScimError::invalid_syntax(format!("schemas must be a list that contains {urn}.")))
}

/// Tells whether `schemas` of a body is a list that has the URN, in any letter case.
pub(crate) fn names_schema(body: &Map<String, Value>, urn: &str) -> bool {
    let listed =
        body.iter().find(|(name, _)| name.eq_ignore_ascii_case("schemas")).and_then(|(_, v)| v.as_array());
    let is_urn = |item: &Value| item.as_str().is_some_and(|text| text.eq_ignore_ascii_case(urn));
    listed.is_some_and(|items| items.iter().any(is_urn))
}

/// Keeps what the schema knows and the client decides, under canonical names and with canonical values.
pub(super) fn normalise(
    resource_type: ResourceType,
    body: Map<String, Value>,
) -> Result<Map<String, Value>, ScimError> {
    let mut document = Map::new();
    for (name, value) in body {
        if let Some(extension) = resource_type.extension(&name) {
            place_extension(resource_type, &mut document, extension, value)?;
            continue;
        }
        let Ok(path) = AttributePath::resolve(resource_type, &name) else { continue };
        // In a body a name without URN is a name of the base schema, whatever paths may allow.
        if path.extension.is_some() && !name.contains(':') {
            continue;
        }
        place(&mut document, &path, value)?;
    }
    Ok(document)
}

fn place_extension(
    resource_type: ResourceType,
    document: &mut Map<String, Value>,
    extension: &'static Schema,
    value: Value,
) -> Result<(), ScimError> {
    let members = match value {
        Value::Object(members) => members,
        empty if value::is_unassigned(&empty) => return Ok(()),
        _ => return Err(ScimError::invalid_value(format!("{} must be an object.", extension.urn))),
    };
    for (name, value) in members {
        let qualified = format!("{}:{name}", extension.urn);
        if let Ok(path) = AttributePath::resolve(resource_type, &qualified) {
            place(document, &path, value)?;
        }
    }
    Ok(())
}

fn place(document: &mut Map<String, Value>, path: &AttributePath, value: Value) -> Result<(), ScimError> {
    if !path.is_writable()
        || path.is_members()
        || (path.attribute.multi_valued && path.sub_attribute.is_some())
    {
        return Ok(());
    }
    let Some(value) = value::coerce(path.leaf(), value).map_err(|error| within_extension(path, error))?
    else {
        return Ok(());
    };
    edit_home(document, path, |home| match path.sub_attribute {
        Some(sub_attribute) => {
            edit_object(home, path.attribute.name, |parts| put_once(parts, sub_attribute, value))
        }
        None => put_once(home, path.attribute, value),
    })
}

fn within_extension(path: &AttributePath, error: ScimError) -> ScimError {
    match path.extension {
        Some(extension) => error.within(extension.name),
        None => error,
    }
}

/// One attribute may come under several spellings; two values for it would be a guess.
fn put_once(home: &mut Map<String, Value>, attribute: &Attribute, value: Value) -> Result<(), ScimError> {
    match (home.get_mut(attribute.name), value) {
        (None, value) => {
            home.insert(attribute.name.to_owned(), value);
            Ok(())
        }
        (Some(Value::Object(present)), Value::Object(added))
            if added.keys().all(|key| !present.contains_key(key)) =>
        {
            present.extend(added);
            Ok(())
        }
        _ => Err(ScimError::invalid_syntax(format!("{} is given twice.", excerpt(attribute.name)))),
    }
}

/// Refuses a resource without its required attributes.
pub(super) fn check_required(
    resource_type: ResourceType,
    document: &Map<String, Value>,
) -> Result<(), ScimError> {
    let missing =
        resource_type.schema().attributes.iter().find(|a| a.required && !document.contains_key(a.name));
    match missing {
        Some(attribute) => {
            Err(ScimError::invalid_value(format!("{} is required and was not given.", attribute.name)))
        }
        None => Ok(()),
    }
}

/// Sets attributes that are never without a value.
pub(super) fn set_defaults(resource_type: ResourceType, document: &mut Map<String, Value>) {
    for attribute in resource_type.schema().attributes {
        if let Some(default) = attribute.default {
            document.entry(attribute.name).or_insert(Value::Bool(default));
        }
    }
}

/// Takes over from the resource being replaced what a default must not decide.
pub(super) fn keep_defaulted(
    resource_type: ResourceType,
    document: &mut Map<String, Value>,
    current: &Map<String, Value>,
) {
    let defaulted = resource_type.schema().attributes.iter().filter(|attribute| attribute.default.is_some());
    for attribute in defaulted {
        if let Some(value) = current.get(attribute.name) {
            document.entry(attribute.name).or_insert_with(|| value.clone());
        }
    }
}

/// Tells whether a top-level name is part of a resource at all.
pub(super) fn belongs(resource_type: ResourceType, name: &str) -> bool {
    if resource_type.extension(name).is_some() {
        return true;
    }
    resource_type
        .core_attribute(name)
        .is_some_and(|a| a.is_writable() && !AttributePath::top(None, a).is_members())
}

/// Brings the structure in order: no empty containers, no repeated entries, `schemas` by content.
///
/// # Guarantees
/// Idempotent; judges no values, so that a stored resource can always be changed.
pub(super) fn tidy(resource_type: ResourceType, document: &mut Map<String, Value>) {
    document.remove("schemas");
    tidy_attributes(document, resource_type.schema().attributes);
    let mut schemas = vec![resource_type.schema().urn];
    for extension in resource_type.extensions() {
        if let Some(Value::Object(mut home)) = document.remove(extension.urn) {
            tidy_attributes(&mut home, extension.attributes);
            if !home.is_empty() {
                schemas.push(extension.urn);
                document.insert(extension.urn.to_owned(), Value::Object(home));
            }
        }
    }
    document.insert("schemas".to_owned(), json!(schemas));
}

fn tidy_attributes(home: &mut Map<String, Value>, attributes: &'static [Attribute]) {
    home.retain(|_, value| !value::is_unassigned(value));
    for attribute in attributes.iter().filter(|attribute| attribute.multi_valued) {
        let merged = entries::merged(attribute, take_entries(home, attribute.name));
        set_or_clear(home, attribute.name, entries::as_value(merged));
    }
}
