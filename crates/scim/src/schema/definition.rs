//! Schemas that an integration adds to its users, read from the protocol's own notation (RFC 7643 §7).

use serde_json::{Map, Value};

use super::{Attribute, Kind, Mutability, Returned, Schema};
use crate::discovery::describe_schema;
use crate::error::excerpt;
use crate::schema::find;
use crate::urn;

/// Attributes in one schema at most; as many parts in one attribute.
const MAX_ATTRIBUTES: usize = 50;
/// Longest URN, in bytes.
const MAX_URN_BYTES: usize = 200;
/// Longest name and description, in characters.
const MAX_NAME_CHARS: usize = 64;
const MAX_DESCRIPTION_CHARS: usize = 1_000;
/// URNs with this beginning are the RFCs'.
const RESERVED: [&str; 3] =
    ["urn:ietf:params:scim:schemas:core:", "urn:ietf:params:scim:api:", urn::ENTERPRISE_USER];

/// A schema that cannot be added, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSchema(String);

impl Schema {
    /// Reads a schema document: `id`, `name`, `description` and `attributes`.
    ///
    /// Characteristics that are left out have the defaults of RFC 7643 §2.2, names any letter case.
    ///
    /// # Errors
    /// When the document is not one of RFC 7643 §7, and for what an extension of ours cannot have: an attribute that
    /// is required (Entra's requests would fail without it), unique, written by the server or never answered; a
    /// complex attribute inside another (§2.3.8); a URN of the RFCs.
    pub fn from_definition(document: &Map<String, Value>) -> Result<Self, InvalidSchema> {
        let urn = text(document, "id")?.unwrap_or_default();
        check_urn(&urn)?;
        let name = text(document, "name")?.filter(|name| !name.is_empty()).unwrap_or_else(|| urn.clone());
        check_length("name", &name, MAX_URN_BYTES)?;
        let description = description(document)?;
        let attributes = attributes(document, "attributes", Level::Top)?;
        Ok(Self { urn, name, description, attributes })
    }

    /// Returns the document that [`Schema::from_definition`] reads.
    pub fn definition(&self) -> Map<String, Value> {
        describe_schema(self)
    }

    /// Tells why this schema cannot take the place of `present`, whose attributes resources may hold.
    ///
    /// # Errors
    /// When an attribute would vanish, or its values be of another type or compare in another way.
    pub fn check_successor_of(&self, present: &Self) -> Result<(), InvalidSchema> {
        same_types(&present.attributes, &self.attributes)
    }
}

/// Requires the extensions of one integration to be told apart by their URNs.
///
/// # Errors
/// When two have the same URN, or the URN of one begins with that of another and a colon, which paths cannot tell.
pub fn check_extensions(schemas: &[Schema]) -> Result<(), InvalidSchema> {
    for (position, schema) in schemas.iter().enumerate() {
        let others = schemas.iter().enumerate().filter(|(other, _)| *other != position);
        for (_, other) in others {
            let begins =
                other.urn.get(..schema.urn.len()).is_some_and(|head| head.eq_ignore_ascii_case(&schema.urn));
            let next = other.urn.as_bytes().get(schema.urn.len());
            if begins && next.is_none_or(|byte| *byte == b':') {
                return Err(invalid(format!("The URN {} is part of another's.", excerpt(&schema.urn))));
            }
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq)]
enum Level {
    Top,
    Part,
}

fn same_types(present: &[Attribute], new: &[Attribute]) -> Result<(), InvalidSchema> {
    for old in present {
        let characteristics = |a: &Attribute| (a.name.clone(), a.kind, a.multi_valued, a.case_exact);
        let Some(attribute) = find(new, &old.name).filter(|new| characteristics(new) == characteristics(old))
        else {
            return Err(invalid(format!(
                "{} must stay as it is, because people may have values of it; attributes can only be added.",
                old.name
            )));
        };
        same_types(&old.sub_attributes, &attribute.sub_attributes)?;
    }
    Ok(())
}

fn check_urn(urn: &str) -> Result<(), InvalidSchema> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b":._-".contains(&byte);
    let has_form = urn.len() <= MAX_URN_BYTES
        && urn.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:"))
        && urn.split(':').count() > 2
        && urn.split(':').all(|part| !part.is_empty())
        && urn.bytes().all(is_allowed);
    if !has_form {
        return Err(invalid(
            "id must be a URN such as urn:ietf:params:scim:schemas:extension:acme:2.0:User, of letters, digits, \
             colons, dots, hyphens and underscores.",
        ));
    }
    // Neither may begin with the other, or a path could mean an attribute of either.
    let is_reserved = |reserved: &str| {
        let shared = reserved.len().min(urn.len());
        urn.get(..shared)
            .zip(reserved.get(..shared))
            .is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
    };
    if RESERVED.into_iter().any(is_reserved) {
        return Err(invalid("id is a URN of the SCIM standard."));
    }
    Ok(())
}

