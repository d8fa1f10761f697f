//! `attributes`, `excludedAttributes`, and what an attribute's own `returned` says.

use scim::{Profile, Projection, ScimError, ScimType, Sort, SortValue};
use serde_json::{Map, Value, json};

use super::fixture::{PROFILES, URN, USER, at, harbour, map, read};

fn document(profile: Profile) -> Map<String, Value> {
    let own = json!({
        "badge": "B", "notes": "n", "unit": "u", "tags": ["a"], "berth": {"value": "4", "depth": 1},
        "sites": [{"value": "dock", "floors": 2}]
    });
    let mut document = read(profile, own).into_map();
    document.insert("id".to_owned(), json!("1"));
    document
}

fn projected(profile: Profile, attributes: Option<&str>, excluded: Option<&str>) -> Value {
    let mut document = document(profile);
    Projection::parse(attributes, excluded, harbour(profile)).unwrap().apply(&mut document);
    Value::Object(document)
}

#[test]
fn by_default_all_but_what_must_be_asked_for() {
    for profile in PROFILES {
        let answer = projected(profile, None, None);
        assert_eq!(answer[URN].get("notes"), None);
        assert_eq!(
            answer[URN],
            json!({"badge": "B", "unit": "u", "tags": ["a"], "berth": {"value": "4", "depth": 1}, "sites": [{"value": "dock", "floors": 2}]})
        );
    }
}

#[test]
fn asked_ones_come_with_what_is_always_returned() {
    for profile in PROFILES {
        for (asked, own) in [
            (at("badge"), json!({"badge": "B", "unit": "u"})),
            (at("BADGE").to_lowercase(), json!({"badge": "B", "unit": "u"})),
            (at("notes"), json!({"notes": "n", "unit": "u"})),
            (at("tags"), json!({"tags": ["a"], "unit": "u"})),
            (at("berth.depth"), json!({"berth": {"depth": 1}, "unit": "u"})),
            (at("sites.value"), json!({"sites": [{"value": "dock"}], "unit": "u"})),
            ("userName".to_owned(), json!({"unit": "u"})),
        ] {
            let answer = projected(profile, Some(&asked), None);
            assert_eq!(answer[URN], own, "{asked}");
            assert_eq!((&answer["id"], &answer["schemas"]), (&json!("1"), &json!([USER, URN])));
        }
    }
}

/// The URN asks for all of it, also for what is not returned by default.
#[test]
fn the_urn_stands_for_the_whole_extension() {
    for profile in PROFILES {
        assert_eq!(projected(profile, Some(URN), None)[URN], document(profile)[URN]);
        assert_eq!(projected(profile, None, Some(URN))[URN], json!({"unit": "u"}));
    }
}

#[test]
fn excluded_ones_go_unless_always_returned() {
    for profile in PROFILES {
        let names = format!("{}, {}, {},{}", at("badge"), at("unit"), at("berth.value"), at("sites"));
        assert_eq!(
            projected(profile, None, Some(&names))[URN],
            json!({"unit": "u", "tags": ["a"], "berth": {"depth": 1}})
        );
        // Not returned by default stays out although it was not excluded.
        assert_eq!(projected(profile, None, Some("title"))[URN].get("notes"), None);
    }
}

fn sort(profile: Profile, name: &str) -> Result<Sort, ScimError> {
    Sort::parse(Some(name), None, harbour(profile)).map(Option::unwrap)
}

#[test]
fn people_are_sorted_by_any_kind_with_an_order() {
    for profile in PROFILES {
        let ben = read(
            profile,
            json!({
                "badge": "B", "onCall": true, "cranes": 5, "load": 2.5, "certifiedAt": "1970-01-01T01:00:01+01:00", "tags": ["Z", "a"],
                "sites": [{"value": "x", "floors": 1}, {"value": "y", "floors": 2, "primary": true}]
            }),
        );
        for (name, value) in [
            ("badge", SortValue::Text("b".to_owned())),
            ("onCall", SortValue::Boolean(true)),
            ("cranes", SortValue::Number(5.0)),
            ("load", SortValue::Number(2.5)),
            ("certifiedAt", SortValue::Instant(1_000)),
            ("tags", SortValue::Text("z".to_owned())),
            ("sites", SortValue::Text("y".to_owned())),
            ("sites.floors", SortValue::Number(2.0)),
        ] {
            assert_eq!(sort(profile, &at(name)).unwrap().value_of(ben.as_map()), Some(value), "{name}");
        }
        for name in ["seal", "nope", "sites.nope"] {
            assert_eq!(
                sort(profile, &at(name)).unwrap_err().scim_type,
                Some(ScimType::InvalidValue),
                "{name}"
            );
        }
        assert_eq!(sort(profile, &at("unit")).unwrap().value_of(&map(json!({}))), None);
    }
}
