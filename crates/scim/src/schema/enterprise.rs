//! The enterprise extension of User (RFC 7643 §4.3).

use super::Schema;
use super::attribute::Attribute;
use crate::urn;

pub(crate) static ENTERPRISE_USER: Schema = Schema {
    urn: urn::ENTERPRISE_USER,
    name: "Enterprise User",
    description: "What an employer adds to a person.",
    attributes: &[
        Attribute::text("employeeNumber", "Identifier given by the organisation; text, leading zeros count."),
        Attribute::text("costCenter", "Name of the cost centre."),
        Attribute::text("organization", "Name of the organisation."),
        Attribute::text("division", "Name of the division."),
        Attribute::text("department", "Name of the department."),
        Attribute::complex("manager", MANAGER, "The person's manager.").bare_value_too(),
    ],
};

/// The link and the name follow from `value`, so only the server writes them: a client's copy would grow stale.
const MANAGER: &[Attribute] = &[
    // Erratum 8472: case-exact.
    Attribute::text("value", "Identifier of the manager; may be a person not (or no longer) known here.")
        .case_exact()
        .max_chars(256),
    Attribute::reference("$ref", &["User"], "Where the manager is.").read_only(),
    Attribute::text("displayName", "Name of the manager.").read_only(),
];
