//! The Group schema (RFC 7643 §4.2).

use std::sync::LazyLock;

use super::Schema;
use super::attribute::{Attribute, Mutability, Shape};
use crate::urn;

pub(crate) static GROUP: LazyLock<Schema> = LazyLock::new(|| Schema {
    urn: urn::GROUP.to_owned(),
    name: "Group".to_owned(),
    description: "A set of users.".to_owned(),
    attributes: vec![
        // Erratum 5368: required. Unique because Entra matches groups by it.
        Attribute::text("displayName", "Name for people, unique within the tenant.")
            .required()
            .unique()
            .max_chars(256)
            .shape(Shape::SingleLine),
        Attribute::complex("members", members(), "The users in the group.").many(),
    ],
});

/// Only users: groups inside groups are not supported, and the schema says so.
fn members() -> Vec<Attribute> {
    vec![
        Attribute::text("value", "Identifier of the member.")
            .indexed()
            .case_exact()
            .mutability(Mutability::Immutable)
            .max_chars(256),
        // The client's is passed over: it follows from `value`.
        Attribute::address("$ref", &["User"], "Where the member is.").mutability(Mutability::Immutable),
        Attribute::text("type", "Kind of the member.")
            .mutability(Mutability::Immutable)
            .suggesting(&["User"]),
        // Erratum 6011.
        Attribute::text("display", "Name of the member.").read_only(),
    ]
}
