//! The User schema (RFC 7643 §4.1).

use super::Schema;
use super::attribute::{Attribute, Kind, Mutability, Returned, Shape};
use crate::urn;

pub(crate) static USER: Schema = Schema {
    urn: urn::USER,
    name: "User",
    description: "A person.",
    attributes: &[
        Attribute::text("userName", "Name to sign in with, unique within the tenant.")
            .required()
            .unique()
            .max_chars(256)
            .shape(Shape::SingleLine),
        Attribute::complex("name", NAME, "The parts of the person's name."),
        Attribute::text("displayName", "Name for people.").max_chars(256).shape(Shape::SingleLine),
        Attribute::text("nickName", "Casual name."),
        Attribute::reference("profileUrl", &["external"], "Where the person's profile is."),
        Attribute::text("title", "Job title."),
        Attribute::text("userType", "Relation to the organisation, such as Employee."),
        Attribute::text("preferredLanguage", "Preferred language, such as fr-CA."),
        Attribute::text("locale", "Region for formats, such as en-GB."),
        Attribute::text("timezone", "Time zone, such as Europe/Berlin."),
        Attribute::boolean("active", "Whether the person may sign in.").defaulting_to(true),
        Attribute::text("password", "Accepted and thrown away: sign-in is federated.")
            .case_exact()
            .mutability(Mutability::WriteOnly)
            .returned(Returned::Never),
        Attribute::complex("emails", EMAILS, "E-mail addresses.").many(),
        Attribute::complex("phoneNumbers", PHONE_NUMBERS, "Telephone numbers, kept as sent.").many(),
        Attribute::complex("ims", IMS, "Instant messaging addresses.").many(),
        Attribute::complex("photos", PHOTOS, "Pictures.").many(),
        Attribute::complex("addresses", ADDRESSES, "Postal addresses.").many(),
        Attribute::complex("groups", GROUPS, "Groups of the person; changed through the group.")
            .many()
            .read_only(),
        Attribute::complex("entitlements", ENTITLEMENTS, "Entitlements.").many(),
        Attribute::complex("roles", ROLES, "Roles.").many(),
        Attribute::complex("x509Certificates", CERTIFICATES, "Certificates.").many(),
    ],
};

const NAME: &[Attribute] = &[
    Attribute::text("formatted", "The whole name."),
    Attribute::text("familyName", "Family name."),
    Attribute::text("givenName", "Given name."),
    Attribute::text("middleName", "Middle names."),
    Attribute::text("honorificPrefix", "Title before the name."),
    Attribute::text("honorificSuffix", "Addition after the name."),
];

const DISPLAY: Attribute = Attribute::text("display", "Name of the entry for people.");
const PRIMARY: Attribute =
    Attribute::boolean("primary", "Whether this is the preferred entry; true at most once.");
const TYPE: Attribute = Attribute::text("type", "What the entry is for.");

const EMAILS: &[Attribute] = &[
    Attribute::text("value", "The address.").max_chars(320).shape(Shape::Email),
    DISPLAY,
    TYPE.suggesting(&["work", "home", "other"]),
    PRIMARY,
];

const PHONE_NUMBERS: &[Attribute] = &[
    Attribute::text("value", "The number."),
    DISPLAY,
    TYPE.suggesting(&["work", "home", "mobile", "fax", "pager", "other"]),
    PRIMARY,
];

const IMS: &[Attribute] = &[
    Attribute::text("value", "The address."),
    DISPLAY,
    TYPE.suggesting(&["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"]),
    PRIMARY,
];

const PHOTOS: &[Attribute] = &[
    Attribute::reference("value", &["external"], "Where the picture is.").max_chars(8_192),
    DISPLAY,
    TYPE.suggesting(&["photo", "thumbnail"]),
    PRIMARY,
];

const ADDRESSES: &[Attribute] = &[
    Attribute::text("formatted", "The whole address."),
    Attribute::text("streetAddress", "Street and number."),
    Attribute::text("locality", "City."),
    Attribute::text("region", "State or region."),
    Attribute::text("postalCode", "Postal code."),
    Attribute::text("country", "Country, kept as sent."),
    TYPE.suggesting(&["work", "home", "other"]),
    PRIMARY,
];

const GROUPS: &[Attribute] = &[
    Attribute::text("value", "Identifier of the group.").case_exact().read_only(),
    // Erratum 8471: groups only.
    Attribute::reference("$ref", &["Group"], "Where the group is.").read_only(),
    Attribute::text("display", "Name of the group.").read_only(),
    Attribute::text("type", "How the membership came about.").read_only().suggesting(&["direct"]),
];

const ENTITLEMENTS: &[Attribute] = &[Attribute::text("value", "The entitlement."), DISPLAY, TYPE, PRIMARY];

/// No canonical types: clients then address roles as `roles[primary eq "True"]`, which is what Entra expects.
const ROLES: &[Attribute] = &[Attribute::text("value", "The role."), DISPLAY, TYPE, PRIMARY];

const CERTIFICATES: &[Attribute] = &[
    Attribute::new("value", Kind::Binary, "The certificate in DER, base64.")
        .case_exact()
        .max_chars(16_384)
        .shape(Shape::Base64),
    DISPLAY,
    TYPE,
    PRIMARY,
];
