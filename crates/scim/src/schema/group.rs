//! The Group schema (RFC 7643 §4.2).

use super::Schema;
use super::attribute::{Attribute, Mutability, Shape};
use crate::urn;

pub(crate) static GROUP: Schema = Schema {
    urn: urn::GROUP,
    name: "Group",
    description: "A set of users.",
    attributes: &[
        // Erratum 5368: required. Unique because Entra matches groups by it.
        Attribute::text("displayName", "Name for people, unique within the tenant.")
            .required()
            .unique()
            .max_chars(256)
            .shape(Shape::SingleLine),
        Attribute::complex("members", MEMBERS, "The users in the group.").many(),
    ],
};

/// Only users: groups inside groups are not supported, and the schema says so.
const MEMBERS: &[Attribute] = &[
    Attribute::text("value", "Identifier of the member.")
        .case_exact()
        .mutability(Mutability::Immutable)
        .max_chars(256),
    Attribute::reference("$ref", &["User"], "Where the member is.").read_only(),
    Attribute::text("type", "Kind of the member.").mutability(Mutability::Immutable).suggesting(&["User"]),
    // Erratum 6011.
    Attribute::text("display", "Name of the member.").read_only(),
];
