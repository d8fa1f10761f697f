use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::source_schema::{ENTERPRISE_USER, check_attribute};

/// Schema of the attributes that need no URN before them.
const CORE_USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// Where in a SCIM user a value is.
///
/// `userName`, `name.givenName`, `emails[type eq "work"].value`, `photos[primary eq true].value`,
/// `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department`, `urn:contoso:hr:2.0:User:badge.number`.
/// Names and compared text are without regard to case. `urn:*:illuxi:2.0:User:hireDate` means the schema whose URN ends
/// with `:illuxi:2.0:User`. Without a filter, an attribute of several values gives the primary one, else the first;
/// with one, the first that matches. A complex value without a sub-attribute gives its `value`.
///
/// # RFC
/// RFC 7644 §3.10, with filters of a single `eq`; RFC 7643 §2.4 on the case of types.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SourcePath {
    pub(super) schema: Option<String>,
    pub(super) attribute: String,
    pub(super) filter: Option<ElementFilter>,
    pub(super) sub_attribute: Option<String>,
}

/// Which of several values is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ElementFilter {
    pub sub_attribute: String,
    pub operand: Operand,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Operand {
    Text(String),
    Boolean(bool),
}

/// Why a text is no path to a value of a SCIM user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is not a path to a value of a SCIM user: {reason}")]
pub struct SourcePathError {
    path: String,
    reason: String,
}

impl FromStr for SourcePath {
    type Err = SourcePathError;

    fn from_str(text: &str) -> Result<Self, SourcePathError> {
        parse(text).map_err(|reason| SourcePathError { path: text.to_owned(), reason })
    }
}

impl TryFrom<String> for SourcePath {
    type Error = SourcePathError;

    fn try_from(text: String) -> Result<Self, SourcePathError> {
        text.parse()
    }
}

impl From<SourcePath> for String {
    fn from(path: SourcePath) -> Self {
        path.to_string()
    }
}

fn parse(text: &str) -> Result<SourcePath, String> {
    let (head, bracket) = match text.split_once('[') {
        Some((head, tail)) => {
            // The operand may hold brackets, and what follows the filter may not.
            let (filter, after) = tail.rsplit_once(']').ok_or("the `[` is never closed")?;
            (head, Some((parse_filter(filter)?, after)))
        }
        None => (text, None),
    };
    let (schema, rest) = split_schema(head)?;
    let (attribute, sub_attribute, filter) = match bracket {
        Some((filter, "")) => (rest, None, Some(filter)),
        Some((filter, after)) => {
            let sub_attribute = after.strip_prefix('.').ok_or("after the `]` comes a `.` and a name")?;
            (rest, Some(sub_attribute), Some(filter))
        }
        None => match rest.split_once('.') {
            Some((attribute, sub_attribute)) => (attribute, Some(sub_attribute), None),
            None => (rest, None, None),
        },
    };
    for name in [Some(attribute), sub_attribute].into_iter().flatten() {
        check_name(name)?;
    }
    check_attribute(schema, attribute, sub_attribute)?;
    Ok(SourcePath {
        schema: schema.map(str::to_owned),
        attribute: attribute.to_owned(),
        filter,
        sub_attribute: sub_attribute.map(str::to_owned),
    })
}

fn split_schema(head: &str) -> Result<(Option<&str>, &str), String> {
    let Some((schema, rest)) = head.rsplit_once(':') else { return Ok((None, head)) };
    let name = strip_urn(schema).ok_or("what comes before the attribute is a URN, `urn:...`")?;
    let is_schema = name.contains(':') && name.chars().all(is_urn_character);
    if !is_schema {
        return Err(format!("`{schema}` is not the URN of a schema"));
    }
    if schema.eq_ignore_ascii_case(CORE_USER) {
        return Ok((None, rest));
    }
    let is_enterprise = schema.eq_ignore_ascii_case(ENTERPRISE_USER);
    Ok((Some(if is_enterprise { ENTERPRISE_USER } else { schema }), rest))
}

/// What follows `urn:`, in either case.
pub(super) fn strip_urn(schema: &str) -> Option<&str> {
    let (scheme, name) = schema.split_once(':')?;
    scheme.eq_ignore_ascii_case("urn").then_some(name)
}

fn is_urn_character(character: char) -> bool {
    character.is_ascii_graphic() && !matches!(character, '"' | '{' | '}' | '[' | ']' | '\\')
}

fn parse_filter(filter: &str) -> Result<ElementFilter, String> {
    let expected = "a filter is written `[type eq \"work\"]` or `[primary eq true]`";
    let (sub_attribute, rest) = filter.trim().split_once(' ').ok_or(expected)?;
    let (operator, operand) = rest.trim_start().split_once(' ').ok_or(expected)?;
    check_name(sub_attribute)?;
    if !operator.eq_ignore_ascii_case("eq") {
        return Err(expected.to_owned());
    }
    let operand = match serde_json::from_str(operand.trim()) {
        Ok(serde_json::Value::String(text)) => Operand::Text(text),
        Ok(serde_json::Value::Bool(boolean)) => Operand::Boolean(boolean),
        _ => return Err(expected.to_owned()),
    };
    Ok(ElementFilter { sub_attribute: sub_attribute.to_owned(), operand })
}

/// RFC 7643 §2.1; `$ref` alone begins with a dollar sign.
fn check_name(name: &str) -> Result<(), String> {
    let rest = name.strip_prefix('$').unwrap_or(name);
    let begins_well = rest.starts_with(|first: char| first.is_ascii_alphabetic());
    let goes_on_well =
        rest.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character));
    if begins_well && goes_on_well {
        return Ok(());
    }
    Err(format!("`{name}` is not the name of an attribute"))
}

impl fmt::Display for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}:")?;
        }
        f.write_str(&self.attribute)?;
        if let Some(filter) = &self.filter {
            write!(f, "[{} eq {}]", filter.sub_attribute, filter.operand)?;
        }
        match &self.sub_attribute {
            Some(sub_attribute) => write!(f, ".{sub_attribute}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{}", serde_json::Value::from(text.as_str())),
            Self::Boolean(boolean) => write!(f, "{boolean}"),
        }
    }
}

#[cfg(test)]
mod tests;
