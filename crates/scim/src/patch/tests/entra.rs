//! Requests as Entra sends them, in both dialects and the mixtures seen in the field.

use super::*;

fn ben() -> Resource {
    user(json!({
        "displayName": "Ben Okafor", "title": "Welder", "externalId": "ben",
        "emails": [{"primary": true, "type": "work", "value": "ben@contoso.example"}],
        "name": {"formatted": "Ben Okafor", "familyName": "Okafor", "givenName": "Ben"},
        "phoneNumbers": [{"type": "mobile", "value": "555-0101"}],
        ENTERPRISE: {"department": "Shipyard", "costCenter": "7001"}
    }))
}

#[test]
fn default_dialect_replaces_one_attribute_for_each_operation() {
    let after = patch(
        &ben(),
        json!([
            {"op": "Replace", "path": "displayName", "value": "Ben O."},
            {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "b@contoso.example"},
            {"op": "Replace", "path": "name.familyName", "value": "Lund"},
            {"op": "Replace", "path": format!("{ENTERPRISE}:employeeNumber"), "value": "004712"}
        ]),
    );
    assert_eq!(get(&after, "displayName"), "Ben O.");
    assert_eq!(
        get(&after, "emails"),
        json!([{"primary": true, "type": "work", "value": "b@contoso.example"}])
    );
    assert_eq!(
        get(&after, "name"),
        json!({"formatted": "Ben Okafor", "familyName": "Lund", "givenName": "Ben"})
    );
    assert_eq!(
        get(&after, ENTERPRISE),
        json!({"department": "Shipyard", "costCenter": "7001", "employeeNumber": "004712"})
    );
    assert_eq!(
        changed_paths(ResourceType::USER, &ben(), &after),
        ["displayName", "emails", "name.familyName", &format!("{ENTERPRISE}:employeeNumber")]
    );
}

#[test]
fn flag_dialect_bundles_dotted_and_urn_keys() {
    let after = patch(
        &ben(),
        json!([
            {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "b@contoso.example"},
            {"op": "replace", "value": {
                "displayName": "Ben O.", "name.givenName": "Benjamin", "name.familyName": "Okafor-Lund",
                format!("{ENTERPRISE}:employeeNumber"): "A-17", format!("{ENTERPRISE}:department"): "Dry Dock",
                "unknown": 1, "http://strange": 2, "schemas": []
            }}
        ]),
    );
    assert_eq!(
        get(&after, "name"),
        json!({"formatted": "Ben Okafor", "familyName": "Okafor-Lund", "givenName": "Benjamin"})
    );
    assert_eq!(
        get(&after, ENTERPRISE),
        json!({"department": "Dry Dock", "costCenter": "7001", "employeeNumber": "A-17"})
    );
    assert_eq!(get(&after, "name.givenName"), Value::Null);
}

#[test]
fn nested_objects_are_merged() {
    let after = patch(&ben(), json!([{"op": "replace", "value": {"name": {"familyName": "Lund"}}}]));
    assert_eq!(get(&after, "name")["givenName"], "Ben");
    let after = patch(&after, json!([{"op": "replace", "path": "name", "value": {"GivenName": "Benny"}}]));
    assert_eq!(
        get(&after, "name"),
        json!({"formatted": "Ben Okafor", "familyName": "Lund", "givenName": "Benny"})
    );
    let after = patch(&after, json!([{"op": "replace", "value": {ENTERPRISE: {"division": "North"}}}]));
    assert_eq!(
        get(&after, ENTERPRISE),
        json!({"department": "Shipyard", "costCenter": "7001", "division": "North"})
    );
}

#[test]
fn active_is_switched_in_every_spelling() {
    for (value, expected) in
        [(json!("False"), false), (json!("false"), false), (json!(false), false), (json!("True"), true)]
    {
        for operation in [
            json!({"op": "Replace", "path": "active", "value": value}),
            json!({"op": "add", "path": "ACTIVE", "value": value}),
            json!({"op": "replace", "value": {"active": value}}),
        ] {
            assert_eq!(patch(&ben(), json!([operation])).active(), expected);
        }
    }
    for value in [json!("perhaps"), json!(0), json!([]), json!(""), json!(null)] {
        let error = refusal(json!([{"op": "Replace", "path": "active", "value": value}]));
        assert_eq!(error.scim_type, Some(ScimType::InvalidValue));
    }
}

#[test]
fn value_path_without_an_entry_creates_one() {
    let after = patch(
        &ben(),
        json!([
            {"op": "Add", "path": "phoneNumbers[type eq \"work\"].value", "value": "555-0100"},
            {"op": "Replace", "path": "addresses[type eq \"other\"].Formatted", "value": "Dock 4"},
            {"op": "Add", "path": "addresses[type eq \"other\"].country", "value": "CA"},
            {"op": "Add", "path": "emails[type eq \"other\"].Value", "value": "SMTP:alias@contoso.example"}
        ]),
    );
    assert_eq!(
        get(&after, "phoneNumbers"),
        json!([{"type": "mobile", "value": "555-0101"}, {"type": "work", "value": "555-0100"}])
    );
    assert_eq!(get(&after, "addresses"), json!([{"type": "other", "formatted": "Dock 4", "country": "CA"}]));
    assert_eq!(get(&after, "emails")[1], json!({"type": "other", "value": "SMTP:alias@contoso.example"}));
    assert_eq!(get(&after, "emails")[0]["primary"], true);
}

