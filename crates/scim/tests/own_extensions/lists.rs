//! Lists of simple values, and lists inside entries.

use scim::{Profile, Resource, ScimType};
use serde_json::{Value, json};

use super::fixture::{PROFILES, URN, assert_refused, at, own, patch, read, try_patch, try_read};

fn tagged(profile: Profile) -> Resource {
    read(profile, json!({"tags": ["night", "crane", "dock"]}))
}

#[track_caller]
fn tags(resource: &Resource) -> Value {
    own(resource).get("tags").cloned().unwrap_or(Value::Null)
}

#[test]
fn values_are_kept_once_as_they_compare() {
    for profile in PROFILES {
        let ben = read(profile, json!({"tags": ["Night", "NIGHT", "crane", "", null], "levels": [2, 1, 2]}));
        assert_eq!(own(&ben), json!({"tags": ["Night", "crane"], "levels": [2, 1]}));
    }
}

#[test]
fn add_appends_one_or_many_and_never_twice() {
    for profile in PROFILES {
        for value in [json!("fire"), json!(["fire"]), json!(["NIGHT", "fire", "fire"])] {
            let after =
                patch(profile, &tagged(profile), json!({"op": "add", "path": at("tags"), "value": value}));
            assert_eq!(tags(&after), json!(["night", "crane", "dock", "fire"]), "{value}");
        }
        let same =
            patch(profile, &tagged(profile), json!({"op": "add", "path": at("tags"), "value": ["CRANE"]}));
        assert_eq!(same, tagged(profile));
    }
}

#[test]
fn replace_sets_the_whole_list() {
    for profile in PROFILES {
        for (value, expected) in [
            (json!(["fire"]), json!(["fire"])),
            (json!("fire"), json!(["fire"])),
            (json!([]), Value::Null),
            (json!(null), Value::Null),
            (json!(""), Value::Null),
        ] {
            let after = patch(
                profile,
                &tagged(profile),
                json!({"op": "replace", "path": at("tags"), "value": value}),
            );
            assert_eq!(tags(&after), expected, "{value}");
        }
    }
}

#[test]
fn remove_takes_all_or_those_a_condition_selects() {
    for profile in PROFILES {
        for (path, expected) in [
            ("tags", Value::Null),
            ("tags[value eq \"CRANE\"]", json!(["night", "dock"])),
            ("tags[value sw \"n\" or value eq \"dock\"]", json!(["crane"])),
            ("tags[not (value co \"n\")]", json!(["night", "crane"])),
            ("tags[value eq \"nobody\"]", json!(["night", "crane", "dock"])),
            ("tags[value pr]", Value::Null),
        ] {
            let after = patch(profile, &tagged(profile), json!({"op": "remove", "path": at(path)}));
            assert_eq!(tags(&after), expected, "{path}");
        }
        let levels = read(profile, json!({"levels": [1, 2, 3]}));
        let after = patch(profile, &levels, json!({"op": "remove", "path": at("levels[value ge 2]")}));
        assert_eq!(own(&after), json!({"levels": [1]}));
    }
}

/// Entra's default dialect names who or what goes in `value`.
#[test]
fn remove_with_values_is_entras_alone() {
    let remove = |value: Value| json!({"op": "Remove", "path": at("tags"), "value": value});
    for value in [json!(["CRANE"]), json!("crane"), json!([{"value": "crane"}])] {
        let after = patch(Profile::Entra, &tagged(Profile::Entra), remove(value.clone()));
        assert_eq!(tags(&after), json!(["night", "dock"]), "{value}");
    }
    let refused = try_patch(Profile::Strict, &tagged(Profile::Strict), json!([remove(json!(["crane"]))]));
    assert_refused(refused, ScimType::InvalidValue);
}

/// As with an empty list of entries: only the absence of a value means all.
#[test]
fn remove_with_an_empty_list_names_nothing() {
    let remove = json!({"op": "Remove", "path": at("tags"), "value": []});
    assert_eq!(patch(Profile::Entra, &tagged(Profile::Entra), remove), tagged(Profile::Entra));
}

