//! What only the profile for Entra takes. Each test has both sides.

use scim::members::MemberEdit;
use scim::{Filter, PatchRequest, Profile, Resource, ScimType};
use serde_json::{Value, json};

use super::fixture::{
    ENTERPRISE, GROUP, PATCH_OP, USER, assert_refused, get, groups, map, members, patch, read, users,
};

const ENTRA: Profile = Profile::Entra;
const STRICT: Profile = Profile::Strict;

#[test]
fn unmatched_value_path_creates_by_add_and_only_for_entra_by_replace() {
    let set = |op: &str, condition: &str| json!([{"op": op, "path": format!("emails[{condition}].value"), "value": "h@contoso.example"}]);
    let entry = json!([{"type": "home", "value": "h@contoso.example"}]);
    for (profile, op) in [(ENTRA, "add"), (ENTRA, "replace"), (STRICT, "add")] {
        let after = patch(profile, &read(profile, json!({})).unwrap(), set(op, "type eq \"home\"")).unwrap();
        assert_eq!(get(&after, "emails"), entry, "{profile:?} {op}");
    }
    let nobody = read(STRICT, json!({})).unwrap();
    assert_refused(patch(STRICT, &nobody, set("replace", "type eq \"home\"")), ScimType::NoTarget);
    // What does not say how the entry should look creates none in either.
    for profile in [ENTRA, STRICT] {
        for op in ["add", "replace"] {
            assert_refused(patch(profile, &nobody, set(op, "type sw \"h\"")), ScimType::NoTarget);
            assert_refused(
                patch(profile, &nobody, set(op, "value eq \"x@contoso.example\"")),
                ScimType::NoTarget,
            );
        }
        // Clearing what is not there is nothing.
        for nothing in [json!(""), json!(null)] {
            let clear =
                json!([{"op": "replace", "path": "emails[type eq \"home\"].value", "value": nothing}]);
            assert_eq!(patch(profile, &nobody, clear).unwrap(), nobody);
        }
        let remove = json!([{"op": "remove", "path": "emails[type eq \"home\"]"}]);
        assert_eq!(patch(profile, &nobody, remove).unwrap(), nobody);
    }
}

#[test]
fn booleans_as_text() {
    for sent in ["True", "false", "FALSE"] {
        let expected = sent.eq_ignore_ascii_case("true");
        assert_eq!(read(ENTRA, json!({"active": sent})).unwrap().active(), expected);
        assert_refused(read(STRICT, json!({"active": sent})), ScimType::InvalidValue);
        let operations = json!([{"op": "replace", "path": "active", "value": sent}]);
        let ben = read(ENTRA, json!({})).unwrap();
        assert_eq!(patch(ENTRA, &ben, operations.clone()).unwrap().active(), expected);
        assert_refused(patch(STRICT, &ben, operations), ScimType::InvalidValue);
        let text = format!("active eq \"{sent}\"");
        assert!(Filter::parse(&text, users(ENTRA)).is_ok());
        assert_refused(Filter::parse(&text, users(STRICT)), ScimType::InvalidFilter);
    }
    let path = json!([{"op": "replace", "path": "roles[primary eq \"True\"].value", "value": "Coach"}]);
    let ben = read(ENTRA, json!({"roles": [{"value": "Learner", "primary": true}]})).unwrap();
    assert_eq!(
        get(&patch(ENTRA, &ben, path.clone()).unwrap(), "roles"),
        json!([{"value": "Coach", "primary": true}])
    );
    assert_refused(patch(STRICT, &ben, path), ScimType::InvalidFilter);
}

#[test]
fn bare_manager() {
    let expected = json!({"manager": {"value": "m"}});
    for sent in [json!("m"), json!([{"value": "m"}]), json!(["m"])] {
        assert_eq!(get(&read(ENTRA, json!({ENTERPRISE: {"manager": sent}})).unwrap(), ENTERPRISE), expected);
        assert_refused(read(STRICT, json!({ENTERPRISE: {"manager": sent}})), ScimType::InvalidValue);
        let operations = json!([{"op": "add", "path": format!("{ENTERPRISE}:manager"), "value": sent}]);
        let ben = read(ENTRA, json!({})).unwrap();
        assert_eq!(get(&patch(ENTRA, &ben, operations.clone()).unwrap(), ENTERPRISE), expected);
        assert_refused(patch(STRICT, &ben, operations), ScimType::InvalidValue);
    }
    for operation in [
        json!({"op": "add", "path": format!("{ENTERPRISE}:manager"), "value": {"value": "m"}}),
        json!({"op": "add", "path": format!("{ENTERPRISE}:manager.value"), "value": "m"}),
    ] {
        let after = patch(STRICT, &read(STRICT, json!({})).unwrap(), json!([operation])).unwrap();
        assert_eq!(get(&after, ENTERPRISE), expected);
    }
}

