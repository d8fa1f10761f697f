//! The rules of an integration are one document: a page changes a part of it, and the whole is saved.

use serde_json::Value;

use super::mistakes::Mistake;
use crate::api::{ApiError, Caller, SavedRules};
use crate::http::Failure;

/// What came of saving.
pub(super) enum Saving {
    /// These are in force.
    Done(SavedRules),
    /// Somebody else was faster: these are in force.
    Outdated(SavedRules),
    /// It cannot be saved so.
    Refused(Mistake),
}

/// The document with another part.
pub(super) fn with_part(rules: &Value, part: &str, value: Value) -> Value {
    let mut rules = rules.clone();
    if let Some(members) = rules.as_object_mut() {
        members.insert(part.to_owned(), value);
    }
    rules
}

/// Puts rules in force, if the version that was seen still is.
pub(super) async fn save(
    api: Caller<'_>,
    slug: &str,
    (seen, now): (i64, SavedRules),
    rules: &Value,
    comment: &str,
) -> Result<Saving, Failure> {
    if now.version != seen {
        return Ok(Saving::Outdated(now));
    }
    match api.save_rules(slug, seen, rules, comment).await {
        Ok(saved) => Ok(Saving::Done(saved)),
        Err(ApiError::Precondition(_)) => Ok(Saving::Outdated(api.rules(slug).await?)),
        Err(error) => Ok(Saving::Refused(Mistake::of(error)?)),
    }
}

/// A place where two documents differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// Such as `/ownership/login/mode`.
    pub(super) pointer: String,
    pub(super) here: String,
    pub(super) there: String,
}

/// Where two documents differ. A list is compared as a whole: its order means something.
pub(super) fn differences(here: &Value, there: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(String::new(), here, there, &mut found);
    found
}

fn compare(pointer: String, here: &Value, there: &Value, found: &mut Vec<Difference>) {
    if here == there {
        return;
    }
    let (Value::Object(left), Value::Object(right)) = (here, there) else {
        found.push(Difference { pointer, here: here.to_string(), there: there.to_string() });
        return;
    };
    let mut names: Vec<&String> = left.keys().chain(right.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let of = |side: &serde_json::Map<String, Value>| side.get(name).cloned().unwrap_or_default();
        compare(format!("{pointer}/{name}"), &of(left), &of(right), found);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_are_told_by_their_place() {
        let here = json!({ "ownership": { "login": { "mode": "source" }, "email": { "mode": "lms" } }, "cohorts": [1, 2] });
        let there = json!({ "ownership": { "login": { "mode": "lms" }, "email": { "mode": "lms" } }, "cohorts": [2, 1] });
        let found = differences(&here, &there);
        let found: Vec<_> =
            found.iter().map(|one| (one.pointer.as_str(), one.here.as_str(), one.there.as_str())).collect();
        assert_eq!(
            found,
            [("/cohorts", "[1,2]", "[2,1]"), ("/ownership/login/mode", "\"source\"", "\"lms\"")]
        );
        assert_eq!(differences(&here, &here), []);
    }

    #[test]
    fn a_part_is_replaced_and_the_rest_kept() {
        let rules = json!({ "guard": { "people": 7 }, "cohorts": [] });
        let changed = with_part(&rules, "cohorts", json!([1]));
        assert_eq!(changed, json!({ "guard": { "people": 7 }, "cohorts": [1] }));
    }
}
