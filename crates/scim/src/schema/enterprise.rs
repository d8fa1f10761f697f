//! The enterprise extension of User (RFC 7643 §4.3).

use std::sync::LazyLock;

use super::Schema;
use super::attribute::Attribute;
use crate::urn;

pub(crate) static ENTERPRISE_USER: LazyLock<Schema> = LazyLock::new(|| Schema {
    urn: urn::ENTERPRISE_USER.to_owned(),
    name: "Enterprise User".to_owned(),
    description: "What an employer adds to a person.".to_owned(),
    attributes: vec![
        // HR keys are a common matching attribute.
        Attribute::text("employeeNumber", "Identifier given by the organisation; text, leading zeros count.")
            .indexed()
            .max_chars(256),
        Attribute::text("costCenter", "Name of the cost centre."),
        Attribute::text("organization", "Name of the organisation."),
        Attribute::text("division", "Name of the division."),
        Attribute::text("department", "Name of the department."),
        Attribute::complex("manager", manager(), "The person's manager.").bare_value_too(),
    ],
});

/// The link and the name follow from `value`, so only the server writes them: a client's copy would grow stale.
fn manager() -> Vec<Attribute> {
    vec![
        // Erratum 8472: case-exact.
        Attribute::text("value", "Identifier of the manager; may be a person not (or no longer) known here.")
            .case_exact()
            .max_chars(256),
        Attribute::address("$ref", &["User"], "Where the manager is."),
        Attribute::text("displayName", "Name of the manager.").read_only(),
    ]
}