#[test]
fn removal_with_a_list_of_values() {
    let operations = json!([{"op": "Remove", "path": "members", "value": [{"value": "u1"}]}]);
    assert_eq!(
        members(ENTRA, operations.clone()).unwrap(),
        MemberEdit::Delta { add: vec![], remove: vec!["u1".to_owned()] }
    );
    // Neither reading empties the group: an RFC reader that ignored the value would.
    assert_refused(members(STRICT, operations), ScimType::InvalidValue);

    let coach = read(ENTRA, json!({"roles": [{"value": "Coach"}, {"value": "Learner"}]})).unwrap();
    let operations = json!([{"op": "remove", "path": "roles", "value": [{"value": "Coach"}]}]);
    assert_eq!(
        get(&patch(ENTRA, &coach, operations.clone()).unwrap(), "roles"),
        json!([{"value": "Learner"}])
    );
    assert_refused(patch(STRICT, &coach, operations), ScimType::InvalidValue);
    let null = json!([{"op": "remove", "path": "roles", "value": null}]);
    assert_eq!(get(&patch(STRICT, &coach, null).unwrap(), "roles"), Value::Null);
}

#[test]
fn foreign_schema_urns() {
    let marker = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
    let group = map(json!({"schemas": [GROUP, marker], "displayName": "G"}));
    let kept = Resource::from_request(groups(ENTRA), group.clone()).unwrap();
    assert_eq!(get(&kept, "schemas"), json!([GROUP]));
    assert_refused(Resource::from_request(groups(STRICT), group), ScimType::InvalidSyntax);
    for foreign in ["urn:x:unknown", GROUP, PATCH_OP] {
        let user = json!({"schemas": [USER, foreign]});
        assert_eq!(get(&read(ENTRA, user.clone()).unwrap(), "schemas"), json!([USER]));
        assert_refused(read(STRICT, user), ScimType::InvalidSyntax);
    }
    // An extension without data may be named, and is not kept.
    for profile in [ENTRA, STRICT] {
        let user = read(profile, json!({"schemas": [ENTERPRISE, USER]})).unwrap();
        assert_eq!(get(&user, "schemas"), json!([USER]));
    }
}

#[test]
fn empty_operations() {
    let ben = read(ENTRA, json!({"title": "T"})).unwrap();
    assert_eq!(patch(ENTRA, &ben, json!([])).unwrap(), ben);
    let request = PatchRequest::parse(users(ENTRA), map(json!({"schemas": [PATCH_OP], "Operations": []})));
    assert!(request.unwrap().is_empty());
    assert_refused(patch(STRICT, &ben, json!([])), ScimType::InvalidSyntax);
}

#[test]
fn unknown_attributes_in_a_path() {
    let ben = read(ENTRA, json!({})).unwrap();
    for path in [
        "nope",
        "nope.x",
        "name.nope",
        "urn:x:User:badge",
        "emails[nope eq \"x\"].value",
        "emails[type eq \"work\"].nope",
    ] {
        let operations =
            json!([{"op": "add", "path": path, "value": "x"}, {"op": "add", "path": "title", "value": "T"}]);
        assert_eq!(get(&patch(ENTRA, &ben, operations.clone()).unwrap(), "title"), "T", "{path}");
        assert_refused(patch(STRICT, &ben, operations), ScimType::InvalidPath);
    }
}

#[test]
fn attributes_of_an_extension_without_its_urn() {
    let ben = read(ENTRA, json!({})).unwrap();
    let operations = json!([{"op": "add", "path": "department", "value": "D"}]);
    assert_eq!(get(&patch(ENTRA, &ben, operations.clone()).unwrap(), ENTERPRISE), json!({"department": "D"}));
    assert_refused(patch(STRICT, &ben, operations), ScimType::InvalidPath);
    assert!(Filter::parse("department eq \"D\"", users(ENTRA)).is_ok());
    assert_refused(Filter::parse("department eq \"D\"", users(STRICT)), ScimType::InvalidFilter);
}

#[test]
fn single_values_wrapped_in_a_list_or_an_object() {
    let ben = read(ENTRA, json!({})).unwrap();
    for value in [json!(["T"]), json!({"value": "T"}), json!([{"$ref": null, "value": "T"}])] {
        let operations = json!([{"op": "replace", "path": "title", "value": value}]);
        assert_eq!(get(&patch(ENTRA, &ben, operations.clone()).unwrap(), "title"), "T", "{value}");
        assert_refused(patch(STRICT, &ben, operations), ScimType::InvalidValue);
    }
    assert_eq!(get(&read(ENTRA, json!({"title": ["T"]})).unwrap(), "title"), "T");
    assert_refused(read(STRICT, json!({"title": ["T"]})), ScimType::InvalidValue);
}

#[test]
fn roles_packed_as_json_text() {
    let operations = json!([{"op": "Add", "path": "roles", "value": [{"value": "{\"value\":\"Coach\",\"displayName\":\"C\"}"}]}]);
    let ben = read(ENTRA, json!({})).unwrap();
    assert_eq!(
        get(&patch(ENTRA, &ben, operations.clone()).unwrap(), "roles"),
        json!([{"value": "Coach", "display": "C"}])
    );
    // To an RFC reader, text is text.
    assert_eq!(
        get(&patch(STRICT, &ben, operations).unwrap(), "roles"),
        json!([{"value": "{\"value\":\"Coach\",\"displayName\":\"C\"}"}])
    );
}
