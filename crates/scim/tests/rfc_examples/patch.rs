//! The figures of RFC 7644 §3.5.2.1 to §3.5.2.3.

use scim::members::MemberEdit;
use scim::{PatchRequest, Profile, Resource};
use serde_json::{Value, json};

use super::fixture::{GROUP, PATCH_OP, PROFILES, USER, groups, map, users};

const MANDY: &str = "902c246b-6245-4190-8e05-00816be7344a";
const JAMES: &str = "08e1d05d-121c-4561-8b96-473d93df9210";
const BABS: &str = "2819c223-7f76-453a-919d-413861904646";

fn message(operations: Value) -> Value {
    json!({"schemas": [PATCH_OP], "Operations": operations})
}

/// A user before each figure on users.
fn before(profile: Profile) -> Resource {
    let body = json!({
        "schemas": [USER], "userName": "bjensen",
        "emails": [
            {"value": "bjensen@example.com", "type": "work", "primary": true}, {"value": "b@example.org", "type": "work"},
            {"value": "babs@jensen.org", "type": "home"}
        ],
        "addresses": [
            {"type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood", "country": "USA"},
            {"type": "home", "streetAddress": "456 Hollywood Blvd"}
        ]
    });
    Resource::from_request(users(profile), map(body)).unwrap()
}

fn patched(profile: Profile, operations: Value) -> Value {
    let request = PatchRequest::parse(users(profile), map(message(operations))).unwrap();
    Value::Object(request.apply(&before(profile)).unwrap().into_map())
}

fn members(profile: Profile, operations: Value) -> MemberEdit {
    let request = PatchRequest::parse(groups(profile), map(message(operations))).unwrap();
    let (rest, edit) = request.split_members().unwrap();
    let group = Resource::from_request(
        groups(profile),
        map(json!({"schemas": [GROUP], "displayName": "Tour Guides"})),
    );
    let group = group.unwrap();
    assert_eq!(rest.apply(&group).unwrap(), group);
    edit
}

fn delta(add: &[&str], remove: &[&str]) -> MemberEdit {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    MemberEdit::Delta { add: owned(add), remove: owned(remove) }
}

#[test]
fn add_a_member() {
    let value = json!([{"display": "Babs Jensen", "$ref": format!("https://example.com/v2/Users/{BABS}"), "value": BABS}]);
    for profile in PROFILES {
        let operations = json!([{"op": "add", "path": "members", "value": value}]);
        assert_eq!(members(profile, operations), delta(&[BABS], &[]));
    }
}

#[test]
fn add_without_a_path() {
    let value = json!({"emails": [{"value": "babs@jensen.org", "type": "other"}], "nickname": "Babs"});
    for profile in PROFILES {
        let after = patched(profile, json!([{"op": "add", "value": value}]));
        assert_eq!(after["nickName"], "Babs");
        assert_eq!(after["emails"].as_array().unwrap().len(), 4);
        assert_eq!(after["emails"][3], json!({"value": "babs@jensen.org", "type": "other"}));
    }
}

#[test]
fn remove_one_member_and_all_of_them() {
    for profile in PROFILES {
        let path = format!("members[value eq \"{BABS}\"]");
        assert_eq!(members(profile, json!([{"op": "remove", "path": path}])), delta(&[], &[BABS]));
        assert_eq!(
            members(profile, json!([{"op": "remove", "path": "members"}])),
            MemberEdit::Replace(vec![])
        );
    }
}

#[test]
fn remove_work_addresses_of_one_domain() {
    for profile in PROFILES {
        let path = "emails[type eq \"work\" and value ew \"example.com\"]";
        let after = patched(profile, json!([{"op": "remove", "path": path}]));
        assert_eq!(
            after["emails"],
            json!([{"value": "b@example.org", "type": "work"}, {"value": "babs@jensen.org", "type": "home"}])
        );
    }
}

#[test]
fn replace_a_member_by_another_in_two_operations() {
    let added = json!([{"display": "James Smith", "$ref": format!("https://example.com/v2/Users/{JAMES}"), "value": JAMES}]);
    for profile in PROFILES {
        let operations = json!([
            {"op": "remove", "path": format!("members[value eq \"{BABS}\"]")},
            {"op": "add", "path": "members", "value": added}
        ]);
        assert_eq!(members(profile, operations), delta(&[JAMES], &[BABS]));
    }
}

#[test]
fn replace_all_members_in_two_operations_or_one() {
    let list = json!([
        {"display": "Mandy Pepperidge", "$ref": format!("https://example.com/v2/Users/{MANDY}"), "value": MANDY},
        {"display": "James Smith", "$ref": format!("https://example.com/v2/Users/{JAMES}"), "value": JAMES}
    ]);
    for profile in PROFILES {
        for operations in [
            json!([{"op": "remove", "path": "members"}, {"op": "add", "path": "members", "value": list}]),
            json!([{"op": "replace", "path": "members", "value": list}]),
        ] {
            assert_eq!(
                members(profile, operations),
                MemberEdit::Replace(vec![MANDY.to_owned(), JAMES.to_owned()])
            );
        }
    }
}

#[test]
fn replace_the_work_address() {
    let value = json!({
        "type": "work", "streetAddress": "911 Universal City Plaza", "locality": "Hollywood", "region": "CA",
        "postalCode": "91608", "country": "US",
        "formatted": "911 Universal City Plaza\nHollywood, CA 91608 US", "primary": true
    });
    for profile in PROFILES {
        let operations = json!([{"op": "replace", "path": "addresses[type eq \"work\"]", "value": value}]);
        let after = patched(profile, operations);
        assert_eq!(
            after["addresses"],
            json!([value, {"type": "home", "streetAddress": "456 Hollywood Blvd"}])
        );
    }
}

#[test]
fn replace_the_street_of_the_work_address() {
    for profile in PROFILES {
        let path = "addresses[type eq \"work\"].streetAddress";
        let after = patched(profile, json!([{"op": "replace", "path": path, "value": "1010 Broadway Ave"}]));
        assert_eq!(
            after["addresses"][0],
            json!({"type": "work", "streetAddress": "1010 Broadway Ave", "locality": "Hollywood", "country": "USA"})
        );
        assert_eq!(after["addresses"][1]["streetAddress"], "456 Hollywood Blvd");
    }
}

#[test]
fn replace_without_a_path() {
    let emails = json!([
        {"value": "bjensen@example.com", "type": "work", "primary": true}, {"value": "babs@jensen.org", "type": "home"}
    ]);
    for profile in PROFILES {
        let after =
            patched(profile, json!([{"op": "replace", "value": {"emails": emails, "nickname": "Babs"}}]));
        assert_eq!((&after["emails"], &after["nickName"]), (&emails, &json!("Babs")));
        assert_eq!(after["addresses"], before(profile).as_map()["addresses"]);
    }
}
