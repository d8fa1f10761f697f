//! PATCH on single values, complex values and entries.

use scim::{Profile, Resource, ScimType};
use serde_json::{Value, json};

use super::fixture::{PROFILES, URN, USER, assert_refused, at, own, patch, read, try_patch};

fn ben(profile: Profile) -> Resource {
    read(
        profile,
        json!({
            "badge": "B", "cranes": 5, "berth": {"value": "4", "depth": 12},
            "sites": [{"value": "dock", "type": "work", "primary": true, "floors": 2}, {"value": "yard", "type": "home"}]
        }),
    )
}

#[test]
fn values_are_set_by_urn_path_by_key_and_by_object() {
    for profile in PROFILES {
        for op in ["add", "replace"] {
            for operation in [
                json!({"op": op, "path": at("badge"), "value": "C"}),
                json!({"op": op, "path": at("BADGE").to_uppercase(), "value": "C"}),
                json!({"op": op, "value": {at("badge"): "C"}}),
                json!({"op": op, "value": {URN: {"badge": "C"}}}),
                json!({"op": op, "path": URN, "value": {"badge": "C"}}),
            ] {
                let mut expected = own(&ben(profile));
                expected["badge"] = json!("C");
                assert_eq!(own(&patch(profile, &ben(profile), operation.clone())), expected, "{operation}");
            }
        }
    }
}

#[test]
fn parts_of_a_complex_value_are_merged() {
    for profile in PROFILES {
        for operation in [
            json!({"op": "replace", "path": at("berth.depth"), "value": 9}),
            json!({"op": "replace", "path": at("berth"), "value": {"depth": 9}}),
            json!({"op": "add", "value": {at("berth.depth"): 9}}),
            json!({"op": "add", "value": {URN: {"berth": {"depth": 9}}}}),
        ] {
            let after = own(&patch(profile, &ben(profile), operation.clone()));
            assert_eq!(after["berth"], json!({"value": "4", "depth": 9}), "{operation}");
        }
    }
}

#[test]
fn entries_are_added_changed_and_removed() {
    for profile in PROFILES {
        let sites = |operation: Value| own(&patch(profile, &ben(profile), operation))["sites"].clone();
        let (dock, yard) = (own(&ben(profile))["sites"][0].clone(), own(&ben(profile))["sites"][1].clone());
        assert_eq!(
            sites(json!({"op": "add", "path": at("sites"), "value": [{"value": "mole", "primary": true}]})),
            json!([
                {"value": "dock", "type": "work", "primary": false, "floors": 2}, yard, {"value": "mole", "primary": true}
            ])
        );
        assert_eq!(
            sites(json!({"op": "replace", "path": at("sites[type eq \"HOME\"].floors"), "value": 1})),
            json!([dock, {"value": "yard", "type": "home", "floors": 1}])
        );
        assert_eq!(sites(json!({"op": "remove", "path": at("sites[floors gt 1]")})), json!([yard]));
        assert_eq!(
            sites(json!({"op": "remove", "path": at("sites[primary eq true].floors")}))[0],
            json!({"value": "dock", "type": "work", "primary": true})
        );
        assert_eq!(
            sites(json!({"op": "replace", "path": at("sites"), "value": [{"value": "x"}]})),
            json!([{"value": "x"}])
        );
    }
}

#[test]
fn an_entry_is_created_by_add_in_both_profiles_and_by_replace_in_entras() {
    let operation =
        |op: &str| json!([{"op": op, "path": at("sites[type eq \"other\"].value"), "value": "mole"}]);
    for (profile, op) in [(Profile::Entra, "Add"), (Profile::Entra, "Replace"), (Profile::Strict, "add")] {
        let after = try_patch(profile, &ben(profile), operation(op)).unwrap();
        assert_eq!(own(&after)["sites"][2], json!({"type": "other", "value": "mole"}));
    }
    let refused = try_patch(Profile::Strict, &ben(Profile::Strict), operation("replace"));
    assert_refused(refused, ScimType::NoTarget);
}

#[test]
fn what_an_entry_is_created_from_must_fit_too() {
    let long = "x".repeat(1_025);
    let path = at(&format!("sites[type eq \"{long}\"].value"));
    let refused =
        try_patch(Profile::Entra, &ben(Profile::Entra), json!([{"op": "Add", "path": path, "value": "m"}]));
    assert_refused(refused, ScimType::InvalidValue);
    let empty = json!([{"op": "Add", "path": at("sites[type eq \"\"].value"), "value": "m"}]);
    assert_refused(try_patch(Profile::Entra, &ben(Profile::Entra), empty), ScimType::NoTarget);
}

