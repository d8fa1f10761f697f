//! Bodies in the shapes that were recorded of Microsoft Entra ID, one after the other on one person.

use scim::{Profile, Resource};
use serde_json::{Value, json};

use super::fixture::{ENTERPRISE, GROUP, USER, get, groups, map, patch, read, users};

const ENTRA: Profile = Profile::Entra;

fn created() -> Resource {
    let body = json!({
        "schemas": [USER, ENTERPRISE], "externalId": "4d0f", "userName": "amira@contoso.example", "active": true,
        "displayName": "Amira Haddad", "title": "Safety Trainer", "preferredLanguage": "fr-CA",
        "emails": [{"primary": true, "type": "work", "value": "amira@contoso.example"}], "meta": {"resourceType": "User"},
        "name": {"formatted": "Amira Haddad", "familyName": "Haddad", "givenName": "Amira"},
        "addresses": [{"primary": true, "type": "work", "streetAddress": "12 Quay St", "locality": "Halifax"}],
        "phoneNumbers": [{"primary": true, "type": "work", "value": "9025550147"}], "roles": [],
        ENTERPRISE: {"employeeNumber": "004711", "department": "Operations"}
    });
    Resource::from_request(users(ENTRA), map(body)).unwrap()
}

#[test]
fn default_dialect_from_hiring_to_leaving() {
    let operations = [
        json!([{"op": "Replace", "path": "displayName", "value": "Amira H."}, {"op": "Replace", "path": "name.familyName", "value": "Lund"},
               {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "lund@contoso.example"}]),
        json!([{"op": "Add", "path": "nickName", "value": "Ami"}]),
        json!([{"op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "9025550148"}]),
        json!([{"op": "Replace", "path": "addresses[type eq \"home\"].postalCode", "value": "B3H"}]),
        json!([{"op": "Replace", "path": format!("{ENTERPRISE}:department"), "value": "Training"}]),
        json!([{"op": "Add", "path": format!("{ENTERPRISE}:manager"), "value": "m1"}]),
        json!([{"op": "Add", "path": "roles", "value": [{"value": "{\"id\":\"06\",\"value\":\"Coach\",\"displayName\":\"C\"}"}]}]),
        json!([{"op": "Replace", "path": "active", "value": "False"}]),
        json!([{"op": "Replace", "path": "title", "value": ""}]),
    ];
    let mut amira = created();
    for operations in operations {
        amira = patch(ENTRA, &amira, operations).unwrap();
    }
    let expected = json!({
        "schemas": [USER, ENTERPRISE], "externalId": "4d0f", "userName": "amira@contoso.example", "active": false,
        "displayName": "Amira H.", "nickName": "Ami", "preferredLanguage": "fr-CA",
        "emails": [{"primary": true, "type": "work", "value": "lund@contoso.example"}],
        "name": {"formatted": "Amira Haddad", "familyName": "Lund", "givenName": "Amira"},
        "addresses": [{"primary": true, "type": "work", "streetAddress": "12 Quay St", "locality": "Halifax"},
                      {"type": "home", "postalCode": "B3H"}],
        "phoneNumbers": [{"primary": true, "type": "work", "value": "9025550147"}, {"type": "mobile", "value": "9025550148"}],
        "roles": [{"value": "Coach", "display": "C"}],
        ENTERPRISE: {"employeeNumber": "004711", "department": "Training", "manager": {"value": "m1"}}
    });
    assert_eq!(Value::Object(amira.into_map()), expected);
}

#[test]
fn flag_dialect_bundles_and_clears() {
    let operations = [
        json!([{"op": "replace", "path": "phoneNumbers[type eq \"work\"].value", "value": "1"},
               {"op": "replace", "value": {"displayName": "A", "name.givenName": "Am", format!("{ENTERPRISE}:employeeNumber"): "5"}}]),
        json!([{"op": "replace", "value": {"name": {"middleName": "M"}}}]),
        json!([{"op": "replace", "value": {ENTERPRISE: {"division": "North"}}}]),
        json!([{"op": "replace", "value": {"title": "", "preferredLanguage": null, format!("{ENTERPRISE}:department"): ""}}]),
        json!([{"op": "replace", "value": {"active": "fAlSe"}}]),
        json!([{"op": "remove", "path": "addresses[type eq \"work\"]"}, {"op": "remove", "path": "nickName"}]),
        json!([]),
    ];
    let mut amira = created();
    for operations in operations {
        amira = patch(ENTRA, &amira, operations).unwrap();
    }
    let expected = json!({
        "schemas": [USER, ENTERPRISE], "externalId": "4d0f", "userName": "amira@contoso.example", "active": false, "displayName": "A",
        "emails": [{"primary": true, "type": "work", "value": "amira@contoso.example"}],
        "name": {"formatted": "Amira Haddad", "familyName": "Haddad", "givenName": "Am", "middleName": "M"},
        "phoneNumbers": [{"primary": true, "type": "work", "value": "1"}],
        ENTERPRISE: {"employeeNumber": "5", "division": "North"}
    });
    assert_eq!(Value::Object(amira.into_map()), expected);
}

#[test]
fn sparse_creation_with_nulls_at_the_top() {
    let body = json!({
        "addresses": null, "phoneNumbers": null, "preferredLanguage": null, "title": null, "department": null, "manager": null,
        "emails": [{"type": "work", "primary": "True", "value": "ben@contoso.example"}], "active": "True",
        "urn:ietf:params:scim:schemas:extension:AcmeCustom:2.0:User": {"badge": "77"},
        ENTERPRISE: {"manager": {"value": "nobody-here"}}
    });
    let ben = read(ENTRA, body).unwrap();
    assert_eq!(
        Value::Object(ben.into_map()),
        json!({
            "schemas": [USER, ENTERPRISE], "userName": "ben", "active": true,
            "emails": [{"type": "work", "primary": true, "value": "ben@contoso.example"}],
            ENTERPRISE: {"manager": {"value": "nobody-here"}}
        })
    );
}

#[test]
fn group_with_its_marker_and_no_members() {
    let body = json!({
        "schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
        "externalId": "g1", "displayName": "Crane Operators", "meta": {"resourceType": "Group"}
    });
    let group = Resource::from_request(groups(ENTRA), map(body.clone())).unwrap();
    assert_eq!((group.display_name(), group.external_id()), (Some("Crane Operators"), Some("g1")));
    assert_eq!(get(&group, "schemas"), json!([GROUP]));
    assert_eq!(scim::members::from_request(&map(body)).unwrap(), Vec::<String>::new());
}
