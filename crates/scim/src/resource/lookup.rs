//! Values by which a resource can be found.

use serde_json::Value;

use super::Resource;
use crate::document::attribute_value;
use crate::filter::{Literal, Operand};
use crate::path::AttributePath;
use crate::resource_type::ResourceType;

/// A value of an indexed attribute.
///
/// Every match of `operand eq literal` holds the key of that literal; other resources may hold it too, because some
/// numbers share one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LookupKey {
    /// Which attribute: its path in canonical spelling, such as `emails.value`.
    pub attribute: String,
    /// The value, in the form in which it compares.
    pub value: String,
}

impl LookupKey {
    /// Returns the key to look up for `operand eq literal`; `None` when the operand has no keys.
    pub fn of(operand: &Operand, literal: &Literal) -> Option<Self> {
        if !operand.indexed {
            return None;
        }
        let value = match literal {
            Literal::Text(text) => operand.comparable(text).into_owned(),
            Literal::Number(number) => number_key(number),
            Literal::Boolean(_) | Literal::Instant(_) => return None,
        };
        Some(Self { attribute: operand.to_string(), value })
    }
}

/// Lists the keys of a resource, each once, sorted.
pub fn lookup_keys(resource_type: ResourceType<'_>, resource: &Resource) -> Vec<LookupKey> {
    let mut keys = Vec::new();
    for (extension, attribute) in resource_type.attributes() {
        let top = AttributePath::top(extension, attribute);
        let Some(value) = attribute_value(resource.as_map(), &top) else { continue };
        let parts = attribute.sub_attributes.iter().filter_map(|part| top.with_sub_attribute(&part.name));
        for path in std::iter::once(top).chain(parts).filter(|path| path.leaf().indexed) {
            let operand = Operand::new(&path);
            let tops = each(value);
            let leaves = tops.flat_map(|value| match &operand.part {
                Some(part) => value.get(part).into_iter().flat_map(each).collect::<Vec<_>>(),
                None => vec![value],
            });
            keys.extend(leaves.filter_map(|value| key(&operand, value)));
        }
    }
    keys.sort();
    keys.dedup();
    keys
}

fn each(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(items) => items.as_slice(),
        single => std::slice::from_ref(single),
    }
    .iter()
}

fn key(operand: &Operand, value: &Value) -> Option<LookupKey> {
    let value = match value {
        Value::String(text) => operand.comparable(text).into_owned(),
        Value::Number(number) => number_key(number),
        _ => return None,
    };
    Some(LookupKey { attribute: operand.to_string(), value })
}

/// Numbers compare as 64-bit floating point; `5` and `5.0` have one key, and so have `0` and `-0.0`.
fn number_key(number: &serde_json::Number) -> String {
    let without_sign_of_zero = number.as_f64().unwrap_or_default() + 0.0;
    without_sign_of_zero.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::filter::{Equality, Filter};
    use crate::resource_type::ResourceKind;

    fn user() -> Resource {
        let document = json!({
            "userName": "Amira@Contoso.example", "externalId": "Ext-1", "displayName": "Amira", "title": "Boss",
            "emails": [{"value": "A@b.example", "type": "work"}, {"value": "c@d.example"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"employeeNumber": "0047A"}
        });
        Resource::from_stored(ResourceKind::User, document.as_object().unwrap().clone())
    }

    #[test]
    fn keys_are_in_the_form_that_compares() {
        let keys = lookup_keys(ResourceType::USER, &user());
        let keys: Vec<(&str, &str)> =
            keys.iter().map(|key| (key.attribute.as_str(), key.value.as_str())).collect();
        assert_eq!(
            keys,
            [
                ("displayName", "amira"),
                ("emails.value", "a@b.example"),
                ("emails.value", "c@d.example"),
                ("externalId", "Ext-1"),
                ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", "0047a"),
                ("userName", "amira@contoso.example"),
            ]
        );
    }

    #[test]
    fn a_match_holds_the_key_that_is_looked_up() {
        for filter in [
            "userName eq \"AMIRA@contoso.example\"",
            "emails[type eq \"work\" and value eq \"a@B.example\"]",
            "emails eq \"C@D.example\" and title pr",
            "employeeNumber eq \"0047a\"",
        ] {
            let filter = Filter::parse(filter, ResourceType::USER).unwrap();
            let Equality { operand, literal } = filter.equalities()[0];
            let key = LookupKey::of(operand, literal).unwrap();
            assert!(lookup_keys(ResourceType::USER, &user()).contains(&key), "{filter}");
        }
    }
}
