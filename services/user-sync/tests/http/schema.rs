//! As much of JSON Schema as the description of the API uses.

use serde_json::{Map, Value};

/// Requires a value to be as a schema of the document says, with no member that it does not name.
pub(crate) fn check(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    Checker { document }.check(schema, value, "")
}

struct Checker<'a> {
    document: &'a Value,
}

impl<'a> Checker<'a> {
    fn check(&self, schema: &'a Value, value: &Value, at: &str) -> Result<(), String> {
        let schema = self.resolve(schema);
        let wrong = |what: &str| Err(format!("{at}: {what}: {value}"));
        for alternatives in ["anyOf", "oneOf"] {
            let Some(alternatives) = schema.get(alternatives).and_then(Value::as_array) else { continue };
            if !alternatives.iter().any(|one| self.check(one, value, at).is_ok()) {
                return wrong("none of the alternatives");
            }
        }
        if let Some(words) = schema.get("enum").and_then(Value::as_array)
            && !words.contains(value)
        {
            return wrong("no such word");
        }
        let types = match schema.get("type") {
            Some(Value::String(one)) => vec![one.as_str()],
            Some(several) => several.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect(),
            None => vec![],
        };
        if !types.is_empty() && !types.contains(&name_of(value)) {
            return wrong("another type");
        }
        match value {
            Value::Array(items) => match schema.get("items") {
                Some(of) => items
                    .iter()
                    .enumerate()
                    .try_for_each(|(n, item)| self.check(of, item, &format!("{at}/{n}"))),
                None => Ok(()),
            },
            Value::Object(members) => self.check_members(schema, members, at),
            _ => Ok(()),
        }
    }

    fn check_members(&self, schema: &'a Value, members: &Map<String, Value>, at: &str) -> Result<(), String> {
        let parts = self.parts(schema);
        // What says nothing of members takes any.
        if parts
            .iter()
            .all(|part| part.get("properties").is_none() && part.get("additionalProperties").is_none())
        {
            return Ok(());
        }
        for part in &parts {
            for required in part.get("required").and_then(Value::as_array).into_iter().flatten() {
                if !members.contains_key(required.as_str().unwrap()) {
                    return Err(format!("{at}: {required} is missing"));
                }
            }
        }
        for names in parts.iter().filter_map(|part| part.get("propertyNames")) {
            members.keys().try_for_each(|name| self.check(names, &Value::from(name.as_str()), at))?;
        }
        for (name, value) in members {
            let own = parts.iter().find_map(|part| part.get("properties")?.get(name));
            let any =
                || parts.iter().find_map(|part| part.get("additionalProperties").filter(|of| of.is_object()));
            let schema = own.or_else(any).ok_or_else(|| format!("{at}/{name} is not described"))?;
            self.check(schema, value, &format!("{at}/{name}"))?;
        }
        Ok(())
    }

    /// The schema and those of which it is made.
    fn parts(&self, schema: &'a Value) -> Vec<&'a Value> {
        let schema = self.resolve(schema);
        let all = schema.get("allOf").and_then(Value::as_array);
        let below = all.into_iter().flatten().flat_map(|part| self.parts(part));
        std::iter::once(schema).chain(below).collect()
    }

    fn resolve(&self, schema: &'a Value) -> &'a Value {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(pointer) => self.document.pointer(pointer.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