fn attributes(
    document: &Map<String, Value>,
    key: &str,
    level: Level,
) -> Result<Vec<Attribute>, InvalidSchema> {
    let Some(Value::Array(items)) = member(document, key) else {
        return Err(invalid(format!("{key} must be a list.")));
    };
    if items.is_empty() || items.len() > MAX_ATTRIBUTES {
        return Err(invalid(format!("{key} must have 1 to {MAX_ATTRIBUTES} items.")));
    }
    let mut attributes: Vec<Attribute> = Vec::new();
    for item in items {
        let Value::Object(definition) = item else {
            return Err(invalid(format!("{key} must hold objects.")));
        };
        let attribute = attribute(definition, level)?;
        if find(&attributes, &attribute.name).is_some() {
            return Err(invalid(format!("{} is defined twice.", attribute.name)));
        }
        attributes.push(attribute);
    }
    Ok(attributes)
}

fn attribute(document: &Map<String, Value>, level: Level) -> Result<Attribute, InvalidSchema> {
    let name = text(document, "name")?.unwrap_or_default();
    if !is_name(&name) {
        return Err(invalid(format!("{} is not an attribute name.", excerpt(&name))));
    }
    let within = |problem: InvalidSchema| invalid(format!("{name}: {}", problem.0));
    described(document, &name, level).map_err(within)
}

fn described(document: &Map<String, Value>, name: &str, level: Level) -> Result<Attribute, InvalidSchema> {
    let kind = choice(document, "type", &Kind::NAMES)?.unwrap_or(Kind::String);
    if kind == Kind::Complex && level == Level::Part {
        return Err(invalid("a part of a complex attribute cannot be complex."));
    }
    if flag(document, "required")? {
        return Err(invalid("required must be false, because requests without it would fail."));
    }
    if text(document, "uniqueness")?.is_some_and(|word| !word.eq_ignore_ascii_case("none")) {
        return Err(invalid("uniqueness must be none."));
    }
    let mutability = choice(document, "mutability", &Mutability::NAMES)?.unwrap_or(Mutability::ReadWrite);
    if !matches!(mutability, Mutability::ReadWrite | Mutability::Immutable) {
        return Err(invalid("mutability must be readWrite or immutable."));
    }
    let returned = choice(document, "returned", &Returned::NAMES)?.unwrap_or(Returned::Default);
    if returned == Returned::Never {
        return Err(invalid("returned must be default, request or always."));
    }
    let plain = Attribute::new(name, kind, &description(document)?);
    // RFC 7643 §2.3.6, §2.3.7: binary values and references always compare with regard to case.
    let always_exact = matches!(kind, Kind::Binary | Kind::Reference);
    Ok(Attribute {
        multi_valued: flag(document, "multiValued")?,
        case_exact: always_exact || flag(document, "caseExact")?,
        mutability,
        returned,
        canonical_values: texts(document, "canonicalValues")?,
        reference_types: texts(document, "referenceTypes")?,
        sub_attributes: match kind {
            Kind::Complex => attributes(document, "subAttributes", Level::Part)?,
            _ => Vec::new(),
        },
        indexed: matches!(kind, Kind::String | Kind::Reference | Kind::Integer),
        ..plain
    })
}

/// Looks a member up in any letter case; null is no member.
fn member<'a>(document: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    let (_, value) = document.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?;
    (!value.is_null()).then_some(value)
}

fn text(document: &Map<String, Value>, key: &str) -> Result<Option<String>, InvalidSchema> {
    match member(document, key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(invalid(format!("{key} must be text."))),
    }
}

fn texts(document: &Map<String, Value>, key: &str) -> Result<Vec<String>, InvalidSchema> {
    let Some(value) = member(document, key) else { return Ok(Vec::new()) };
    let items = value.as_array().filter(|items| items.len() <= MAX_ATTRIBUTES);
    let texts: Option<Vec<String>> =
        items.and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
    let texts =
        texts.ok_or_else(|| invalid(format!("{key} must be a list of at most {MAX_ATTRIBUTES} texts.")))?;
    texts.iter().try_for_each(|text| check_length(key, text, MAX_DESCRIPTION_CHARS))?;
    Ok(texts)
}

fn description(document: &Map<String, Value>) -> Result<String, InvalidSchema> {
    let description = text(document, "description")?.unwrap_or_default();
    check_length("description", &description, MAX_DESCRIPTION_CHARS)?;
    Ok(description)
}

fn flag(document: &Map<String, Value>, key: &str) -> Result<bool, InvalidSchema> {
    match member(document, key) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(invalid(format!("{key} must be true or false."))),
    }
}

