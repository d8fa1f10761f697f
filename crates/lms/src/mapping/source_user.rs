use events::v1::User;
use serde_json::{Map, Value};

use super::source_path::{ElementFilter, Operand, SourcePath, strip_urn};
use super::source_schema::ENTERPRISE_USER;
use crate::text::some_text;

/// A SCIM user as paths see it: attributes by their SCIM names, extensions under their URNs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceUser(Value);

impl From<&User> for SourceUser {
    fn from(user: &User) -> Self {
        // The message has no map with other keys than text, and nothing else could fail.
        let Ok(Value::Object(mut attributes)) = serde_json::to_value(user) else { return Self::default() };
        let enterprise = attributes.remove("enterprise");
        if let Some(Value::Object(extensions)) = attributes.remove("extensions") {
            attributes.extend(extensions);
        }
        if let Some(enterprise) = enterprise {
            attributes.insert(ENTERPRISE_USER.to_owned(), enterprise);
        }
        Self(Value::Object(attributes))
    }
}

impl SourceUser {
    /// The user that [`Self::to_json`] wrote.
    pub fn from_json(user: Value) -> Self {
        Self(user)
    }

    /// The user as JSON, to be stored.
    pub fn to_json(&self) -> Value {
        self.0.clone()
    }

    /// The value at the path, as text. Blank text is no value, and NUL characters are left out.
    pub fn value(&self, path: &SourcePath) -> Option<String> {
        let attributes = self.0.as_object()?;
        let holder = match &path.schema {
            None => attributes,
            Some(schema) => find_member(attributes, |urn| is_schema(schema, urn))?.as_object()?,
        };
        let attribute = find_member(holder, |name| name.eq_ignore_ascii_case(&path.attribute))?;
        let element = pick_element(attribute, path.filter.as_ref())?;
        let value = match (&path.sub_attribute, element) {
            (Some(name), element) => member(element, name)?,
            (None, Value::Object(_)) => member(element, "value")?,
            (None, scalar) => scalar,
        };
        some_text(&scalar_text(value)?)
    }
}

/// Of several that fit the lowest, so that the order in which they were stored means nothing.
fn find_member(object: &Map<String, Value>, fits: impl Fn(&str) -> bool) -> Option<&Value> {
    object.iter().filter(|(name, _)| fits(name)).min_by_key(|(name, _)| *name).map(|(_, value)| value)
}

fn member<'a>(element: &'a Value, name: &str) -> Option<&'a Value> {
    find_member(element.as_object()?, |known| known.eq_ignore_ascii_case(name))
}

/// `urn:*:rest` is any URN that ends with `:rest`.
fn is_schema(pattern: &str, urn: &str) -> bool {
    let Some(end) =
        strip_urn(pattern).and_then(|name| name.strip_prefix("*")).filter(|end| end.starts_with(':'))
    else {
        return urn.eq_ignore_ascii_case(pattern);
    };
    urn.len()
        .checked_sub(end.len())
        .and_then(|start| urn.get(start..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

fn pick_element<'a>(attribute: &'a Value, filter: Option<&ElementFilter>) -> Option<&'a Value> {
    let elements = match attribute {
        Value::Array(elements) => elements.as_slice(),
        single => std::slice::from_ref(single),
    };
    match filter {
        Some(filter) => elements.iter().find(|element| matches(element, filter)),
        None => elements.iter().find(|element| is_primary(element)).or(elements.first()),
    }
}

fn is_primary(element: &Value) -> bool {
    member(element, "primary") == Some(&Value::Bool(true))
}

fn matches(element: &Value, filter: &ElementFilter) -> bool {
    let value = member(element, &filter.sub_attribute);
    match &filter.operand {
        Operand::Text(text) => {
            value.and_then(scalar_text).is_some_and(|value| value.eq_ignore_ascii_case(text))
        }
        Operand::Boolean(true) => value == Some(&Value::Bool(true)),
        // Events leave out a boolean that is false.
        Operand::Boolean(false) => element.is_object() && matches!(value, None | Some(Value::Bool(false))),
    }
}

fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        // In events a number is a float: 7 comes as 7.0.
        Value::Number(number) => Some(match number.as_f64() {
            Some(float) if !number.is_i64() && !number.is_u64() => float.to_string(),
            _ => number.to_string(),
        }),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests;
