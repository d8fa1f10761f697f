//! RFC 7644 §3.5.2 where Entra does not wish otherwise.

use super::*;

fn two_phones() -> Resource {
    user(json!({"phoneNumbers": [
        {"type": "work", "value": "1", "primary": true}, {"type": "work", "value": "2"}, {"type": "home", "value": "3"}
    ]}))
}

#[test]
fn operations_run_in_order_each_on_the_result_before() {
    let after = patch(
        &user(json!({})),
        json!([
            {"op": "add", "path": "title", "value": "A"},
            {"op": "replace", "path": "title", "value": "B"},
            {"op": "remove", "path": "title"},
            {"op": "add", "path": "nickName", "value": "N"}
        ]),
    );
    assert_eq!((get(&after, "title"), get(&after, "nickName")), (Value::Null, json!("N")));
}

#[test]
fn add_appends_to_a_list_and_takes_one_or_many() {
    for value in [json!({"type": "fax", "value": "4"}), json!([{"type": "fax", "value": "4"}])] {
        let after = patch(&two_phones(), json!([{"op": "add", "path": "phoneNumbers", "value": value}]));
        assert_eq!(get(&after, "phoneNumbers")[3], json!({"type": "fax", "value": "4"}));
    }
}

#[test]
fn new_primary_entry_takes_over() {
    let add = json!([{"op": "add", "path": "phoneNumbers", "value": [{"type": "fax", "value": "4", "primary": true}]}]);
    let phones = get(&patch(&two_phones(), add), "phoneNumbers");
    assert_eq!((&phones[0]["primary"], &phones[3]["primary"]), (&json!(false), &json!(true)));

    let set = json!([{"op": "replace", "path": "phoneNumbers[type eq \"home\"].primary", "value": "True"}]);
    let phones = get(&patch(&two_phones(), set), "phoneNumbers");
    assert_eq!((&phones[0]["primary"], &phones[2]["primary"]), (&json!(false), &json!(true)));
}

#[test]
fn added_entry_is_never_promoted() {
    let add = json!([{"op": "add", "path": "emails[type eq \"home\"].value", "value": "h@x"}]);
    assert_eq!(get(&patch(&user(json!({})), add), "emails"), json!([{"type": "home", "value": "h@x"}]));
}

#[test]
fn value_path_changes_all_matches() {
    let set = json!([{"op": "replace", "path": "phoneNumbers[type eq \"work\"].display", "value": "D"}]);
    let phones = get(&patch(&two_phones(), set), "phoneNumbers");
    assert_eq!(
        (&phones[0]["display"], &phones[1]["display"], &phones[2]["display"]),
        (&json!("D"), &json!("D"), &Value::Null)
    );
}

#[test]
fn value_path_with_an_object_merges_into_the_entry() {
    let path = "phoneNumbers[type eq \"home\" and not (value eq \"9\")]";
    for value in [json!({"display": "D", "value": "4"}), json!([{"display": "D", "value": "4"}])] {
        let after = patch(&two_phones(), json!([{"op": "replace", "path": path, "value": value}]));
        assert_eq!(get(&after, "phoneNumbers")[2], json!({"type": "home", "display": "D", "value": "4"}));
    }
}

#[test]
fn value_path_with_an_object_creates_the_entry() {
    let value = json!({"locality": "Halifax"});
    let add =
        json!([{"op": "add", "path": "addresses[type eq \"work\" and primary eq true]", "value": value}]);
    let address = json!([{"type": "work", "primary": true, "locality": "Halifax"}]);
    assert_eq!(get(&patch(&user(json!({})), add), "addresses"), address);
}

#[test]
fn condition_that_says_too_little_has_no_target() {
    for condition in [
        "value eq \"9\"",
        "type ne \"work\"",
        "type eq \"a\" or type eq \"b\"",
        "not (type eq \"a\")",
        "type pr",
    ] {
        let set = json!([{"op": "replace", "path": format!("emails[{condition}].display"), "value": "D"}]);
        assert_eq!(refusal(set).scim_type, Some(ScimType::NoTarget), "{condition}");
    }
}