fn choice<T: Copy>(
    document: &Map<String, Value>,
    key: &str,
    names: &[(&'static str, T)],
) -> Result<Option<T>, InvalidSchema> {
    let Some(word) = text(document, key)? else { return Ok(None) };
    let found = names.iter().find(|(name, _)| name.eq_ignore_ascii_case(&word)).map(|(_, value)| *value);
    found.map(Some).ok_or_else(|| invalid(format!("{key} cannot be {}.", excerpt(&word))))
}

fn check_length(key: &str, text: &str, limit: usize) -> Result<(), InvalidSchema> {
    if text.chars().count() > limit || text.chars().any(char::is_control) {
        return Err(invalid(format!(
            "{key} must have at most {limit} characters, and no control characters."
        )));
    }
    Ok(())
}

/// `ATTRNAME` of RFC 7643 §2.1.
fn is_name(text: &str) -> bool {
    text.len() <= MAX_NAME_CHARS
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn invalid(problem: impl Into<String>) -> InvalidSchema {
    InvalidSchema(problem.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const URN: &str = "urn:ietf:params:scim:schemas:extension:acme:2.0:User";

    fn read(document: Value) -> Result<Schema, InvalidSchema> {
        Schema::from_definition(document.as_object().unwrap())
    }

    fn with_attribute(attribute: Value) -> Result<Schema, InvalidSchema> {
        read(json!({"id": URN, "attributes": [attribute]}))
    }

    #[test]
    fn a_definition_is_read_and_written() {
        let schema = read(json!({
            "id": URN, "name": "Acme", "attributes": [
                {"name": "badge"},
                {"name": "hireDate", "type": "DATETIME", "mutability": "immutable"},
                {"name": "sites", "type": "complex", "multiValued": true, "subAttributes": [
                    {"name": "value", "caseExact": true}, {"name": "tags", "multiValued": true},
                    {"name": "photo", "type": "binary"}
                ]}
            ]
        }));
        let schema = schema.unwrap();
        let badge = schema.attribute("BADGE").unwrap();
        assert_eq!((badge.kind, badge.case_exact, badge.multi_valued), (Kind::String, false, false));
        assert_eq!(schema.attribute("hireDate").unwrap().mutability, Mutability::Immutable);
        assert!(schema.attribute("sites").unwrap().sub_attribute("photo").unwrap().case_exact);
        assert_eq!(Schema::from_definition(&schema.definition()).unwrap(), schema);
    }

    #[test]
    fn what_an_extension_cannot_have_is_refused() {
        for attribute in [
            json!({"name": "a", "required": true}),
            json!({"name": "a", "uniqueness": "server"}),
            json!({"name": "a", "mutability": "readOnly"}),
            json!({"name": "a", "returned": "never"}),
            json!({"name": "a", "type": "colour"}),
            json!({"name": "a", "type": "complex"}),
            json!({"name": "a", "multiValued": "yes"}),
            json!({"name": "1a"}),
            json!({"name": "a.b"}),
            json!({"name": "$ref"}),
            json!({}),
            json!("a"),
            json!({"name": "a", "type": "complex", "subAttributes": [
                {"name": "b", "type": "complex", "subAttributes": [{"name": "c"}]}
            ]}),
        ] {
            assert!(with_attribute(attribute.clone()).is_err(), "{attribute}");
        }
        assert!(read(json!({"id": URN, "attributes": [{"name": "a"}, {"name": "A"}]})).is_err());
        assert!(read(json!({"id": URN, "attributes": []})).is_err());
    }

    #[test]
    fn urns_of_the_standard_and_other_texts_are_refused() {
        for urn in [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "URN:ietf:params:scim:schemas:extension:ENTERPRISE:2.0:User",
            "urn:ietf:params:scim:schemas:core",
            "urn:ietf:params:scim:api:messages:2.0:Error",
            "acme",
            "urn:acme",
            "urn::acme:User",
            "urn:acme:User]",
            "",
        ] {
            assert!(read(json!({"id": urn, "attributes": [{"name": "a"}]})).is_err(), "{urn}");
        }
    }

    #[test]
    fn extensions_must_be_told_apart() {
        let schema = |urn: &str| read(json!({"id": urn, "attributes": [{"name": "a"}]})).unwrap();
        assert!(check_extensions(&[schema("urn:a:b:User"), schema("urn:a:b:Users")]).is_ok());
        assert!(check_extensions(&[schema("urn:a:b:User"), schema("URN:A:b:user")]).is_err());
        assert!(check_extensions(&[schema("urn:a:b:User:x"), schema("urn:a:b:User")]).is_err());
    }

    #[test]
    fn attributes_stay_as_they_are() {
        let schema = |attributes: Value| read(json!({"id": URN, "attributes": attributes})).unwrap();
        let before = schema(json!([{"name": "a", "type": "integer"}]));
        let extended = schema(json!([{"name": "b"}, {"name": "a", "type": "integer", "description": "x"}]));
        assert_eq!(extended.check_successor_of(&before), Ok(()));
        for other in
            [json!([{"name": "b"}]), json!([{"name": "a"}]), json!([{"name": "a", "multiValued": true}])]
        {
            assert!(schema(other).check_successor_of(&before).is_err());
        }
    }
}