#[test]
fn empty_text_and_null_clear() {
    for nothing in [json!(""), json!(null)] {
        let before = ben();
        let after = patch(
            &before,
            json!([
                {"op": "replace", "path": "title", "value": nothing},
                {"op": "replace", "path": "name.givenName", "value": nothing},
                {"op": "replace", "path": "phoneNumbers[type eq \"mobile\"].value", "value": nothing},
                {"op": "replace", "path": format!("{ENTERPRISE}:department"), "value": nothing},
                {"op": "replace", "value": {"displayName": nothing, format!("{ENTERPRISE}:costCenter"): nothing}},
                {"op": "replace", "path": "addresses[type eq \"work\"].locality", "value": nothing},
                {"op": "Add", "path": "nickName", "value": nothing}
            ]),
        );
        for name in ["title", "displayName", "phoneNumbers", ENTERPRISE, "addresses", "nickName"] {
            assert_eq!(get(&after, name), Value::Null, "{name}");
        }
        assert_eq!(get(&after, "name"), json!({"formatted": "Ben Okafor", "familyName": "Okafor"}));
        assert_eq!(get(&after, "schemas"), json!(["urn:ietf:params:scim:schemas:core:2.0:User"]));
    }
}

#[test]
fn cleared_entry_can_be_filled_again_even_in_one_request() {
    let path = "phoneNumbers[type eq \"mobile\"].value";
    let after = patch(
        &ben(),
        json!([{"op": "replace", "path": path, "value": ""}, {"op": "replace", "path": path, "value": "555-0102"}]),
    );
    assert_eq!(get(&after, "phoneNumbers"), json!([{"type": "mobile", "value": "555-0102"}]));
}

#[test]
fn wrapped_scalars_are_unwrapped() {
    let after = patch(
        &ben(),
        json!([
            {"op": "Replace", "path": "title", "value": ["Rigger"]},
            {"op": "Replace", "path": "displayName", "value": [{"$ref": null, "value": "Ben Lund"}]},
            {"op": "Replace", "path": format!("{ENTERPRISE}:division"), "value": {"value": "South"}}
        ]),
    );
    assert_eq!(get(&after, "title"), "Rigger");
    assert_eq!(get(&after, "displayName"), "Ben Lund");
    assert_eq!(get(&after, ENTERPRISE)["division"], "South");
}

#[test]
fn core_urn_and_letter_case_do_not_matter() {
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    let after = patch(
        &ben(),
        json!([
            {"op": "REPLACE", "path": format!("{core}:title"), "value": "Crane Operator"},
            {"op": "rEplace", "path": "EMAILS[Type EQ \"WORK\"].Value", "value": "bl@contoso.example"},
            {"op": "replace", "path": format!("{}:NAME.givenname", core.to_uppercase()), "value": "Bengt"}
        ]),
    );
    assert_eq!(get(&after, "title"), "Crane Operator");
    assert_eq!(get(&after, "name")["givenName"], "Bengt");
    assert_eq!(get(&after, "emails").as_array().unwrap().len(), 1);
    assert_eq!(get(&after, "emails")[0]["value"], "bl@contoso.example");
}

#[test]
fn unknown_attributes_are_ignored_and_the_rest_is_done() {
    let after = patch(
        &ben(),
        json!([
            {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:AcmeCustom:2.0:User:badge", "value": "78"},
            {"op": "Replace", "path": "nope.x", "value": 1},
            {"op": "Replace", "path": "emails[nope eq \"x\"].value", "value": "a@b"},
            {"op": "Replace", "path": "nope[type eq \"x\"].value", "value": "a@b"},
            {"op": "Replace", "path": "name.nope", "value": "x"},
            {"op": "Remove", "path": "nope"},
            {"op": "Replace", "path": "password", "value": "secret"},
            {"op": "Replace", "path": "title", "value": "Foreman"}
        ]),
    );
    assert_eq!(changed_paths(ResourceType::USER, &ben(), &after), ["title"]);
}

#[test]
fn nothing_to_do_is_no_change() {
    for operations in [
        json!([]),
        json!([{"op": "Replace", "path": "displayName", "value": "Ben Okafor"}]),
        json!([{"op": "Add", "path": "emails", "value": [{"type": "work", "value": "BEN@contoso.example"}]},
               {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "ben@contoso.example"}]),
        json!([{"op": "remove", "path": "nickName"}]),
        json!([{"op": "remove", "path": "emails[type eq \"home\"]"}]),
        json!([{"op": "Replace", "path": "emails[type eq \"home\"].value", "value": ""}]),
        json!([{"op": "replace", "path": format!("{ENTERPRISE}:manager"), "value": ""}]),
    ] {
        assert_eq!(
            changed_paths(ResourceType::USER, &ben(), &patch(&ben(), operations.clone())),
            Vec::<String>::new(),
            "{operations}"
        );
    }
}
