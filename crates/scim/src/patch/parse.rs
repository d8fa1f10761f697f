//! From a PATCH body to a flat list of operations.

use serde_json::{Map, Value};

use super::target::{self, Found, Target};
use super::{Action, Operation, entra};
use crate::error::{ScimError, excerpt, path_excerpt};
use crate::path::AttributePath;
use crate::profile::Profile;
use crate::resource::{names_schema, value::is_unassigned};
use crate::resource_type::ResourceType;
use crate::schema::{Kind, Mutability, Schema};
use crate::urn;

const MAX_OPERATIONS: usize = 1_000;

/// What an operation does, before its value is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Add,
    Replace,
    Remove,
}

/// Reads the operations, and counts the attributes in them that no schema has.
pub(super) fn operations<'s>(
    resource_type: ResourceType<'s>,
    mut body: Map<String, Value>,
) -> Result<(Vec<Operation<'s>>, usize), ScimError> {
    if !names_schema(&body, urn::PATCH_OP) {
        return Err(ScimError::invalid_syntax(format!(
            "schemas must be a list that contains {}.",
            urn::PATCH_OP
        )));
    }
    let Some(Value::Array(items)) = take_member(&mut body, "Operations") else {
        return Err(ScimError::invalid_syntax("Operations must be a list."));
    };
    if items.len() > MAX_OPERATIONS {
        let detail = format!("One request may have at most {MAX_OPERATIONS} operations.");
        return Err(ScimError::payload_too_large(detail));
    }
    if items.is_empty() && resource_type.profile().is_strict() {
        return Err(ScimError::invalid_syntax("Operations must not be empty."));
    }
    let mut reader = Reader { resource_type, number: 0, operations: Vec::new(), ignored: 0 };
    for item in items {
        reader.number += 1;
        reader.read(item).map_err(|error| error.within(&format!("Operation {}", reader.number)))?;
    }
    Ok((reader.operations, reader.ignored))
}

/// Takes a member by name, in any letter case (RFC 7643 §2.1).
fn take_member(object: &mut Map<String, Value>, name: &str) -> Option<Value> {
    let spelt = object.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned()?;
    object.remove(&spelt)
}

struct Reader<'s> {
    resource_type: ResourceType<'s>,
    number: usize,
    operations: Vec<Operation<'s>>,
    ignored: usize,
}

impl<'s> Reader<'s> {
    fn read(&mut self, item: Value) -> Result<(), ScimError> {
        let Value::Object(mut members) = item else {
            return Err(ScimError::invalid_syntax("Each operation must be an object."));
        };
        let verb = read_verb(take_member(&mut members, "op"))?;
        let value = take_member(&mut members, "value");
        if verb != Verb::Remove && value.is_none() {
            return Err(ScimError::invalid_value("add and replace need a value."));
        }
        match take_member(&mut members, "path") {
            Some(Value::String(path)) => {
                let found = target::resolve(self.resource_type, &path)?;
                if matches!(found, Found::Nothing) && self.resource_type.profile().is_strict() {
                    let detail = format!("There is no attribute {}.", path_excerpt(&path));
                    return Err(ScimError::invalid_path(detail));
                }
                self.expand(verb, found, value)
            }
            None | Some(Value::Null) => self.expand_pathless(verb, value),
            Some(_) => Err(ScimError::invalid_path("path must be text.")),
        }
    }

    fn expand_pathless(&mut self, verb: Verb, value: Option<Value>) -> Result<(), ScimError> {
        if verb == Verb::Remove {
            return Err(ScimError::no_target("remove needs a path."));
        }
        let Some(Value::Object(members)) = value else {
            return Err(ScimError::invalid_value("Without a path, value must be an object."));
        };
        for (name, value) in members {
            let found = entra::resolve_key(self.resource_type, &name)?;
            self.expand(verb, found, Some(value))?;
        }
        Ok(())
    }

