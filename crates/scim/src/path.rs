//! Attribute names as clients write them, resolved against the schema (RFC 7644 §3.10).

use std::fmt;

use crate::resource_type::ResourceType;
use crate::schema::{Attribute, Kind, Schema};

/// An attribute or sub-attribute that exists, however the client spelt it.
///
/// Displays in canonical spelling: `name.familyName`, `urn:…:enterprise:2.0:User:department`.
#[derive(Clone, Copy, Debug)]
pub struct AttributePath<'s> {
    /// `None`: base schema or common attribute.
    pub(crate) extension: Option<&'s Schema>,
    pub(crate) attribute: &'s Attribute,
    pub(crate) sub_attribute: Option<&'s Attribute>,
}

/// Why a name could not be resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathProblem {
    /// It does not follow the grammar.
    Malformed,
    /// It is well formed, but no schema has it.
    Unknown,
}

impl<'s> AttributePath<'s> {
    /// Resolves a name; `None` when it is malformed or unknown.
    ///
    /// # RFC
    /// RFC 7644 §3.10; letter case never counts (RFC 7643 §2.1). Entra deviation: attributes of an extension
    /// may come without its URN (`manager`).
    pub fn parse(text: &str, resource_type: ResourceType<'s>) -> Option<Self> {
        Self::resolve(resource_type, text).ok()
    }

    /// Resolves a name and tells apart the two ways in which that can fail.
    pub(crate) fn resolve(resource_type: ResourceType<'s>, text: &str) -> Result<Self, PathProblem> {
        let (namespace, rest) = split_namespace(resource_type, text);
        let (name, sub_name) = match rest.split_once('.') {
            Some((name, sub_name)) => (name, Some(sub_name)),
            None => (rest, None),
        };
        if !is_name(name) || !sub_name.is_none_or(is_name) {
            return Err(PathProblem::Malformed);
        }
        let (extension, attribute) = namespace.find(resource_type, name).ok_or(PathProblem::Unknown)?;
        let top = Self::top(extension, attribute);
        match sub_name {
            Some(sub_name) => top.with_sub_attribute(sub_name).ok_or(PathProblem::Unknown),
            None => Ok(top),
        }
    }

    pub(crate) const fn top(extension: Option<&'s Schema>, attribute: &'s Attribute) -> Self {
        Self { extension, attribute, sub_attribute: None }
    }

    /// Returns the path to the whole attribute.
    pub(crate) fn whole(&self) -> Self {
        Self { sub_attribute: None, ..*self }
    }

    pub(crate) fn with_sub_attribute(self, name: &str) -> Option<Self> {
        let sub_attribute = self.attribute.sub_attribute(name)?;
        Some(Self { sub_attribute: Some(sub_attribute), ..self })
    }

    /// A complex attribute without a part stands for its `value` (RFC 7644 §3.4.2.2), if it has one.
    pub(crate) fn with_implied_value(self) -> Self {
        if self.leaf().kind != Kind::Complex {
            return self;
        }
        self.with_sub_attribute("value").unwrap_or(self)
    }

    /// Returns the attribute that holds the value: the sub-attribute, if the path names one.
    pub(crate) fn leaf(&self) -> &'s Attribute {
        self.sub_attribute.unwrap_or(self.attribute)
    }

    /// Tells whether a client's value for it would be kept.
    pub(crate) fn is_writable(&self) -> bool {
        self.attribute.is_writable() && self.leaf().is_writable()
    }

    /// Tells whether the path leads to `schemas`, which follows from the content.
    pub(crate) fn is_schemas(&self) -> bool {
        self.extension.is_none() && self.attribute.name == "schemas"
    }

    /// Tells whether the path leads to who is in which group, which no resource holds.
    pub(crate) fn is_membership(&self) -> bool {
        self.is_members() || (self.extension.is_none() && self.attribute.name == "groups")
    }

    /// Tells whether the path leads to the members of a group, which live outside the resource.
    pub(crate) fn is_members(&self) -> bool {
        self.extension.is_none() && self.attribute.name == "members"
    }
}

/// Paths of one resource type are equal when they lead to the same place, and names say that.
impl PartialEq for AttributePath<'_> {
    fn eq(&self, other: &Self) -> bool {
        let names = |path: &Self| {
            (
                path.extension.map(|e| e.urn.as_str()),
                &path.attribute.name,
                path.sub_attribute.map(|a| &a.name),
            )
        };
        names(self) == names(other)
    }
}

