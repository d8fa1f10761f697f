//! The attributes for which Entra has the most forms.

use super::*;

#[test]
fn manager_is_set_in_every_form() {
    let path = format!("{ENTERPRISE}:manager");
    for operation in [
        json!({"op": "Add", "path": path, "value": "m1"}),
        json!({"op": "Replace", "path": path, "value": {"value": "m1"}}),
        json!({"op": "Add", "path": "manager", "value": [{"$ref": "http://scim.example/Users/m1", "value": "m1"}]}),
        json!({"op": "replace", "path": format!("{path}.value"), "value": "m1"}),
        json!({"op": "replace", "value": {path.clone(): "m1"}}),
        json!({"op": "replace", "value": {ENTERPRISE: {"manager": {"value": "m1", "displayName": "M"}}}}),
    ] {
        let before = user(json!({ENTERPRISE: {"department": "D", "manager": {"value": "m0"}}}));
        let after = patch(&before, json!([operation]));
        assert_eq!(
            get(&after, ENTERPRISE),
            json!({"department": "D", "manager": {"value": "m1"}}),
            "{operation}"
        );
        assert!(changed_paths(ResourceType::USER, &after, &patch(&after, json!([operation]))).is_empty());
    }
}

#[test]
fn manager_is_cleared_in_every_form() {
    let path = format!("{ENTERPRISE}:manager");
    for operation in [
        json!({"op": "Replace", "path": path, "value": ""}),
        json!({"op": "replace", "path": path, "value": {"value": ""}}),
        json!({"op": "replace", "path": path, "value": null}),
        json!({"op": "Replace", "path": path, "value": []}),
        json!({"op": "Remove", "path": path}),
        json!({"op": "remove", "path": format!("{path}.value")}),
    ] {
        let before = user(json!({ENTERPRISE: {"department": "D", "manager": {"value": "m0"}}}));
        assert_eq!(
            get(&patch(&before, json!([operation])), ENTERPRISE),
            json!({"department": "D"}),
            "{operation}"
        );
    }
}

#[test]
fn primary_role_is_addressed_by_quoted_boolean() {
    let instructor = user(json!({"roles": [{"primary": true, "type": "T", "value": "Instructor"}]}));
    let rename = json!([
        {"op": "Replace", "path": "roles[primary eq \"True\"].value", "value": "Author"},
        {"op": "Replace", "path": "roles[primary eq \"True\"].display", "value": "Author"}
    ]);
    let role = json!([{"primary": true, "type": "T", "value": "Author", "display": "Author"}]);
    assert_eq!(get(&patch(&instructor, rename), "roles"), role);

    let create = json!([
        {"op": "Add", "path": "roles[primary eq \"True\"].type", "value": "T"},
        {"op": "Add", "path": "roles[primary eq \"True\"].value", "value": "Learner"}
    ]);
    let role = json!([{"primary": true, "type": "T", "value": "Learner"}]);
    assert_eq!(get(&patch(&user(json!({})), create), "roles"), role);
}

#[test]
fn roles_packed_as_json_text_are_unpacked() {
    let packed = |value: &str| json!({"value": format!(r#"{{"id":"06b0","value":"{value}","displayName":"{value}!"}}"#)});
    let add = json!([{"op": "Add", "path": "roles", "value": [packed("Coach"), packed("Learner")]}]);
    let after = patch(&user(json!({})), add.clone());
    let roles = json!([{"value": "Coach", "display": "Coach!"}, {"value": "Learner", "display": "Learner!"}]);
    assert_eq!(get(&after, "roles"), roles);
    assert_eq!(patch(&after, add), after);
    let odd = json!([{"op": "Add", "path": "roles", "value": [{"value": "{not json"}]}]);
    assert_eq!(get(&patch(&user(json!({})), odd), "roles"), json!([{"value": "{not json"}]));
}

#[test]
fn whole_list_of_roles_is_replaced() {
    let before = user(json!({"roles": [{"value": "Coach"}, {"value": "Learner", "primary": true}]}));
    let role = json!([{"primary": false, "type": "T", "display": "Learner", "value": "Learner"}]);
    let after = patch(&before, json!([{"op": "replace", "path": "roles", "value": role}]));
    assert_eq!(get(&after, "roles"), role);
    for nothing in [json!([]), json!(""), json!(null)] {
        let after = patch(&before, json!([{"op": "replace", "path": "roles", "value": nothing}]));
        assert_eq!(get(&after, "roles"), Value::Null);
    }
}

#[test]
fn removal_with_values_removes_only_those() {
    let before = user(json!({"roles": [{"value": "Coach", "type": "T"}, {"value": "Learner"}]}));
    let remove = |value| json!([{"op": "Remove", "path": "roles", "value": value}]);
    assert_eq!(
        get(&patch(&before, remove(json!([{"value": "coach"}]))), "roles"),
        json!([{"value": "Learner"}])
    );
    assert_eq!(patch(&before, remove(json!([]))), before);
    assert_eq!(patch(&before, remove(json!([{"value": "nobody"}]))), before);
    assert_eq!(get(&patch(&before, remove(json!(null))), "roles"), Value::Null);
}
