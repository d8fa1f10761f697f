//! RFC 7644 §3.10: attribute notation.

use scim::{AttributePath, Profile, ResourceType};

use super::fixture::{ENTERPRISE, PROFILES, USER, users};

fn canonical(text: &str, resource_type: ResourceType<'_>) -> Option<String> {
    AttributePath::parse(text, resource_type).map(|path| path.to_string())
}

#[test]
fn the_examples_name_what_they_should() {
    for profile in PROFILES {
        for (written, expected) in [
            ("userName", "userName".to_owned()),
            (&format!("{USER}:userName"), "userName".to_owned()),
            ("name.familyName", "name.familyName".to_owned()),
            (&format!("{USER}:name.familyName"), "name.familyName".to_owned()),
            (&format!("{ENTERPRISE}:employeeNumber"), format!("{ENTERPRISE}:employeeNumber")),
            (
                &format!("{}:EMPLOYEENUMBER", ENTERPRISE.to_uppercase()),
                format!("{ENTERPRISE}:employeeNumber"),
            ),
            ("meta.lastModified", "meta.lastModified".to_owned()),
        ] {
            assert_eq!(canonical(written, users(profile)), Some(expected), "{written}");
        }
    }
}

/// An extension's attributes must be fully qualified; Entra writes `manager` and `department`.
#[test]
fn only_the_entra_profile_finds_extension_attributes_without_their_urn() {
    assert_eq!(canonical("department", users(Profile::Entra)), Some(format!("{ENTERPRISE}:department")));
    assert_eq!(canonical("department", users(Profile::Strict)), None);
}