#[test]
fn replace_of_a_selected_value() {
    for profile in PROFILES {
        let replace = |path: &str| json!({"op": "replace", "path": at(path), "value": "fire"});
        let after = patch(profile, &tagged(profile), replace("tags[value eq \"crane\"]"));
        assert_eq!(tags(&after), json!(["night", "dock", "fire"]));
        let missed = try_patch(profile, &tagged(profile), json!([replace("tags[value eq \"nobody\"]")]));
        assert_refused(missed, ScimType::NoTarget);
    }
}

/// `emails`-like wrapping of each value, as Entra writes entries.
#[test]
fn wrapped_values_are_unwrapped_in_the_entra_profile() {
    for value in [json!([{"value": "fire"}]), json!([{"value": "fire"}, {"value": "night"}])] {
        let add = json!({"op": "Add", "path": at("tags"), "value": value});
        let after = patch(Profile::Entra, &tagged(Profile::Entra), add.clone());
        assert_eq!(tags(&after), json!(["night", "crane", "dock", "fire"]));
        assert_refused(
            try_patch(Profile::Strict, &tagged(Profile::Strict), json!([add])),
            ScimType::InvalidValue,
        );
    }
}

#[test]
fn a_list_holds_fifty_values() {
    let many = |count: usize| -> Value { (0..count).map(|n| json!(n)).collect() };
    for profile in PROFILES {
        let full = read(profile, json!({"levels": many(50)}));
        assert_refused(try_read(profile, json!({"levels": many(51)})), ScimType::InvalidValue);
        let add = |value: i32| json!([{"op": "add", "path": at("levels"), "value": value}]);
        assert_refused(try_patch(profile, &full, add(50)), ScimType::InvalidValue);
        assert_eq!(try_patch(profile, &full, add(49)).unwrap(), full);
    }
}

fn sited(profile: Profile) -> Resource {
    read(
        profile,
        json!({"sites": [{"value": "dock", "tags": ["x", "y"]}, {"value": "yard", "tags": ["x"]}], "berth": {"tags": ["x", "y"]}}),
    )
}

#[test]
fn add_to_a_list_inside_entries_appends_there() {
    for profile in PROFILES {
        let add = |path: &str| json!({"op": "add", "path": at(path), "value": ["z"]});
        let sites = |resource: &Resource| own(resource)["sites"].clone();
        assert_eq!(
            sites(&patch(profile, &sited(profile), add("sites[value eq \"dock\"].tags"))),
            json!([{"value": "dock", "tags": ["x", "y", "z"]}, {"value": "yard", "tags": ["x"]}])
        );
        assert_eq!(
            sites(&patch(profile, &sited(profile), add("sites.tags"))),
            json!([{"value": "dock", "tags": ["x", "y", "z"]}, {"value": "yard", "tags": ["x", "z"]}])
        );
        assert_eq!(
            own(&patch(profile, &sited(profile), add("berth.tags")))["berth"],
            json!({"tags": ["x", "y", "z"]})
        );
    }
}

#[test]
fn remove_of_listed_values_inside_entries_leaves_the_others() {
    for path in ["sites[value eq \"dock\"].tags", "sites.tags", "berth.tags"] {
        let remove = json!({"op": "Remove", "path": at(path), "value": ["x"]});
        let after = own(&patch(Profile::Entra, &sited(Profile::Entra), remove));
        let changed = if path == "berth.tags" { &after["berth"] } else { &after["sites"][0] };
        assert_eq!(changed["tags"], json!(["y"]), "{path}");
    }
    for profile in PROFILES {
        let after = patch(
            profile,
            &sited(profile),
            json!({"op": "remove", "path": at("sites[value eq \"dock\"].tags")}),
        );
        assert_eq!(own(&after)["sites"], json!([{"value": "dock"}, {"value": "yard", "tags": ["x"]}]));
    }
}

#[test]
fn repeated_entries_are_one() {
    for profile in PROFILES {
        let again = json!({"op": "add", "path": at("sites"), "value": [{"value": "DOCK", "floors": 3}]});
        let after = patch(profile, &sited(profile), again);
        assert_eq!(own(&after)["sites"][0], json!({"value": "DOCK", "tags": ["x", "y"], "floors": 3}));
        assert_eq!(own(&after)["sites"].as_array().unwrap().len(), 2);
        assert!(after.as_map()["schemas"].as_array().unwrap().contains(&json!(URN)));
    }
}
