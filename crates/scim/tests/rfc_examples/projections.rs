//! RFC 7644 §3.4.2.5 and §3.9.

use scim::Projection;
use serde_json::{Value, json};

use super::fixture::{PROFILES, USER, full_user, map, users};

#[test]
fn only_the_user_name_comes_with_the_id_and_schemas() {
    for profile in PROFILES {
        let mut document = map(full_user());
        Projection::parse(Some("userName"), None, users(profile)).unwrap().apply(&mut document);
        assert_eq!(
            Value::Object(document),
            json!({"schemas": [USER], "id": "2819c223-7f76-453a-919d-413861904646", "userName": "bjensen@example.com"})
        );
    }
}

/// The query of §3.4.3: `attributes` of `displayName` and `userName`.
#[test]
fn a_list_of_names_may_be_qualified_and_padded() {
    for profile in PROFILES {
        let mut document = map(full_user());
        let names = format!("displayName, {USER}:USERNAME , emails.type");
        Projection::parse(Some(&names), None, users(profile)).unwrap().apply(&mut document);
        assert_eq!(
            Value::Object(document),
            json!({
                "schemas": [USER], "id": "2819c223-7f76-453a-919d-413861904646", "displayName": "Babs Jensen",
                "userName": "bjensen@example.com", "emails": [{"type": "work"}, {"type": "home"}]
            })
        );
    }
}

#[test]
fn excluded_attributes_go_and_always_ones_stay() {
    for profile in PROFILES {
        let mut document = map(full_user());
        Projection::parse(None, Some("id,schemas,emails,name.formatted,meta"), users(profile))
            .unwrap()
            .apply(&mut document);
        assert_eq!((&document["id"], &document["schemas"]), (&full_user()["id"], &json!([USER])));
        assert!(["emails", "meta", "password"].iter().all(|name| !document.contains_key(*name)));
        assert_eq!(document["name"].get("formatted"), None);
        assert_eq!(document["name"]["familyName"], "Jensen");
    }
}
