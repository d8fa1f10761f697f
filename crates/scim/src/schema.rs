//! The schemas as data: everything else in this crate asks here what an attribute is like.

mod attribute;
mod common;
mod definition;
mod enterprise;
mod group;
mod user;

pub use attribute::{Attribute, Kind, Mutability, Returned, Uniqueness};
pub(crate) use attribute::{Shape, find, name_of};
pub(crate) use common::COMMON;
pub use definition::{InvalidSchema, check_extensions};
pub(crate) use enterprise::ENTERPRISE_USER;
pub(crate) use group::GROUP;
pub(crate) use user::USER;

/// A named set of attributes (RFC 7643 §7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Identifier, as it appears in `schemas`.
    pub urn: String,
    /// Name for people.
    pub name: String,
    /// One sentence for people.
    pub description: String,
    /// Attributes in the order in which `/Schemas` lists them.
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// Finds an attribute by name, in any letter case (RFC 7643 §2.1).
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        find(&self.attributes, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_attributes() -> impl Iterator<Item = &'static Attribute> {
        let top = [&USER, &GROUP, &ENTERPRISE_USER].into_iter().flat_map(|schema| &schema.attributes);
        top.chain(COMMON.iter())
            .flat_map(|attribute| std::iter::once(attribute).chain(&attribute.sub_attributes))
    }

    #[test]
    fn names_follow_the_grammar() {
        for attribute in all_attributes() {
            let mut letters = attribute.name.chars();
            let first = letters.next();
            assert!(first.is_some_and(|c| c.is_ascii_alphabetic()) || attribute.name == "$ref");
            assert!(letters.all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        }
    }

    #[test]
    fn only_complex_attributes_have_parts_and_parts_are_simple() {
        for attribute in all_attributes() {
            assert_eq!(
                attribute.kind == Kind::Complex,
                !attribute.sub_attributes.is_empty(),
                "{}",
                attribute.name
            );
            assert!(attribute.sub_attributes.iter().all(|sub| sub.kind != Kind::Complex));
        }
    }

    #[test]
    fn errata_are_applied() {
        let part = |schema: &Schema, name: &str, sub: &str| {
            schema.attribute(name).unwrap().sub_attribute(sub).unwrap().clone()
        };
        assert!(GROUP.attribute("displayName").unwrap().required);
        assert!(part(&ENTERPRISE_USER, "manager", "value").case_exact);
        assert_eq!(part(&USER, "groups", "$ref").reference_types, ["Group"]);
        assert!(GROUP.attribute("members").unwrap().sub_attributes.iter().any(|sub| sub.name == "display"));
        assert!(USER.attribute("profileUrl").unwrap().case_exact);
        assert_eq!(part(&USER, "x509Certificates", "value").kind, Kind::Binary);
    }
}
