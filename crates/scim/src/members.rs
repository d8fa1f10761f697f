//! Members of a group: values beside the resource, because there may be thousands.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::error::ScimError;

/// Largest number of member values in one request.
pub const MAX_MEMBERS: usize = 20_000;

/// Longest identifier of a member, in characters.
const MAX_VALUE_CHARS: usize = 256;

/// What a PATCH does to the members of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberEdit {
    /// Nothing.
    Keep,
    /// Some come, some go; nobody is in both lists, and nobody is in one twice.
    Delta {
        /// To be members afterwards, whether they are now or not.
        add: Vec<String>,
        /// Not to be members afterwards, whether they are now or not.
        remove: Vec<String>,
    },
    /// Exactly these are members afterwards; each is named once.
    Replace(Vec<String>),
}

/// Reads `members` of a group's POST or PUT: the identifiers, each once, in order.
///
/// # Errors
/// 400 `invalidValue` when the list or an entry has the wrong shape; 413 above [`MAX_MEMBERS`].
///
/// # RFC
/// RFC 7643 §4.2. Absent, null, `""` and empty mean nobody.
pub fn from_request(body: &Map<String, Value>) -> Result<Vec<String>, ScimError> {
    let mut fold = MemberFold::default();
    let urn = crate::urn::GROUP;
    for (name, value) in body {
        let bare = match name.split_at_checked(urn.len()) {
            Some((head, rest)) if head.eq_ignore_ascii_case(urn) => rest.strip_prefix(':').unwrap_or(name),
            _ => name,
        };
        if bare.eq_ignore_ascii_case("members") {
            fold.add(list_of_objects(value)?)?;
        }
    }
    Ok(fold.present())
}

fn list_of_objects(value: &Value) -> Result<Vec<String>, ScimError> {
    match value {
        Value::Array(items) => items.iter().map(entry_value).collect(),
        Value::Null => Ok(Vec::new()),
        Value::String(text) if text.is_empty() => Ok(Vec::new()),
        _ => Err(ScimError::invalid_value("members must be a list.")),
    }
}

/// Reads the identifier of one entry; `$ref`, `type` and `display` may stand beside it.
pub(crate) fn entry_value(entry: &Value) -> Result<String, ScimError> {
    let members =
        entry.as_object().ok_or_else(|| ScimError::invalid_value("members must be a list of objects."))?;
    let value = members
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("value"))
        .and_then(|(_, value)| value.as_str());
    checked(value.unwrap_or_default())
}

/// Checks one identifier; identifiers are opaque and kept as they are.
pub(crate) fn checked(value: &str) -> Result<String, ScimError> {
    if value.is_empty() || value.chars().count() > MAX_VALUE_CHARS {
        let detail = format!("Every member needs a value of 1 to {MAX_VALUE_CHARS} characters.");
        return Err(ScimError::invalid_value(detail));
    }
    Ok(value.to_owned())
}

/// Folds edits in order; the last word about a person wins.
#[derive(Debug, Default)]
pub(crate) struct MemberFold {
    /// Whether the members before the request no longer count.
    is_replaced: bool,
    verdicts: HashMap<String, Verdict>,
    /// Values seen so far: the limit, and the order of first mention.
    seen: usize,
}

#[derive(Debug)]
struct Verdict {
    is_member: bool,
    order: usize,
}

impl MemberFold {
    pub(crate) fn add(&mut self, values: Vec<String>) -> Result<(), ScimError> {
        self.decide(values, true)
    }

    pub(crate) fn remove(&mut self, values: Vec<String>) -> Result<(), ScimError> {
        self.decide(values, false)
    }

    pub(crate) fn replace(&mut self, values: Vec<String>) -> Result<(), ScimError> {
        self.is_replaced = true;
        self.verdicts.clear();
        self.decide(values, true)
    }

    fn decide(&mut self, values: Vec<String>, is_member: bool) -> Result<(), ScimError> {
        for value in values {
            self.seen += 1;
            if self.seen > MAX_MEMBERS {
                let detail = format!("One request may name at most {MAX_MEMBERS} members.");
                return Err(ScimError::payload_too_large(detail));
            }
            let order = self.seen;
            let verdict = self.verdicts.entry(value).or_insert(Verdict { is_member, order });
            if verdict.is_member != is_member {
                *verdict = Verdict { is_member, order };
            }
        }
        Ok(())
    }

    fn present(&self) -> Vec<String> {
        self.listed(true)
    }

    fn listed(&self, is_member: bool) -> Vec<String> {
        let mut listed: Vec<_> =
            self.verdicts.iter().filter(|(_, verdict)| verdict.is_member == is_member).collect();
        listed.sort_by_key(|(_, verdict)| verdict.order);
        listed.into_iter().map(|(value, _)| value.clone()).collect()
    }

    pub(crate) fn finish(self) -> MemberEdit {
        if self.is_replaced {
            return MemberEdit::Replace(self.present());
        }
        if self.verdicts.is_empty() {
            return MemberEdit::Keep;
        }
        MemberEdit::Delta { add: self.listed(true), remove: self.listed(false) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::ScimType;

    fn read(body: Value) -> Result<Vec<String>, ScimError> {
        from_request(body.as_object().unwrap())
    }

    #[test]
    fn values_are_read_once_and_in_order() {
        let body = json!({"Members": [
            {"value": "b", "$ref": null, "type": "User", "display": "B"}, {"VALUE": "a"}, {"value": "b"}
        ]});
        assert_eq!(read(body).unwrap(), ["b", "a"]);
    }

    #[test]
    fn no_members_come_in_many_forms() {
        for body in [json!({}), json!({"members": null}), json!({"members": []}), json!({"members": ""})] {
            assert_eq!(read(body).unwrap(), Vec::<String>::new());
        }
    }

    #[test]
    fn wrong_shapes_are_refused() {
        for members in [
            json!("u1"),
            json!({"value": "u1"}),
            json!(["u1"]),
            json!([{}]),
            json!([{"value": ""}]),
            json!([null]),
        ] {
            let error = read(json!({"members": members})).unwrap_err();
            assert_eq!(error.scim_type, Some(ScimType::InvalidValue));
        }
    }

    #[test]
    fn more_than_twenty_thousand_are_refused_with_the_limit() {
        let members: Vec<Value> = (0..20_001).map(|number| json!({"value": number.to_string()})).collect();
        let error = read(json!({"members": members})).unwrap_err();
        assert_eq!(error.status, 413);
        assert!(error.detail.contains("20000"));
    }
}
