use super::{AttributeMapping, Mapping, Transform};
use crate::{Attribute, RuleError};

const MAX_SOURCES: usize = 10;
const MAX_TRANSFORMS: usize = 10;
const MAX_LOOKUP_ROWS: usize = 500;
const MAX_TEMPLATE_CHARACTERS: usize = 1000;

/// Where a mapping is in its document.
pub(super) const ROOT: &str = "mapping";

/// Finds everything that is wrong with a mapping that was read.
pub(super) fn check_mapping(mapping: &Mapping) -> Vec<RuleError> {
    let mut errors = Vec::new();
    if mapping.of(Attribute::Login).is_none() {
        let problem = "Say where `login` comes from: nobody can sign in without one.";
        errors.push(RuleError::at([ROOT], problem));
    }
    for (attribute, rule) in mapping.rules() {
        check_attribute(attribute, rule, &mut errors);
    }
    errors
}

fn check_attribute(attribute: Attribute, rule: &AttributeMapping, errors: &mut Vec<RuleError>) {
    let name = attribute_name(attribute);
    let mut refuse =
        |member: &str, problem: String| errors.push(RuleError::at([ROOT, &name, member], problem));
    let has_default = rule.transforms.iter().any(|transform| matches!(transform, Transform::Default(_)));
    if rule.from.is_empty() && !has_default {
        refuse("from", "Name at least one source, or give a `default`.".to_owned());
    }
    if rule.from.len() > MAX_SOURCES {
        refuse("from", format!("Name at most {MAX_SOURCES} sources."));
    }
    if rule.transforms.len() > MAX_TRANSFORMS {
        refuse("transforms", format!("Use at most {MAX_TRANSFORMS} transforms."));
    }
    if attribute == Attribute::Manager && !rule.transforms.is_empty() {
        refuse("transforms", "Take the transforms away: a manager is the SCIM id of a user.".to_owned());
    }
    for (index, transform) in rule.transforms.iter().enumerate() {
        let Some((kind, problem)) = transform_problem(transform) else { continue };
        let index = index.to_string();
        errors.push(RuleError::at([ROOT, &name, "transforms", &index, kind], problem));
    }
}

fn transform_problem(transform: &Transform) -> Option<(&'static str, String)> {
    match transform {
        Transform::Template(template) if template.as_str().chars().count() > MAX_TEMPLATE_CHARACTERS => {
            Some(("template", format!("Shorten the template to {MAX_TEMPLATE_CHARACTERS} characters.")))
        }
        Transform::Lookup(lookup) if lookup.table.len() > MAX_LOOKUP_ROWS => {
            Some(("lookup", format!("Shorten the table to {MAX_LOOKUP_ROWS} rows.")))
        }
        Transform::Default(default) if default.trim().is_empty() => {
            Some(("default", "Give a default that is not blank, or take it away.".to_owned()))
        }
        Transform::Trim
        | Transform::Lower
        | Transform::Template(_)
        | Transform::Lookup(_)
        | Transform::Default(_) => None,
    }
}

/// The attribute's name in JSON.
fn attribute_name(attribute: Attribute) -> String {
    let name = serde_json::to_value(attribute).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
