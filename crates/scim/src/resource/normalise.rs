//! From a client's document to a canonical one.

use serde_json::{Map, Value};

use super::{entries, value};
use crate::document::{attribute_value, edit_home, edit_object, set_or_clear, take_entries};
use crate::error::{ScimError, excerpt};
use crate::path::AttributePath;
use crate::profile::Profile;
use crate::resource_type::ResourceType;
use crate::schema::{Attribute, Mutability, Schema};

/// Requires the base schema among `schemas`, and a list of texts.
///
/// Entra deviation: others than those of the resource type are tolerated, such as the marker URN of its groups.
pub(super) fn check_schemas(
    resource_type: ResourceType<'_>,
    body: &Map<String, Value>,
) -> Result<(), ScimError> {
    let urn = &resource_type.schema().urn;
    if !names_schema(body, urn) {
        return Err(ScimError::invalid_syntax(format!("schemas must be a list that contains {urn}.")));
    }
    let is_known = |item: &Value| {
        item.as_str()
            .is_some_and(|named| named.eq_ignore_ascii_case(urn) || resource_type.extension(named).is_some())
    };
    if resource_type.profile().is_strict()
        && !named_schemas(body).is_some_and(|items| items.iter().all(is_known))
    {
        return Err(ScimError::invalid_syntax("schemas names one that this resource type does not have."));
    }
    Ok(())
}

/// Tells whether `schemas` of a body is a list of texts that has the URN, in any letter case.
pub(crate) fn names_schema(body: &Map<String, Value>, urn: &str) -> bool {
    let is_urn = |item: &Value| item.as_str().is_some_and(|text| text.eq_ignore_ascii_case(urn));
    named_schemas(body).is_some_and(|items| items.iter().all(Value::is_string) && items.iter().any(is_urn))
}

fn named_schemas(body: &Map<String, Value>) -> Option<&Vec<Value>> {
    body.iter().find(|(name, _)| name.eq_ignore_ascii_case("schemas")).and_then(|(_, value)| value.as_array())
}

/// Keeps what the schema knows and the client decides, under canonical names and with canonical values.
pub(super) fn normalise(
    resource_type: ResourceType<'_>,
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
        place(&mut document, &path, value, resource_type.profile())?;
    }
    Ok(document)
}

/// Counts the names in a body that no schema has, which are passed over.
pub fn unknown_attributes(resource_type: ResourceType<'_>, body: &Map<String, Value>) -> usize {
    let unknown_in = |extension: &Schema, value: &Value| {
        let names = value.as_object().map(|members| members.keys()).into_iter().flatten();
        names.filter(|name| extension.attribute(name).is_none()).count()
    };
    body.iter()
        .map(|(name, value)| match resource_type.extension(name) {
            Some(extension) => unknown_in(extension, value),
            None => usize::from(AttributePath::resolve(resource_type, name).is_err()),
        })
        .sum()
}

fn place_extension(
    resource_type: ResourceType<'_>,
    document: &mut Map<String, Value>,
    extension: &Schema,
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
            place(document, &path, value, resource_type.profile())?;
        }
    }
    Ok(())
}

fn place(
    document: &mut Map<String, Value>,
    path: &AttributePath<'_>,
    value: Value,
    profile: Profile,
) -> Result<(), ScimError> {
    if !path.is_writable()
        || path.is_members()
        || (path.attribute.multi_valued && path.sub_attribute.is_some())
    {
        return Ok(());
    }
    let coerced =
        value::coerce(path.leaf(), value, profile).map_err(|error| within_extension(path, error))?;
    let Some(value) = coerced else { return Ok(()) };
    edit_home(document, path, |home| match path.sub_attribute {
        Some(sub_attribute) => {
            edit_object(home, &path.attribute.name, |parts| put_once(parts, sub_attribute, value))
        }
        None => put_once(home, path.attribute, value),
    })
}

fn within_extension(path: &AttributePath<'_>, error: ScimError) -> ScimError {
    match path.extension {
        Some(extension) => error.within(&extension.name),
        None => error,
    }
}

/// One attribute may come under several spellings; two values for it would be a guess.
fn put_once(home: &mut Map<String, Value>, attribute: &Attribute, value: Value) -> Result<(), ScimError> {
    match (home.get_mut(&attribute.name), value) {
        (None, value) => {
            home.insert(attribute.name.clone(), value);
            Ok(())
        }
        (Some(Value::Object(present)), Value::Object(added))
            if added.keys().all(|key| !present.contains_key(key)) =>
        {
            present.extend(added);
            Ok(())
        }
        _ => Err(ScimError::invalid_syntax(format!("{} is given twice.", excerpt(&attribute.name)))),
    }
}

