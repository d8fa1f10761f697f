//! Who decides which attribute, and where its value comes from.

use serde_json::{Map, Value, json};

use crate::api::Rule;

/// Attributes in the order in which they are shown.
const ORDER: [&str; 20] = [
    "login",
    "email",
    "given_name",
    "family_name",
    "display_name",
    "job_title",
    "department",
    "division",
    "organization",
    "cost_center",
    "employee_number",
    "employee_type",
    "hire_date",
    "manager",
    "office",
    "country",
    "preferred_language",
    "locale",
    "time_zone",
    "phone",
];

/// Who can decide.
pub(super) const MODES: [&str; 6] =
    ["source", "seed_once", "fill_if_empty", "keep_until_source_changes", "lms", "ignore"];

/// What an absent value can mean.
pub(super) const ON_CLEARS: [&str; 3] = ["clear", "keep", "refuse"];

/// One attribute of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AttributeRule {
    pub(super) attribute: String,
    pub(super) rule: Rule,
    /// Places in the SCIM user, the best first.
    pub(super) from: Vec<String>,
    /// What is done with the value, as the document has it.
    pub(super) transforms: Vec<String>,
}

/// Those of a document, which leaves none unsaid.
pub(super) fn read(rules: &Value) -> Vec<AttributeRule> {
    let empty = Map::new();
    let ownership = rules.get("ownership").and_then(Value::as_object).unwrap_or(&empty);
    let mut all: Vec<AttributeRule> = ownership
        .iter()
        .filter_map(|(attribute, rule)| {
            let rule = serde_json::from_value(rule.clone()).ok()?;
            let mapping = rules.get("mapping").and_then(|mapping| mapping.get(attribute));
            let of = |part: &str| mapping.and_then(|mapping| mapping.get(part)).and_then(Value::as_array);
            let texts = |part: &str| of(part).into_iter().flatten().map(shown).collect();
            let (from, transforms) = (texts("from"), texts("transforms"));
            Some(AttributeRule { attribute: attribute.clone(), rule, from, transforms })
        })
        .collect();
    all.sort_by_key(|one| ORDER.iter().position(|name| *name == one.attribute).unwrap_or(ORDER.len()));
    all
}

/// The part `ownership` of a document.
pub(super) fn write(rules: &[AttributeRule]) -> Value {
    let one = |one: &AttributeRule| {
        let AttributeRule { attribute, rule, .. } = one;
        (attribute.clone(), json!({ "mode": rule.mode, "on_clear": rule.on_clear }))
    };
    Value::Object(rules.iter().map(one).collect())
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_come_in_their_order_with_their_places() {
        let rules = json!({
            "ownership": { "phone": { "mode": "seed_once", "on_clear": "keep" },
                           "badge": { "mode": "lms", "on_clear": "keep" },
                           "login": { "mode": "source", "on_clear": "refuse" } },
            "mapping": { "login": { "from": ["userName"], "transforms": ["lower", { "default": "x" }] } }
        });
        let read = read(&rules);
        let names: Vec<&str> = read.iter().map(|one| one.attribute.as_str()).collect();
        assert_eq!(names, ["login", "phone", "badge"]);
        assert_eq!(read[0].from, ["userName"]);
        assert_eq!(read[0].transforms, ["lower", "{\"default\":\"x\"}"]);
        assert_eq!(write(&read), rules["ownership"]);
    }
}
