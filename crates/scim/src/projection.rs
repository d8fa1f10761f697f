//! `attributes` and `excludedAttributes` (RFC 7644 §3.4.2.5, §3.9).

mod text;

use serde_json::{Map, Value};

pub use text::TextProjection;

use crate::error::ScimError;
use crate::path::AttributePath;
use crate::resource_type::ResourceType;
use crate::schema::{Attribute, Returned, Schema};

/// Which attributes an answer holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection<'s> {
    resource_type: ResourceType<'s>,
    selection: Selection<'s>,
}

#[derive(Clone, Debug, PartialEq)]
enum Selection<'s> {
    Default,
    Only(Vec<Choice<'s>>),
    Without(Vec<Choice<'s>>),
}

/// One name in a list: an attribute, or everything of an extension.
#[derive(Clone, Debug, PartialEq)]
enum Choice<'s> {
    Path(AttributePath<'s>),
    Extension(&'s Schema),
}

impl<'s> Projection<'s> {
    /// Reads the two query parameters: comma-separated names, of which unknown ones are ignored.
    ///
    /// # Errors
    /// 400 `invalidValue` when both are given.
    pub fn parse(
        attributes: Option<&str>,
        excluded: Option<&str>,
        resource_type: ResourceType<'s>,
    ) -> Result<Self, ScimError> {
        let is_given = |names: &&str| !names.trim().is_empty();
        let selection = match (attributes.filter(is_given), excluded.filter(is_given)) {
            (Some(_), Some(_)) => {
                return Err(ScimError::invalid_value(
                    "attributes and excludedAttributes exclude each other.",
                ));
            }
            (Some(names), None) => Selection::Only(choices(resource_type, names)),
            (None, Some(names)) => Selection::Without(choices(resource_type, names)),
            (None, None) => Selection::Default,
        };
        Ok(Self { resource_type, selection })
    }

    /// Tells whether answers hold a top-level attribute, so that a store need not load what nobody sees.
    pub fn includes(&self, attribute: &str) -> bool {
        let Ok(path) = AttributePath::resolve(self.resource_type, attribute) else { return false };
        self.keeps(&path)
    }

    /// Takes out of a full document what the answer does not hold.
    ///
    /// # Guarantees
    /// Attributes returned always stay, those returned never go, whatever was asked for.
    pub fn apply(&self, document: &mut Map<String, Value>) {
        let names: Vec<String> = document.keys().cloned().collect();
        for name in names {
            let Some(value) = document.remove(&name) else { continue };
            if let Some(value) = self.projected(&name, value) {
                document.insert(name, value);
            }
        }
    }

    /// Projects one top-level member; `None` takes it out. What no schema knows never leaves.
    fn projected(&self, name: &str, value: Value) -> Option<Value> {
        if let Some(extension) = self.resource_type.extension(name) {
            let Value::Object(home) = value else { return None };
            let kept: Map<String, Value> = home
                .into_iter()
                .filter_map(|(name, value)| {
                    let path = AttributePath::top(Some(extension), extension.attribute(&name)?);
                    Some((name, self.projected_attribute(&path, value)?))
                })
                .collect();
            return (!kept.is_empty()).then_some(Value::Object(kept));
        }
        let path = AttributePath::top(None, self.resource_type.core_attribute(name)?);
        self.projected_attribute(&path, value)
    }

    fn projected_attribute(&self, path: &AttributePath<'_>, value: Value) -> Option<Value> {
        if !self.keeps(path) {
            return None;
        }
        let keeps_part =
            |part: &Attribute| path.with_sub_attribute(&part.name).is_some_and(|path| self.keeps(&path));
        if path.attribute.sub_attributes.iter().all(keeps_part) {
            return Some(value);
        }
        let projected = without_parts(path.attribute, value, keeps_part);
        let is_empty = matches!(&projected, Value::Object(parts) if parts.is_empty());
        (!is_empty).then_some(projected)
    }

    fn keeps(&self, path: &AttributePath<'_>) -> bool {
        match path.leaf().returned {
            Returned::Always => return true,
            Returned::Never => return false,
            Returned::Default | Returned::Request => {}
        }
        match &self.selection {
            Selection::Default => path.leaf().returned == Returned::Default,
            Selection::Only(choices) => choices.iter().any(|choice| choice.touches(path)),
            Selection::Without(choices) => {
                path.leaf().returned == Returned::Default && !choices.iter().any(|choice| choice.covers(path))
            }
        }
    }
}

impl Choice<'_> {
    /// Tells whether the choice names the path, something in it, or something around it.
    fn touches(&self, path: &AttributePath<'_>) -> bool {
        match self {
            Self::Extension(extension) => path.extension.is_some_and(|home| home.urn == extension.urn),
            Self::Path(chosen) => chosen == path || chosen.whole() == *path || path.whole() == *chosen,
        }
    }

    /// Tells whether the choice names the path or something around it.
    fn covers(&self, path: &AttributePath<'_>) -> bool {
        match self {
            Self::Extension(_) => self.touches(path),
            Self::Path(chosen) => chosen == path || *chosen == path.whole(),
        }
    }
}

fn choices<'s>(resource_type: ResourceType<'s>, names: &str) -> Vec<Choice<'s>> {
    let choice = |name: &str| match resource_type.extension(name) {
        Some(extension) => Some(Choice::Extension(extension)),
        None => AttributePath::parse(name, resource_type).map(Choice::Path),
    };
    names.split(',').filter_map(|name| choice(name.trim())).collect()
}