/// Refuses a resource without its required attributes.
pub(super) fn check_required(
    resource_type: ResourceType<'_>,
    document: &Map<String, Value>,
) -> Result<(), ScimError> {
    let missing =
        resource_type.schema().attributes.iter().find(|a| a.required && !document.contains_key(&a.name));
    match missing {
        Some(attribute) => {
            Err(ScimError::invalid_value(format!("{} is required and was not given.", attribute.name)))
        }
        None => Ok(()),
    }
}

/// Sets attributes that are never without a value.
pub(super) fn set_defaults(resource_type: ResourceType<'_>, document: &mut Map<String, Value>) {
    for attribute in &resource_type.schema().attributes {
        if let Some(default) = attribute.default {
            document.entry(&attribute.name).or_insert(Value::Bool(default));
        }
    }
}

/// Takes over from the resource being replaced what leaving it out must not decide: `active`, and what can be set once
/// only.
pub(super) fn keep_unsaid(
    resource_type: ResourceType<'_>,
    document: &mut Map<String, Value>,
    current: &Map<String, Value>,
) -> Result<(), ScimError> {
    for (extension, attribute) in resource_type.attributes() {
        let path = AttributePath::top(extension, attribute);
        let Some(present) = attribute_value(current, &path) else { continue };
        let stays = attribute.default.is_some() || attribute.mutability == Mutability::Immutable;
        if stays && attribute_value(document, &path).is_none() {
            edit_home(document, &path, |home| {
                home.insert(attribute.name.clone(), present.clone());
                Ok(())
            })?;
        }
        if !attribute.multi_valued {
            keep_unsaid_parts(document, &path, present)?;
        }
    }
    Ok(())
}

/// The parts of a single complex value that can be set once only.
fn keep_unsaid_parts(
    document: &mut Map<String, Value>,
    path: &AttributePath<'_>,
    present: &Value,
) -> Result<(), ScimError> {
    let parts = path.attribute.sub_attributes.iter();
    for part in parts.filter(|part| part.mutability == Mutability::Immutable) {
        let Some(value) = present.get(&part.name) else { continue };
        edit_home(document, path, |home| {
            edit_object(home, &path.attribute.name, |parts| {
                parts.entry(&part.name).or_insert_with(|| value.clone());
                Ok(())
            })
        })?;
    }
    Ok(())
}

/// Brings the structure in order: no empty containers, no repeated entries, `schemas` by content.
///
/// # Guarantees
/// Idempotent; judges no values, so that a stored resource can always be changed. Data of an extension that the resource
/// type does not have stays as it is: the integration may have added it while the request was on its way.
pub(super) fn tidy(resource_type: ResourceType<'_>, document: &mut Map<String, Value>) {
    document.remove("schemas");
    let taken = std::mem::take(document);
    // Only the URNs of extensions have colons.
    let (mut extensions, core): (Map<_, _>, Map<_, _>) =
        taken.into_iter().partition(|(name, _)| name.contains(':'));
    *document = core;
    document.retain(|name, _| {
        let attribute = resource_type.core_attribute(name);
        attribute.is_some_and(|a| a.is_writable() && !AttributePath::top(None, a).is_members())
    });
    tidy_attributes(document, &resource_type.schema().attributes);
    for extension in resource_type.extensions() {
        if let Some(Value::Object(home)) = extensions.get_mut(&extension.urn) {
            home.retain(|name, _| extension.attribute(name).is_some());
            tidy_attributes(home, &extension.attributes);
        }
    }
    extensions.retain(|_, home| !value::is_unassigned(home));
    let schemas = std::iter::once(&resource_type.schema().urn).chain(extensions.keys()).cloned();
    document.insert("schemas".to_owned(), schemas.map(Value::String).collect());
    document.extend(extensions);
}

fn tidy_attributes(home: &mut Map<String, Value>, attributes: &[Attribute]) {
    home.retain(|_, value| !value::is_unassigned(value));
    for attribute in attributes.iter().filter(|attribute| attribute.is_list_of_entries()) {
        let merged = entries::merged(attribute, take_entries(home, &attribute.name));
        set_or_clear(home, &attribute.name, entries::as_value(merged));
    }
}
