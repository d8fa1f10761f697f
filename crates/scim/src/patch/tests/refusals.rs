//! Requests that must fail, each with the right code and without effect.

use super::*;

#[track_caller]
fn assert_refused(operation: Value, scim_type: ScimType) {
    let error = refusal(json!([operation]));
    assert_eq!((error.status, error.scim_type), (400, Some(scim_type)), "{operation}: {error}");
    assert!(error.detail.starts_with("Operation 1: "), "{error}");
}

#[test]
fn body_must_be_a_patch_message() {
    for body in [
        json!({"Operations": []}),
        json!({"schemas": [], "Operations": []}),
        json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "Operations": []}),
        json!({"schemas": [PATCH_OP]}),
        json!({"schemas": [PATCH_OP], "Operations": null}),
        json!({"schemas": [PATCH_OP], "Operations": {"op": "add"}}),
        json!({"schemas": [PATCH_OP], "Operations": ["add"]}),
    ] {
        let error = PatchRequest::parse(ResourceType::USER, body.as_object().unwrap().clone()).unwrap_err();
        assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidSyntax)), "{body}");
    }
    let lower = json!({"SCHEMAS": [PATCH_OP.to_lowercase()], "operations": [{"OP": "add", "Path": "title", "Value": "T"}]});
    let request = PatchRequest::parse(ResourceType::USER, lower.as_object().unwrap().clone()).unwrap();
    assert_eq!(get(&request.apply(&user(json!({}))).unwrap(), "title"), "T");
}

#[test]
fn unknown_or_missing_op_is_refused() {
    for op in [json!("move"), json!("test"), json!(""), json!(null), json!(1)] {
        assert_refused(json!({"op": op, "path": "title", "value": "x"}), ScimType::InvalidSyntax);
    }
    assert_refused(json!({"path": "title", "value": "x"}), ScimType::InvalidSyntax);
}

#[test]
fn target_or_value_must_be_there() {
    assert_refused(json!({"op": "remove"}), ScimType::NoTarget);
    assert_refused(json!({"op": "remove", "value": {"title": "x"}}), ScimType::NoTarget);
    assert_refused(json!({"op": "add", "path": "title"}), ScimType::InvalidValue);
    assert_refused(json!({"op": "replace"}), ScimType::InvalidValue);
    assert_refused(json!({"op": "replace", "value": "x"}), ScimType::InvalidValue);
}

#[test]
fn unreadable_paths_are_refused() {
    for path in [
        json!(""),
        json!("emails[type eq \"work\""),
        json!("emails[type eq \"work].value"),
        json!("emails[type eq \"work\"]value"),
        json!("emails[type eq \"work\"]."),
        json!("emails[type eq \"work\"].a.b"),
        json!("a..b"),
        json!("[x]"),
        json!("title]"),
        json!("name.givenName.x"),
        json!("title[value eq \"x\"]"),
        json!("name[givenName eq \"x\"]"),
        json!("emails.type[value eq \"x\"]"),
        json!("two words"),
        json!(7),
    ] {
        assert_refused(json!({"op": "replace", "path": path, "value": "x"}), ScimType::InvalidPath);
    }
}

#[test]
fn bad_condition_in_a_path_is_a_bad_filter() {
    for condition in
        ["type zz \"work\"", "type eq", "", "type eq work", "(type eq \"work\"", "primary gt true"]
    {
        let operation =
            json!({"op": "replace", "path": format!("emails[{condition}].value"), "value": "a@b"});
        assert_refused(operation, ScimType::InvalidFilter);
    }
}

#[test]
fn read_only_attributes_are_refused_however_spelt() {
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    for path in [
        "id",
        "ID",
        "meta.created",
        "meta",
        "groups",
        "GROUPS",
        "groups[value eq \"g\"]",
        &format!("{core}:groups"),
        "manager.displayName",
    ] {
        assert_refused(json!({"op": "replace", "path": path, "value": "x"}), ScimType::Mutability);
        assert_refused(json!({"op": "remove", "path": path}), ScimType::Mutability);
    }
    assert_refused(json!({"op": "add", "value": {"groups": [{"value": "g"}]}}), ScimType::Mutability);
}

