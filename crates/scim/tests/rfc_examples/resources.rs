//! RFC 7643 §8.1 to §8.4, and the bodies of RFC 7644 §3.3 and §3.5.1.

use serde_json::{Value, json};

use super::fixture::{ENTERPRISE, GROUP, PROFILES, USER, full_user, groups, map, read, users};

/// What the server decides is in the RFC's documents, because they are answers; as requests they are read without it.
fn without(mut document: Value, names: &[&str]) -> Value {
    for name in names {
        document.as_object_mut().unwrap().remove(*name);
    }
    document
}

#[test]
fn minimal_user_of_8_1() {
    let document = json!({
        "schemas": [USER], "id": "2819c223-7f76-453a-919d-413861904646", "userName": "bjensen@example.com",
        "meta": {
            "resourceType": "User", "created": "2010-01-23T04:56:22Z", "lastModified": "2011-05-13T04:42:34Z",
            "version": "W/\"3694e05e9dff590\"",
            "location": "https://example.com/v2/Users/2819c223-7f76-453a-919d-413861904646"
        }
    });
    for profile in PROFILES {
        assert_eq!(
            read(users(profile), document.clone()),
            // Ours: a user is active until somebody says otherwise.
            json!({"schemas": [USER], "userName": "bjensen@example.com", "active": true})
        );
    }
}

#[test]
fn full_user_of_8_2() {
    for profile in PROFILES {
        let expected = without(full_user(), &["id", "meta", "groups", "password"]);
        assert_eq!(read(users(profile), full_user()), expected);
    }
}

#[test]
fn enterprise_user_of_8_3() {
    let mut document = full_user();
    document["schemas"] = json!([USER, ENTERPRISE]);
    document[ENTERPRISE] = json!({
        "employeeNumber": "701984", "costCenter": "4130", "organization": "Universal Studios",
        "division": "Theme Park", "department": "Tour Operations",
        "manager": {
            "value": "26118915-6090-4610-87e4-49d8ca9f808d", "$ref": "../Users/26118915-6090-4610-87e4-49d8ca9f808d",
            "displayName": "John Smith"
        }
    });
    let mut expected = without(document.clone(), &["id", "meta", "groups", "password"]);
    expected[ENTERPRISE]["manager"] = json!({"value": "26118915-6090-4610-87e4-49d8ca9f808d"});
    for profile in PROFILES {
        assert_eq!(read(users(profile), document.clone()), expected);
        // SCH-01: the order of `schemas` has no meaning.
        let mut reversed = document.clone();
        reversed["schemas"] = json!([ENTERPRISE, USER]);
        assert_eq!(read(users(profile), reversed), expected);
    }
}

#[test]
fn group_of_8_4() {
    let document = json!({
        "schemas": [GROUP], "id": "e9e30dba-f08f-4109-8486-d5c6a331660a", "displayName": "Tour Guides",
        "members": [
            {
                "value": "2819c223-7f76-453a-919d-413861904646",
                "$ref": "https://example.com/v2/Users/2819c223-7f76-453a-919d-413861904646", "display": "Babs Jensen"
            },
            {
                "value": "902c246b-6245-4190-8e05-00816be7344a",
                "$ref": "https://example.com/v2/Users/902c246b-6245-4190-8e05-00816be7344a", "display": "Mandy Pepperidge"
            }
        ],
        "meta": {
            "resourceType": "Group", "created": "2010-01-23T04:56:22Z", "lastModified": "2011-05-13T04:42:34Z",
            "version": "W/\"3694e05e9dff592\"",
            "location": "https://example.com/v2/Groups/e9e30dba-f08f-4109-8486-d5c6a331660a"
        }
    });
    for profile in PROFILES {
        assert_eq!(
            read(groups(profile), document.clone()),
            json!({"schemas": [GROUP], "displayName": "Tour Guides"})
        );
    }
    assert_eq!(
        scim::members::from_request(&map(document)).unwrap(),
        ["2819c223-7f76-453a-919d-413861904646", "902c246b-6245-4190-8e05-00816be7344a"]
    );
}

#[test]
fn create_of_7644_3_3() {
    let body = json!({
        "schemas": [USER], "userName": "bjensen", "externalId": "bjensen",
        "name": {"formatted": "Ms. Barbara J Jensen III", "familyName": "Jensen", "givenName": "Barbara"}
    });
    for profile in PROFILES {
        let mut expected = body.clone();
        expected["active"] = json!(true);
        assert_eq!(read(users(profile), body.clone()), expected);
    }
}

#[test]
fn replace_of_7644_3_5_1() {
    let body = json!({
        "schemas": [USER], "id": "2819c223-7f76-453a-919d-413861904646", "userName": "bjensen",
        "externalId": "bjensen",
        "name": {"formatted": "Ms. Barbara J Jensen III", "familyName": "Jensen", "givenName": "Barbara", "middleName": "Jane"},
        "roles": [], "emails": [{"value": "bjensen@example.com"}, {"value": "babs@jensen.org"}]
    });
    for profile in PROFILES {
        let before = scim::Resource::from_request(
            users(profile),
            map(json!({"schemas": [USER], "userName": "bjensen", "title": "T"})),
        );
        let after = before.unwrap().replaced_by(users(profile), map(body.clone())).unwrap();
        let mut expected = without(body.clone(), &["id", "roles"]);
        expected["active"] = json!(true);
        assert_eq!(Value::Object(after.into_map()), expected);
    }
}