impl fmt::Display for AttributePath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(extension) = self.extension {
            write!(f, "{}:", extension.urn)?;
        }
        f.write_str(&self.attribute.name)?;
        match self.sub_attribute {
            Some(sub_attribute) => write!(f, ".{}", sub_attribute.name),
            None => Ok(()),
        }
    }
}

/// What stood before the attribute name.
enum Namespace<'s> {
    None,
    Core,
    Extension(&'s Schema),
    Foreign,
}

impl<'s> Namespace<'s> {
    fn find(
        &self,
        resource_type: ResourceType<'s>,
        name: &str,
    ) -> Option<(Option<&'s Schema>, &'s Attribute)> {
        let core = || Some((None, resource_type.core_attribute(name)?));
        let within = |extension: &'s Schema| Some((Some(extension), extension.attribute(name)?));
        match self {
            Self::Core => core(),
            Self::Extension(extension) => within(extension),
            Self::None if resource_type.profile().is_strict() => core(),
            Self::None => core().or_else(|| resource_type.extensions().find_map(within)),
            Self::Foreign => None,
        }
    }
}

/// Takes the URN off before anything looks for dots: URNs hold a `2.0` of their own.
fn split_namespace<'s, 't>(resource_type: ResourceType<'s>, text: &'t str) -> (Namespace<'s>, &'t str) {
    if let Some(rest) = strip_urn(text, &resource_type.schema().urn) {
        return (Namespace::Core, rest);
    }
    for extension in resource_type.extensions() {
        if let Some(rest) = strip_urn(text, &extension.urn) {
            return (Namespace::Extension(extension), rest);
        }
    }
    match text.rsplit_once(':') {
        Some((_, rest)) => (Namespace::Foreign, rest),
        None => (Namespace::None, text),
    }
}

fn strip_urn<'a>(text: &'a str, urn: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(urn.len())?;
    if !head.eq_ignore_ascii_case(urn) {
        return None;
    }
    rest.strip_prefix(':')
}

/// `ATTRNAME` of RFC 7644 figure 1, and `$ref`.
fn is_name(text: &str) -> bool {
    let name = text.strip_prefix('$').unwrap_or(text);
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        AttributePath::parse(text, ResourceType::USER).unwrap().to_string()
    }

    fn problem(text: &str) -> PathProblem {
        AttributePath::resolve(ResourceType::USER, text).unwrap_err()
    }

    #[test]
    fn names_are_found_in_any_letter_case() {
        assert_eq!(canonical("USERNAME"), "userName");
        assert_eq!(canonical("Name.FAMILYname"), "name.familyName");
        assert_eq!(canonical("meta.lastmodified"), "meta.lastModified");
        assert_eq!(canonical("groups.$REF"), "groups.$ref");
    }

    #[test]
    fn urn_is_taken_off_before_dots_are_seen() {
        assert_eq!(canonical("urn:ietf:params:scim:schemas:core:2.0:User:name.givenName"), "name.givenName");
        assert_eq!(canonical("URN:IETF:params:scim:schemas:core:2.0:user:ExternalId"), "externalId");
        assert_eq!(
            canonical("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value"),
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value"
        );
    }

    #[test]
    fn extension_attribute_is_found_without_its_urn() {
        assert_eq!(
            canonical("manager"),
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"
        );
    }

    #[test]
    fn unknown_names_are_told_apart_from_malformed_ones() {
        for text in [
            "nope",
            "nope.x",
            "name.nope",
            "userName.value",
            "urn:ietf:params:scim:schemas:extension:AcmeCustom:2.0:User:badge",
            "urn:ietf:params:scim:schemas:core:2.0:Group:members",
            "urn:ietf:params:scim:schemas:core:2.0:User:department",
        ] {
            assert_eq!(problem(text), PathProblem::Unknown, "{text}");
        }
        for text in
            ["", ".", "a..b", "name.", ".name", "a.b.c", "a b", "1a", "urn:", "é", "$", "na\0me", "$$ref"]
        {
            assert_eq!(problem(text), PathProblem::Malformed, "{text}");
        }
    }
}
