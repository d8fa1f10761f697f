//! The User schema (RFC 7643 §4.1).

use std::sync::LazyLock;

use super::Schema;
use super::attribute::{Attribute, Kind, Mutability, Returned, Shape};
use crate::urn;

pub(crate) static USER: LazyLock<Schema> = LazyLock::new(|| Schema {
    urn: urn::USER.to_owned(),
    name: "User".to_owned(),
    description: "A person.".to_owned(),
    attributes: vec![
        Attribute::text("userName", "Name to sign in with, unique within the tenant.")
            .required()
            .unique()
            .max_chars(256)
            .shape(Shape::SingleLine),
        Attribute::complex("name", name(), "The parts of the person's name."),
        Attribute::text("displayName", "Name for people.").indexed().max_chars(256).shape(Shape::SingleLine),
        Attribute::text("nickName", "Casual name."),
        Attribute::reference("profileUrl", &["external"], "Where the person's profile is."),
        Attribute::text("title", "Job title."),
        Attribute::text("userType", "Relation to the organisation, such as Employee."),
        Attribute::text("preferredLanguage", "Preferred language, such as fr-CA."),
        Attribute::text("locale", "Region for formats, such as en-GB."),
        Attribute::text("timezone", "Time zone, such as Europe/Berlin."),
        // Never without a value: who creates a user without it gets an active one.
        Attribute::boolean("active", "Whether the person may sign in.").required().defaulting_to(true),
        Attribute::text("password", "Accepted and thrown away: sign-in is federated.")
            .case_exact()
            .mutability(Mutability::WriteOnly)
            .returned(Returned::Never),
        Attribute::complex("emails", emails(), "E-mail addresses.").many(),
        Attribute::complex("phoneNumbers", phone_numbers(), "Telephone numbers, kept as sent.").many(),
        Attribute::complex("ims", ims(), "Instant messaging addresses.").many(),
        Attribute::complex("photos", photos(), "Pictures.").many(),
        Attribute::complex("addresses", addresses(), "Postal addresses.").many(),
        Attribute::complex("groups", groups(), "Groups of the person; changed through the group.")
            .many()
            .read_only(),
        Attribute::complex("entitlements", entitlements(), "Entitlements.").many(),
        Attribute::complex("roles", roles(), "Roles.").many(),
        Attribute::complex("x509Certificates", certificates(), "Certificates.").many(),
    ],
});

fn name() -> Vec<Attribute> {
    vec![
        Attribute::text("formatted", "The whole name."),
        Attribute::text("familyName", "Family name."),
        Attribute::text("givenName", "Given name."),
        Attribute::text("middleName", "Middle names."),
        Attribute::text("honorificPrefix", "Title before the name."),
        Attribute::text("honorificSuffix", "Addition after the name."),
    ]
}

fn display() -> Attribute {
    Attribute::text("display", "Name of the entry for people.")
}

fn primary() -> Attribute {
    Attribute::boolean("primary", "Whether this is the preferred entry; true at most once.")
}

fn kind() -> Attribute {
    Attribute::text("type", "What the entry is for.")
}

fn emails() -> Vec<Attribute> {
    vec![
        Attribute::text("value", "The address.").indexed().max_chars(320).shape(Shape::Email),
        display(),
        kind().suggesting(&["work", "home", "other"]),
        primary(),
    ]
}

fn phone_numbers() -> Vec<Attribute> {
    vec![
        Attribute::text("value", "The number."),
        display(),
        kind().suggesting(&["work", "home", "mobile", "fax", "pager", "other"]),
        primary(),
    ]
}

fn ims() -> Vec<Attribute> {
    vec![
        Attribute::text("value", "The address."),
        display(),
        kind().suggesting(&["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"]),
        primary(),
    ]
}

fn photos() -> Vec<Attribute> {
    vec![
        Attribute::reference("value", &["external"], "Where the picture is.").max_chars(8_192),
        display(),
        kind().suggesting(&["photo", "thumbnail"]),
        primary(),
    ]
}

fn addresses() -> Vec<Attribute> {
    vec![
        Attribute::text("formatted", "The whole address."),
        Attribute::text("streetAddress", "Street and number."),
        Attribute::text("locality", "City."),
        Attribute::text("region", "State or region."),
        Attribute::text("postalCode", "Postal code."),
        Attribute::text("country", "Country, kept as sent."),
        kind().suggesting(&["work", "home", "other"]),
        primary(),
    ]
}

fn groups() -> Vec<Attribute> {
    vec![
        Attribute::text("value", "Identifier of the group.").indexed().case_exact().read_only(),
        // Erratum 8471: groups only.
        Attribute::address("$ref", &["Group"], "Where the group is."),
        Attribute::text("display", "Name of the group.").read_only(),
        Attribute::text("type", "How the membership came about.").read_only().suggesting(&["direct"]),
    ]
}

fn entitlements() -> Vec<Attribute> {
    vec![Attribute::text("value", "The entitlement."), display(), kind(), primary()]
}

/// No canonical types: clients then address roles as `roles[primary eq "True"]`, which is what Entra expects.
fn roles() -> Vec<Attribute> {
    vec![Attribute::text("value", "The role."), display(), kind(), primary()]
}

fn certificates() -> Vec<Attribute> {
    vec![
        Attribute::new("value", Kind::Binary, "The certificate in DER, base64.")
            .case_exact()
            .max_chars(16_384),
        display(),
        kind(),
        primary(),
    ]
}