#[test]
fn removal_takes_entries_or_parts_of_them() {
    let after = patch(&two_phones(), json!([{"op": "remove", "path": "phoneNumbers[type eq \"work\"]"}]));
    assert_eq!(get(&after, "phoneNumbers"), json!([{"type": "home", "value": "3"}]));
    let after =
        patch(&two_phones(), json!([{"op": "remove", "path": "phoneNumbers[type eq \"work\"].primary"}]));
    assert_eq!(get(&after, "phoneNumbers")[0], json!({"type": "work", "value": "1"}));
    let after = patch(&two_phones(), json!([{"op": "remove", "path": "phoneNumbers"}]));
    assert_eq!(get(&after, "phoneNumbers"), Value::Null);
}

#[test]
fn brackets_and_quotes_inside_a_condition_are_text() {
    let before = user(json!({"roles": [{"display": "a]\"b", "value": "x"}]}));
    let set = json!([{"op": "replace", "path": r#"roles[display eq "a]\"b"].value"#, "value": "y"}]);
    assert_eq!(get(&patch(&before, set), "roles"), json!([{"display": "a]\"b", "value": "y"}]));
}

#[test]
fn part_of_a_list_without_condition_means_every_entry() {
    let after =
        patch(&two_phones(), json!([{"op": "replace", "path": "phoneNumbers.display", "value": "D"}]));
    assert!(get(&after, "phoneNumbers").as_array().unwrap().iter().all(|phone| phone["display"] == "D"));
    let after = patch(&user(json!({})), json!([{"op": "add", "path": "emails.value", "value": "a@b"}]));
    assert_eq!(get(&after, "emails"), json!([{"value": "a@b"}]));
}

#[test]
fn extension_comes_and_goes_with_its_data() {
    let urn = |resource: &Resource| get(resource, "schemas").as_array().unwrap().contains(&json!(ENTERPRISE));
    let with = patch(
        &user(json!({})),
        json!([{"op": "add", "path": format!("{ENTERPRISE}:department"), "value": "D"}]),
    );
    assert!(urn(&with));
    let without = patch(&with, json!([{"op": "remove", "path": format!("{ENTERPRISE}:department")}]));
    assert!(!urn(&without));
    assert_eq!(get(&without, ENTERPRISE), Value::Null);
}

#[test]
fn whole_extension_can_be_addressed() {
    let set =
        json!([{"op": "add", "path": ENTERPRISE, "value": {"department": "D", "manager": "m", "nope": 1}}]);
    let with = patch(&user(json!({})), set);
    assert_eq!(get(&with, ENTERPRISE), json!({"department": "D", "manager": {"value": "m"}}));
    for clear in [
        json!({"op": "remove", "path": ENTERPRISE}),
        json!({"op": "replace", "path": ENTERPRISE, "value": null}),
    ] {
        assert_eq!(get(&patch(&with, json!([clear])), ENTERPRISE), Value::Null);
    }
}

#[test]
fn stored_data_that_is_no_longer_allowed_does_not_block_a_change() {
    let long = "x".repeat(5_000);
    let before = user(json!({"title": long, "emails": [{"type": "work", "value": "broken"}]}));
    let after = patch(
        &before,
        json!([
            {"op": "Replace", "path": "active", "value": "False"},
            {"op": "Replace", "path": "emails[type eq \"work\"].display", "value": "D"}
        ]),
    );
    assert!(!after.active());
}

#[test]
fn adding_a_full_list_again_changes_nothing() {
    let phones: Value = (0..50).map(|number| json!({"type": "work", "value": number.to_string()})).collect();
    let add = json!([{"op": "add", "path": "phoneNumbers", "value": phones}]);
    let full = patch(&user(json!({})), add.clone());
    assert_eq!(patch(&full, add), full);
}

#[test]
fn list_that_is_too_long_already_can_be_shortened() {
    let phones: Value = (0..60).map(|number| json!({"value": number.to_string()})).collect();
    let before = user(json!({ "phoneNumbers": phones }));
    let after = patch(&before, json!([{"op": "remove", "path": "phoneNumbers[value eq \"7\"]"}]));
    assert_eq!(get(&after, "phoneNumbers").as_array().unwrap().len(), 59);
}
