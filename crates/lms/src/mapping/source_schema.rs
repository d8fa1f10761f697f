/// Schema of the enterprise extension (RFC 7643 §4.3).
pub(super) const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const ELEMENT: &[&str] = &["value", "display", "type", "primary"];

/// What events carry of a user, with the parts of what is complex (RFC 7643 §4.1).
const USER: &[(&str, &[&str])] = &[
    ("id", &[]),
    ("externalId", &[]),
    ("userName", &[]),
    ("active", &[]),
    ("name", &["formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix"]),
    ("displayName", &[]),
    ("nickName", &[]),
    ("profileUrl", &[]),
    ("title", &[]),
    ("userType", &[]),
    ("preferredLanguage", &[]),
    ("locale", &[]),
    ("timezone", &[]),
    ("emails", ELEMENT),
    ("phoneNumbers", ELEMENT),
    ("ims", ELEMENT),
    ("photos", ELEMENT),
    (
        "addresses",
        &["formatted", "streetAddress", "locality", "region", "postalCode", "country", "type", "primary"],
    ),
    ("entitlements", ELEMENT),
    ("roles", ELEMENT),
    ("x509Certificates", ELEMENT),
];

const ENTERPRISE: &[(&str, &[&str])] = &[
    ("employeeNumber", &[]),
    ("costCenter", &[]),
    ("organization", &[]),
    ("division", &[]),
    ("department", &[]),
    ("manager", &["value", "displayName"]),
];

/// Refuses attributes that no user has. What an integration's own schemas hold is not known here.
pub(super) fn check_attribute(
    schema: Option<&str>,
    attribute: &str,
    sub_attribute: Option<&str>,
) -> Result<(), String> {
    let known = match schema {
        None => USER,
        Some(ENTERPRISE_USER) => ENTERPRISE,
        Some(_) => return Ok(()),
    };
    let Some((name, parts)) = known.iter().find(|(name, _)| name.eq_ignore_ascii_case(attribute)) else {
        return Err(format!(
            "`{attribute}` is not an attribute of that schema; one of an extension follows its URN, \
             as in `urn:...:User:{attribute}`"
        ));
    };
    match sub_attribute {
        None if parts.is_empty() || parts.contains(&"value") => Ok(()),
        Some(part) if parts.iter().any(|known| known.eq_ignore_ascii_case(part)) => Ok(()),
        _ if parts.is_empty() => Err(format!("`{name}` has no parts")),
        _ => Err(format!("name one of the parts of `{name}`: {}", parts.join(", "))),
    }
}
