use serde_json::{Map, Value};

use super::Rules;
use crate::rule_error::read_rule;
use crate::{Adoption, Attribute, CohortRules, Guard, Mapping, Ownership, Rule, RuleError};

impl Rules {
    /// Reads rules from JSON and validates them. A part that is not there has its default.
    ///
    /// # Errors
    /// Every mistake of every part, each with its place; of one rule the first thing that does not parse.
    pub fn read(document: Value) -> Result<Self, Vec<RuleError>> {
        let Value::Object(mut parts) = document else {
            return Err(vec![RuleError::at([""; 0], "Write an object.")]);
        };
        let mut errors = Vec::new();
        let rules = Self {
            ownership: read_part(&mut parts, "ownership", read_ownership, &mut errors),
            mapping: read_part(&mut parts, "mapping", Mapping::read, &mut errors),
            cohorts: read_part(&mut parts, "cohorts", CohortRules::read, &mut errors),
            guard: read_part(&mut parts, "guard", read_guard, &mut errors),
            adoption: read_part(&mut parts, "adoption", read_adoption, &mut errors),
        };
        for unknown in parts.keys() {
            let problem = "Take it away: rules have ownership, mapping, cohorts, guard and adoption.";
            errors.push(RuleError::at([unknown], problem));
        }
        // Mapping and cohorts were validated as they were read.
        errors.extend(rules.check_login());
        errors.extend(rules.guard.check());
        if errors.is_empty() { Ok(rules) } else { Err(errors) }
    }

    /// The rules with nothing left unsaid.
    #[must_use]
    pub fn complete(&self) -> Self {
        Self { ownership: self.ownership.complete(), ..self.clone() }
    }
}

/// Reads one part of the document; one that is wrong counts as its default, so that the others are looked at too.
fn read_part<T: Default>(
    parts: &mut Map<String, Value>,
    name: &str,
    read: impl Fn(Value) -> Result<T, Vec<RuleError>>,
    errors: &mut Vec<RuleError>,
) -> T {
    let Some(part) = parts.remove(name) else { return T::default() };
    read(part).unwrap_or_else(|found| {
        errors.extend(found);
        T::default()
    })
}

fn read_ownership(part: Value) -> Result<Ownership, Vec<RuleError>> {
    let Value::Object(members) = part else {
        let problem = "Write an object with a member for each attribute.";
        return Err(vec![RuleError::at(["ownership"], problem)]);
    };
    let mut ownership = Ownership::default();
    let mut errors = Vec::new();
    for (name, rule) in members {
        let steps = ["ownership", name.as_str()];
        let attribute = read_rule::<Attribute>(&steps, Value::from(name.as_str()));
        let rule = read_rule::<Rule>(&steps, rule);
        match (attribute, rule) {
            (Ok(attribute), Ok(rule)) => ownership = ownership.with(attribute, rule),
            (Err(error), _) | (Ok(_), Err(error)) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(ownership) } else { Err(errors) }
}

fn read_guard(part: Value) -> Result<Guard, Vec<RuleError>> {
    read_rule(&["guard"], part).map_err(|error| vec![error])
}

fn read_adoption(part: Value) -> Result<Adoption, Vec<RuleError>> {
    read_rule(&["adoption"], part).map_err(|error| vec![error])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Mode, OnClear};

    fn pointers(document: Value) -> Vec<String> {
        Rules::read(document).unwrap_err().into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn what_is_not_said_has_its_default() {
        assert_eq!(Rules::read(json!({})), Ok(Rules::default()));
        let rules = Rules::read(json!({
            "ownership": { "phone": { "mode": "source" } },
            "guard": { "people": 10 }
        }))
        .unwrap();
        assert_eq!(
            rules.ownership.rule(Attribute::Phone),
            Rule { mode: Mode::Source, on_clear: OnClear::Keep }
        );
        assert_eq!((rules.guard.people, rules.guard.percent), (10, 25));
        assert_eq!(rules.mapping, Mapping::default());
    }

    #[test]
    fn every_part_tells_its_mistakes_at_once() {
        let found = pointers(json!({
            "ownership": {
                "shoe_size": { "mode": "source" },
                "phone": { "mode": "mine" },
                "email": { "mode": "source", "on_clear": "keep", "why": "" }
            },
            "mapping": { "login": { "from": ["userName"] }, "country": { "from": ["a b"] } },
            "cohorts": [{ "name": "a", "when": "any" }],
            "guard": { "window_minutes": 0 },
            "adoption": { "by_login": "yes" },
            "gaurd": {}
        }));
        assert_eq!(
            found,
            [
                "/ownership/email/why",
                "/ownership/phone/mode",
                "/ownership/shoe_size",
                "/mapping/country/from/0",
                "/cohorts/0",
                "/adoption/by_login",
                "/gaurd",
                "/guard/window_minutes"
            ]
        );
        for (part, expected) in [
            (json!([]), vec![""]),
            (json!({ "ownership": [] }), vec!["/ownership"]),
            (json!({ "ownership": { "login": { "mode": "lms" } } }), vec!["/ownership/login/mode"]),
            (json!({ "mapping": null }), vec!["/mapping"]),
            (json!({ "guard": { "percent": 200 } }), vec!["/guard/percent"]),
        ] {
            assert_eq!(pointers(part.clone()), expected, "{part}");
        }
    }

    #[test]
    fn complete_rules_say_all_and_read_the_same() {
        let complete = Rules::default().complete();
        let document = serde_json::to_value(&complete).unwrap();
        assert_eq!(document["ownership"].as_object().unwrap().len(), Attribute::ALL.len());
        assert_eq!(Rules::read(document), Ok(complete));
    }
}
