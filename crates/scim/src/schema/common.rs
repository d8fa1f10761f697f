//! Attributes every resource has and no schema repeats (RFC 7643 §3, §3.1).

use std::sync::LazyLock;

use super::attribute::{Attribute, Kind, Returned, Shape};

pub(crate) static COMMON: LazyLock<Vec<Attribute>> = LazyLock::new(|| {
    vec![
        Attribute::reference("schemas", &["uri"], "The schemas the resource holds data of.")
            .many()
            .read_only()
            .returned(Returned::Always),
        Attribute::text("id", "Identifier given by the server, never used again for another resource.")
            .case_exact()
            .read_only()
            .unique()
            .returned(Returned::Always),
        Attribute::text("externalId", "Identifier given by the client.")
            .case_exact()
            .unique()
            .max_chars(256)
            .shape(Shape::SingleLine),
        Attribute::complex("meta", meta(), "What the server knows about the resource.").read_only(),
    ]
});

fn meta() -> Vec<Attribute> {
    vec![
        Attribute::text("resourceType", "Name of the resource type.").case_exact().read_only(),
        Attribute::new("created", Kind::DateTime, "When the resource was created.").read_only(),
        Attribute::new("lastModified", Kind::DateTime, "When the resource last changed.").read_only(),
        Attribute::address("location", &["uri"], "Where the resource is."),
        Attribute::text("version", "Version for conditional requests.").case_exact().read_only(),
    ]
}