#[test]
fn required_attributes_cannot_be_lost() {
    assert_refused(json!({"op": "remove", "path": "userName"}), ScimType::Mutability);
    assert_refused(json!({"op": "remove", "path": "active"}), ScimType::Mutability);
    assert_refused(
        json!({"op": "remove", "path": "urn:ietf:params:scim:schemas:core:2.0:User"}),
        ScimType::Mutability,
    );
    for value in [json!(""), json!("  "), json!(null), json!([]), json!({})] {
        assert_refused(json!({"op": "replace", "path": "userName", "value": value}), ScimType::InvalidValue);
    }
    let group =
        Resource::from_stored(ResourceKind::Group, Map::from_iter([("displayName".to_owned(), json!("G"))]));
    let clear =
        request(ResourceType::GROUP, &json!([{"op": "replace", "value": {"displayName": ""}}])).unwrap();
    assert_eq!(clear.apply(&group).unwrap_err().scim_type, Some(ScimType::InvalidValue));
}

#[test]
fn values_that_do_not_fit_are_refused() {
    for operation in [
        json!({"op": "replace", "path": "name", "value": "x"}),
        json!({"op": "replace", "path": "title", "value": 7}),
        json!({"op": "replace", "path": "title", "value": ["a", "b"]}),
        json!({"op": "add", "path": "emails", "value": "a@b"}),
        json!({"op": "add", "path": "emails", "value": ["a@b"]}),
        json!({"op": "add", "path": "emails[type eq \"work\"]", "value": "a@b"}),
        json!({"op": "add", "path": "emails[type eq \"work\"].value", "value": "no address"}),
        json!({"op": "add", "path": "emails", "value": [{"value": "a@b", "primary": true}, {"value": "c@d", "primary": true}]}),
        json!({"op": "replace", "path": "userName", "value": "a\u{1}b"}),
        json!({"op": "replace", "path": "userName", "value": "x".repeat(257)}),
        json!({"op": "replace", "path": ENTERPRISE, "value": "x"}),
        json!({"op": "replace", "path": "manager", "value": ["a", "b"]}),
    ] {
        assert_refused(operation, ScimType::InvalidValue);
    }
}

#[test]
fn an_entry_cannot_get_a_type_that_its_value_does_not_fit() {
    let before = user(json!({"emails": [{"type": "other", "value": "X500:/o=c"}]}));
    for operation in [
        json!({"op": "replace", "path": "emails[type eq \"other\"].type", "value": "work"}),
        json!({"op": "remove", "path": "emails[type eq \"other\"].type"}),
        json!({"op": "replace", "path": "emails.type", "value": "work"}),
    ] {
        let error = try_patch(&before, json!([operation])).unwrap_err();
        assert_eq!(error.scim_type, Some(ScimType::InvalidValue));
    }
    // One that did not fit before blocks no change.
    let before = user(json!({"emails": [{"type": "work", "value": "X500:/o=c"}]}));
    patch(&before, json!([{"op": "replace", "path": "emails[type eq \"work\"].type", "value": "home"}]));
}

#[test]
fn one_bad_operation_spoils_the_lot() {
    let error = refusal(json!([
        {"op": "Replace", "path": "title", "value": "MUST NOT STAY"},
        {"op": "Replace", "path": "active", "value": "perhaps"}
    ]));
    assert_eq!(error.detail, "Operation 2: active must be true or false.");
}

#[test]
fn numbers_of_operations_and_entries_are_limited() {
    let operations: Value = (0..1_001).map(|_| json!({"op": "add", "path": "title", "value": "x"})).collect();
    let error = refusal(operations);
    assert_eq!(error.status, 413);
    assert!(error.detail.contains("1000"));

    let phones: Value = (0..51)
        .map(|number| json!({"op": "add", "path": "phoneNumbers", "value": [{"value": number.to_string()}]}))
        .collect();
    assert_eq!(refusal(phones).scim_type, Some(ScimType::InvalidValue));
}
