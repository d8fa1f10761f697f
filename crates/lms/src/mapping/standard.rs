use super::{AttributeMapping, Mapping};
use crate::Attribute;

impl Default for Mapping {
    /// Every attribute from the place where SCIM has it.
    fn default() -> Self {
        STANDARD
            .iter()
            .map(|(attribute, paths)| {
                let from = paths.iter().filter_map(|path| path.parse().ok()).collect();
                (*attribute, AttributeMapping { from, transforms: Vec::new() })
            })
            .collect()
    }
}

/// Of addresses and numbers the one of type work: it is what an employer gives.
const STANDARD: [(Attribute, &[&str]); Attribute::ALL.len()] = [
    (Attribute::Login, &["userName"]),
    (Attribute::Email, &[r#"emails[type eq "work"].value"#, "userName"]),
    (Attribute::GivenName, &["name.givenName"]),
    (Attribute::FamilyName, &["name.familyName"]),
    (Attribute::DisplayName, &["displayName"]),
    (Attribute::JobTitle, &["title"]),
    (Attribute::Department, &["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"]),
    (Attribute::Division, &["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division"]),
    (Attribute::Organization, &["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization"]),
    (Attribute::CostCenter, &["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter"]),
    (
        Attribute::EmployeeNumber,
        &["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber"],
    ),
    (Attribute::EmployeeType, &["userType"]),
    // SCIM has no attribute for it. The end of the URN is ours, whatever comes before it.
    (Attribute::HireDate, &["urn:*:illuxi:2.0:User:hireDate"]),
    (Attribute::Manager, &["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value"]),
    (Attribute::Office, &[r#"addresses[type eq "work"].formatted"#]),
    (Attribute::Country, &[r#"addresses[type eq "work"].country"#]),
    (Attribute::PreferredLanguage, &["preferredLanguage"]),
    (Attribute::Locale, &["locale"]),
    (Attribute::TimeZone, &["timezone"]),
    (Attribute::Phone, &[r#"phoneNumbers[type eq "work"].value"#]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_has_its_places() {
        let mapping = Mapping::default();
        assert_eq!(mapping.validate(), Ok(()));
        for attribute in Attribute::ALL {
            let (_, paths) = STANDARD.iter().find(|(listed, _)| *listed == attribute).unwrap();
            let read: Vec<_> = mapping.of(attribute).unwrap().from.iter().map(ToString::to_string).collect();
            assert_eq!(read, *paths, "{attribute:?}");
        }
    }
}
