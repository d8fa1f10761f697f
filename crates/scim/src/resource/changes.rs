//! What differs between two states of a resource.

use serde_json::Value;

use super::Resource;
use crate::document::attribute_value;
use crate::error::ScimError;
use crate::path::AttributePath;
use crate::resource_type::ResourceType;
use crate::schema::{Attribute, Kind, Mutability};

/// Lists the attributes that differ, sorted; empty means that there is nothing to write.
///
/// A simple attribute counts by itself (`title`), a complex one by its parts (`name.familyName`), a multi-valued
/// one as a whole (`emails`), whatever the order of its entries.
pub fn changed_paths(resource_type: ResourceType<'_>, before: &Resource, after: &Resource) -> Vec<String> {
    let mut changed = Vec::new();
    for (extension, attribute) in resource_type.attributes() {
        let path = AttributePath::top(extension, attribute);
        if !path.is_writable() || path.is_members() {
            continue;
        }
        let old = attribute_value(before.as_map(), &path);
        let new = attribute_value(after.as_map(), &path);
        changed.extend(differing(path, old, new));
    }
    changed.sort();
    changed
}

/// Refuses another value for what may be set once only (RFC 7643 §7).
///
/// # Errors
/// 400 `mutability`.
pub(crate) fn check_immutable(
    resource_type: ResourceType<'_>,
    before: &Resource,
    after: &Resource,
) -> Result<(), ScimError> {
    for (extension, attribute) in resource_type.attributes() {
        let top = AttributePath::top(extension, attribute);
        if top.is_members() {
            continue;
        }
        let (old, new) = (attribute_value(before.as_map(), &top), attribute_value(after.as_map(), &top));
        if attribute.multi_valued {
            // Entries come and go, so that only the list as a whole can be fixed.
            if attribute.mutability == Mutability::Immutable && old.is_some() && as_set(old) != as_set(new) {
                return Err(set_once(attribute));
            }
            continue;
        }
        let parts =
            attribute.sub_attributes.iter().map(|part| (part, part_of(old, part), part_of(new, part)));
        for (judged, old, new) in std::iter::once((attribute, old, new)).chain(parts) {
            if judged.mutability == Mutability::Immutable && old.is_some() && !same(old, new) {
                return Err(set_once(judged));
            }
        }
    }
    Ok(())
}

fn set_once(attribute: &Attribute) -> ScimError {
    ScimError::mutability(format!("{} can be set once only.", attribute.name))
}

fn differing(path: AttributePath<'_>, old: Option<&Value>, new: Option<&Value>) -> Vec<String> {
    let attribute = path.attribute;
    if attribute.multi_valued {
        return if as_set(old) == as_set(new) { vec![] } else { vec![path.to_string()] };
    }
    if attribute.kind != Kind::Complex {
        return if same(old, new) { vec![] } else { vec![path.to_string()] };
    }
    let parts = attribute.sub_attributes.iter().filter(|part| !same(part_of(old, part), part_of(new, part)));
    parts.filter_map(|part| path.with_sub_attribute(&part.name)).map(|path| path.to_string()).collect()
}

fn part_of<'a>(value: Option<&'a Value>, part: &Attribute) -> Option<&'a Value> {
    value?.get(&part.name)
}

/// Entries as comparable text, in an order of their own.
fn as_set(value: Option<&Value>) -> Vec<String> {
    let Some(Value::Array(items)) = value else { return Vec::new() };
    let mut texts: Vec<String> = items.iter().map(canonical_text).collect();
    texts.sort();
    texts
}

/// A store may write a number in another way than it was given: `1e18` as an integer.
fn same(old: Option<&Value>, new: Option<&Value>) -> bool {
    old == new || old.map(canonical_text) == new.map(canonical_text)
}

/// Relies neither on the order in which a map happens to keep its keys nor on how a number is written.
fn canonical_text(value: &Value) -> String {
    match value {
        Value::Number(number) => format!("{:?}", number.as_f64()),
        Value::Array(items) => format!("{:?}", items.iter().map(canonical_text).collect::<Vec<_>>()),
        Value::Object(members) => {
            let mut parts: Vec<(&String, String)> =
                members.iter().map(|(name, part)| (name, canonical_text(part))).collect();
            parts.sort();
            format!("{parts:?}")
        }
        Value::Null | Value::Bool(_) | Value::String(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::resource_type::ResourceKind;

    fn user(document: Value) -> Resource {
        let document: Map<String, Value> = serde_json::from_value(document).unwrap();
        Resource::from_stored(ResourceKind::User, document)
    }

    #[test]
    fn each_kind_of_attribute_is_named_in_its_own_way() {
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let before =
            user(json!({"userName": "a", "name": {"familyName": "A", "givenName": "G"}, "title": "t"}));
        let after = user(json!({
            "userName": "a", "name": {"familyName": "B", "givenName": "G"}, "emails": [{"value": "a@b"}],
            enterprise: {"department": "D", "manager": {"value": "m"}}
        }));
        assert_eq!(
            changed_paths(ResourceType::USER, &before, &after),
            [
                "emails",
                "name.familyName",
                "title",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
            ]
        );
    }

    #[test]
    fn another_way_to_write_a_number_is_no_change() {
        let urn = "urn:ietf:params:scim:schemas:extension:acme:2.0:User";
        let definition = json!({ "id": urn, "attributes": [
            {"name": "d", "type": "decimal"}, {"name": "m", "type": "decimal", "multiValued": true}
        ] });
        let schemas = [crate::Schema::from_definition(definition.as_object().unwrap()).unwrap()];
        let users = ResourceType::new(ResourceKind::User, crate::Profile::Entra, &schemas);
        let given = user(json!({"userName": "a", urn: {"d": 1e18, "m": [1e16, 5.0]}}));
        let stored = user(json!({
            "userName": "a", urn: {"d": 1_000_000_000_000_000_000_u64, "m": [5, 10_000_000_000_000_000_u64]}
        }));
        assert_eq!(changed_paths(users, &stored, &given), Vec::<String>::new());
    }

    #[test]
    fn order_of_entries_is_no_change() {
        let before = user(json!({"userName": "a", "roles": [{"value": "x", "type": "t"}, {"value": "y"}]}));
        let after = user(json!({"userName": "a", "roles": [{"value": "y"}, {"type": "t", "value": "x"}]}));
        assert_eq!(changed_paths(ResourceType::USER, &before, &after), Vec::<String>::new());
    }
}