#[test]
fn the_last_value_takes_the_container_and_the_urn_with_it() {
    for profile in PROFILES {
        for (own_value, operations) in [
            (json!({"badge": "B"}), json!([{"op": "remove", "path": at("badge")}])),
            (json!({"badge": "B"}), json!([{"op": "replace", "path": at("badge"), "value": ""}])),
            (json!({"badge": "B"}), json!([{"op": "replace", "value": {URN: {"badge": null}}}])),
            (json!({"berth": {"depth": 1}}), json!([{"op": "remove", "path": at("berth.depth")}])),
            (json!({"berth": {"tags": ["a"]}}), json!([{"op": "remove", "path": at("berth.tags")}])),
            (json!({"tags": ["a"]}), json!([{"op": "remove", "path": at("tags[value eq \"a\"]")}])),
            (
                json!({"sites": [{"value": "dock", "type": "work"}]}),
                json!([{"op": "remove", "path": at("sites[type eq \"work\"].value")}]),
            ),
            (json!({"sites": [{"value": "dock"}]}), json!([{"op": "remove", "path": at("sites")}])),
            (json!({"badge": "B", "cranes": 1, "tags": ["a"]}), json!([{"op": "remove", "path": URN}])),
            (
                json!({"badge": "B", "cranes": 1}),
                json!([{"op": "remove", "path": at("badge")}, {"op": "remove", "path": at("cranes")}]),
            ),
        ] {
            let after = try_patch(profile, &read(profile, own_value), operations.clone()).unwrap();
            assert_eq!(
                Value::Object(after.into_map()),
                json!({"schemas": [USER], "userName": "ben", "active": true}),
                "{operations}"
            );
        }
    }
}

#[test]
fn values_must_fit_their_kind() {
    for profile in PROFILES {
        for (path, value) in [
            ("cranes", json!(1.5)),
            ("cranes", json!("many")),
            ("load", json!({})),
            ("onCall", json!("perhaps")),
            ("certifiedAt", json!("2024-13-01")),
            ("seal", json!("%%%")),
            ("levels", json!([1, 1.5])),
            ("berth", json!("4")),
            ("berth.depth", json!(1.5)),
            ("sites", json!(["dock"])),
            ("sites[type eq \"work\"].floors", json!(1.5)),
            ("sites[type eq \"work\"]", json!({"floors": 1.5})),
        ] {
            let operations = json!([{"op": "replace", "path": at(path), "value": value}]);
            assert_refused(try_patch(profile, &ben(profile), operations), ScimType::InvalidValue);
        }
    }
}

#[test]
fn entras_text_for_numbers_and_booleans_is_read() {
    let operations = json!([
        {"op": "Replace", "path": at("cranes"), "value": "6"}, {"op": "Add", "path": at("load"), "value": "2.5"},
        {"op": "Replace", "path": at("onCall"), "value": "False"}, {"op": "Add", "path": at("levels"), "value": ["1", "2"]}
    ]);
    let after = own(&try_patch(Profile::Entra, &ben(Profile::Entra), operations).unwrap());
    assert_eq!(
        (&after["cranes"], &after["load"], &after["onCall"], &after["levels"]),
        (&json!(6), &json!(2.5), &json!(false), &json!([1, 2]))
    );
}

#[test]
fn an_attribute_may_have_the_name_of_a_common_one() {
    for profile in PROFILES {
        let after =
            patch(profile, &ben(profile), json!({"op": "add", "path": at("schemas"), "value": ["s"]}));
        assert_eq!(own(&after)["schemas"], json!(["s"]));
        assert_eq!(after.as_map()["schemas"], json!([USER, URN]));
    }
}

#[test]
fn unknown_attributes_are_passed_over_or_refused() {
    let operations =
        json!([{"op": "add", "path": at("nope"), "value": 1}, {"op": "add", "path": "title", "value": "T"}]);
    let after = try_patch(Profile::Entra, &ben(Profile::Entra), operations.clone()).unwrap();
    assert_eq!(after.as_map()["title"], "T");
    assert_refused(try_patch(Profile::Strict, &ben(Profile::Strict), operations), ScimType::InvalidPath);
    // Without their URN, attributes of an extension are unknown to an RFC reader.
    let bare = json!([{"op": "add", "path": "badge", "value": "C"}]);
    assert_eq!(own(&try_patch(Profile::Entra, &ben(Profile::Entra), bare.clone()).unwrap())["badge"], "C");
    assert_refused(try_patch(Profile::Strict, &ben(Profile::Strict), bare), ScimType::InvalidPath);
}