    fn expand(&mut self, verb: Verb, found: Found<'s>, value: Option<Value>) -> Result<(), ScimError> {
        match found {
            Found::Nothing => {
                self.ignored += 1;
                Ok(())
            }
            Found::Schema(schema) => self.expand_schema(verb, schema, value),
            Found::Target(target) => self.expand_target(verb, target, value),
        }
    }

    /// The URN of a schema stands for all of its attributes.
    fn expand_schema(
        &mut self,
        verb: Verb,
        schema: &'s Schema,
        value: Option<Value>,
    ) -> Result<(), ScimError> {
        match value {
            Some(Value::Object(members)) if verb != Verb::Remove => {
                for (name, value) in members {
                    let found = entra::resolve_key(self.resource_type, &format!("{}:{name}", schema.urn))?;
                    self.expand(verb, found, Some(value))?;
                }
                Ok(())
            }
            Some(value) if verb != Verb::Remove && !is_unassigned(&value) => {
                Err(ScimError::invalid_value(format!("{} must be an object.", schema.urn)))
            }
            _ => self.clear_schema(schema),
        }
    }

    fn clear_schema(&mut self, schema: &'s Schema) -> Result<(), ScimError> {
        let Some(extension) = self.resource_type.extension(&schema.urn) else {
            return Err(ScimError::mutability("The base schema cannot be removed."));
        };
        for attribute in &extension.attributes {
            let target = Target::Attribute(AttributePath::top(Some(extension), attribute));
            self.push(target, Action::Remove(None));
        }
        Ok(())
    }

    fn expand_target(
        &mut self,
        verb: Verb,
        target: Target<'s>,
        value: Option<Value>,
    ) -> Result<(), ScimError> {
        let path = *target.path();
        if path.is_schemas() || path.leaf().mutability == Mutability::WriteOnly {
            // Computed by us, or never kept: nothing to do and nothing to complain about.
            return Ok(());
        }
        if !path.is_writable() {
            return Err(ScimError::mutability(format!("{path} is read-only.")));
        }
        if verb == Verb::Remove
            && self.resource_type.profile().is_strict()
            && value.as_ref().is_some_and(|v| !v.is_null())
        {
            return Err(ScimError::invalid_value("remove takes no value."));
        }
        let value = match self.resource_type.profile() {
            Profile::Entra => value.map(|value| entra::reshaped(&path, value)),
            Profile::Strict => value,
        };
        match (verb, value) {
            (Verb::Add | Verb::Replace, Some(Value::Object(parts))) if merges_parts(&target) => {
                self.expand_parts(verb, path, parts)
            }
            (Verb::Add, Some(value)) => {
                self.push(target, Action::Add(value));
                Ok(())
            }
            (Verb::Replace, Some(value)) => {
                self.push(target, Action::Replace(value));
                Ok(())
            }
            (_, value) => {
                self.push(target, Action::Remove(value));
                Ok(())
            }
        }
    }

    /// A complex value sets the parts it names and leaves the others (RFC 7644 §3.5.2.1, §3.5.2.3).
    fn expand_parts(
        &mut self,
        verb: Verb,
        path: AttributePath<'s>,
        parts: Map<String, Value>,
    ) -> Result<(), ScimError> {
        for (name, value) in parts {
            let Some(part) = path.with_sub_attribute(&name).filter(|part| part.is_writable()) else {
                continue;
            };
            self.expand_target(verb, Target::Attribute(part), Some(value))?;
        }
        Ok(())
    }

    fn push(&mut self, target: Target<'s>, action: Action) {
        self.operations.push(Operation { number: self.number, target, action });
    }
}

fn merges_parts(target: &Target<'_>) -> bool {
    match target {
        Target::Attribute(path) => path.leaf().kind == Kind::Complex && !path.attribute.multi_valued,
        Target::Entries(..) => false,
    }
}

fn read_verb(op: Option<Value>) -> Result<Verb, ScimError> {
    let Some(Value::String(op)) = op else {
        return Err(ScimError::invalid_syntax("op must be add, replace or remove."));
    };
    entra::verb(&op).ok_or_else(|| {
        ScimError::invalid_syntax(format!("op must be add, replace or remove, not {}.", excerpt(&op)))
    })
}
