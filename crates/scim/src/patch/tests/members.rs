//! Operations on the members of a group.

use super::*;

fn split(operations: Value) -> Result<MemberEdit, ScimError> {
    Ok(request(ResourceType::GROUP, &operations)?.split_members()?.1)
}

#[track_caller]
fn edit(operations: Value) -> MemberEdit {
    split(operations).unwrap()
}

fn delta(add: &[&str], remove: &[&str]) -> MemberEdit {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    MemberEdit::Delta { add: owned(add), remove: owned(remove) }
}

fn exactly(values: &[&str]) -> MemberEdit {
    MemberEdit::Replace(values.iter().map(|value| (*value).to_owned()).collect())
}

#[test]
fn members_are_added_in_every_form() {
    for operation in [
        json!({"op": "Add", "path": "members", "value": [{"$ref": null, "value": "u1"}]}),
        json!({"op": "add", "path": "MEMBERS", "value": {"value": "u1", "type": "User", "display": "U"}}),
        json!({"op": "Add", "value": {"members": [{"value": "u1"}]}}),
        json!({"op": "Add", "path": "urn:ietf:params:scim:schemas:core:2.0:Group:members", "value": ["u1"]}),
        json!({"op": "Add", "path": "members[value eq \"u1\"]", "value": {"value": "u1"}}),
    ] {
        assert_eq!(edit(json!([operation])), delta(&["u1"], &[]), "{operation}");
    }
}

#[test]
fn only_listed_members_are_removed() {
    for operation in [
        json!({"op": "Remove", "path": "members", "value": [{"$ref": null, "value": "u1"}, {"value": "u2"}]}),
        json!({"op": "remove", "path": "members[value eq \"u1\" or value eq \"u2\"]"}),
    ] {
        assert_eq!(edit(json!([operation])), delta(&[], &["u1", "u2"]), "{operation}");
    }
    assert_eq!(edit(json!([{"op": "remove", "path": "members[value eq \"u1\"]"}])), delta(&[], &["u1"]));
    assert_eq!(edit(json!([{"op": "Remove", "path": "members", "value": []}])), MemberEdit::Keep);
}

#[test]
fn removal_without_value_and_empty_replacement_remove_all() {
    for operation in [
        json!({"op": "remove", "path": "members"}),
        json!({"op": "replace", "path": "members", "value": []}),
        json!({"op": "replace", "path": "members", "value": null}),
        json!({"op": "replace", "value": {"members": []}}),
    ] {
        assert_eq!(edit(json!([operation])), exactly(&[]), "{operation}");
    }
}

#[test]
fn replacement_names_exactly_the_members() {
    let replace = json!({"op": "replace", "path": "members", "value": [{"value": "b"}, {"value": "a"}, {"value": "b"}]});
    assert_eq!(edit(json!([replace])), exactly(&["b", "a"]));
    let then = json!([
        {"op": "add", "path": "members", "value": [{"value": "lost"}]},
        replace,
        {"op": "remove", "path": "members", "value": [{"value": "b"}]},
        {"op": "add", "path": "members", "value": [{"value": "c"}]}
    ]);
    assert_eq!(edit(then), exactly(&["a", "c"]));
}

#[test]
fn last_operation_about_a_person_wins() {
    let operations = json!([
        {"op": "add", "path": "members", "value": [{"value": "u9"}, {"value": "u1"}]},
        {"op": "remove", "path": "members[value eq \"u9\"]"},
        {"op": "remove", "path": "members", "value": [{"value": "u2"}]},
        {"op": "add", "path": "members", "value": [{"value": "u2"}]}
    ]);
    assert_eq!(edit(operations), delta(&["u1", "u2"], &["u9"]));
}

#[test]
fn same_member_many_times_is_one() {
    let thousand: Value = (0..1_000).map(|_| json!({"value": "u1"})).collect();
    assert_eq!(edit(json!([{"op": "add", "path": "members", "value": thousand}])), delta(&["u1"], &[]));
}

#[test]
fn other_operations_stay_behind() {
    let operations = json!([
        {"op": "Replace", "path": "displayName", "value": "B"},
        {"op": "Add", "path": "externalId", "value": "g1"},
        {"op": "Replace", "value": {"members": [{"value": "u1"}], "displayName": "C"}}
    ]);
    let (rest, edit) = request(ResourceType::GROUP, &operations).unwrap().split_members().unwrap();
    assert_eq!(edit, exactly(&["u1"]));
    let before =
        Resource::from_stored(ResourceKind::Group, Map::from_iter([("displayName".to_owned(), json!("A"))]));
    let after = rest.apply(&before).unwrap();
    assert_eq!((after.display_name(), after.external_id()), (Some("C"), Some("g1")));
    assert_eq!(after.as_map().get("members"), None);
}

#[test]
fn request_without_members_keeps_them() {
    assert_eq!(edit(json!([{"op": "Replace", "path": "displayName", "value": "B"}])), MemberEdit::Keep);
    assert_eq!(edit(json!([])), MemberEdit::Keep);
}

#[test]
fn unusable_members_are_refused() {
    for value in [
        json!([{}]),
        json!([{"value": ""}]),
        json!([{"value": null}]),
        json!([7]),
        json!([{"value": "x".repeat(257)}]),
    ] {
        let error = split(json!([{"op": "add", "path": "members", "value": value}])).unwrap_err();
        assert_eq!(error.scim_type, Some(ScimType::InvalidValue), "{value}");
    }
    let other_filter = json!([{"op": "remove", "path": "members[type eq \"User\"]"}]);
    assert_eq!(split(other_filter).unwrap_err().scim_type, Some(ScimType::InvalidFilter));
    let rename = json!([{"op": "replace", "path": "members[value eq \"a\"].value", "value": "b"}]);
    assert_eq!(split(rename).unwrap_err().scim_type, Some(ScimType::Mutability));
}

#[test]
fn twenty_thousand_values_are_the_limit() {
    let values =
        |count: usize| -> Value { (0..count).map(|number| json!({"value": number.to_string()})).collect() };
    let add = |count| json!([{"op": "add", "path": "members", "value": values(count)}]);
    assert!(matches!(edit(add(20_000)), MemberEdit::Delta { add, .. } if add.len() == 20_000));
    let error = split(add(20_001)).unwrap_err();
    assert_eq!(error.status, 413);
    assert!(error.detail.contains("20000"));
}