/// Takes parts out of a complex value or of every entry of a list.
fn without_parts(attribute: &Attribute, value: Value, keeps: impl Fn(&Attribute) -> bool + Copy) -> Value {
    match value {
        Value::Object(mut parts) => {
            parts.retain(|name, _| attribute.sub_attribute(name).is_some_and(keeps));
            Value::Object(parts)
        }
        Value::Array(items) => {
            let entries = items.into_iter().map(|item| without_parts(attribute, item, keeps));
            entries.filter(|entry| entry.as_object().is_none_or(|parts| !parts.is_empty())).collect()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::ScimType;

    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    fn document() -> Value {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
            "id": "1", "meta": {"resourceType": "User", "version": "W/\"1\""}, "userName": "a", "title": "t",
            "name": {"familyName": "F", "givenName": "G"}, "password": "p",
            "emails": [{"value": "a@b", "type": "work"}, {"type": "home"}],
            ENTERPRISE: {"department": "D", "manager": {"value": "m", "displayName": "M"}}
        })
    }

    fn projected(attributes: Option<&str>, excluded: Option<&str>) -> Value {
        let mut document: Map<String, Value> = serde_json::from_value(document()).unwrap();
        Projection::parse(attributes, excluded, ResourceType::USER).unwrap().apply(&mut document);
        Value::Object(document)
    }

    #[test]
    fn without_parameters_all_but_the_password_is_answered() {
        let mut expected = document();
        expected.as_object_mut().unwrap().remove("password");
        assert_eq!(projected(None, None), expected);
        assert_eq!(projected(Some(""), Some(" ")), expected);
    }

    #[test]
    fn asked_attributes_come_with_the_ones_always_returned() {
        let always = document()["schemas"].clone();
        assert_eq!(projected(Some("USERNAME"), None), json!({"schemas": always, "id": "1", "userName": "a"}));
        assert_eq!(projected(Some("nope, a..b"), None), json!({"schemas": always, "id": "1"}));
        assert_eq!(projected(Some("password"), None), json!({"schemas": always, "id": "1"}));
    }

    #[test]
    fn parts_and_urns_can_be_asked_for() {
        let names = format!("emails.value, NAME.familyName,{ENTERPRISE}:department, manager.value");
        let answer = projected(Some(&names), None);
        assert_eq!(answer["emails"], json!([{"value": "a@b"}]));
        assert_eq!(answer["name"], json!({"familyName": "F"}));
        assert_eq!(answer[ENTERPRISE], json!({"department": "D", "manager": {"value": "m"}}));
        assert_eq!(projected(Some(ENTERPRISE), None)[ENTERPRISE], document()[ENTERPRISE]);
    }

    #[test]
    fn excluded_attributes_are_left_out_but_never_the_id() {
        let names = format!("id,schemas,emails,name.givenName,meta,{ENTERPRISE}:manager.displayName");
        let always = document()["schemas"].clone();
        assert_eq!(
            projected(None, Some(&names)),
            json!({
                "schemas": always, "id": "1", "userName": "a", "title": "t", "name": {"familyName": "F"},
                ENTERPRISE: {"department": "D", "manager": {"value": "m"}}
            })
        );
        assert_eq!(projected(None, Some(ENTERPRISE)).get(ENTERPRISE), None);
    }

    #[test]
    fn both_parameters_together_are_refused() {
        let error = Projection::parse(Some("userName"), Some("emails"), ResourceType::USER).unwrap_err();
        assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidValue)));
    }

    #[test]
    fn members_are_only_loaded_when_somebody_sees_them() {
        let includes = |attributes, excluded| {
            Projection::parse(attributes, excluded, ResourceType::GROUP).unwrap().includes("members")
        };
        assert!(includes(None, None));
        assert!(includes(Some("members.value"), None));
        assert!(includes(None, Some("members.display")));
        assert!(!includes(None, Some("MEMBERS")));
        assert!(!includes(Some("id,displayName"), None));
    }
}
