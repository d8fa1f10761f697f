//! POST and PUT.

use scim::{Profile, ScimType, changed_paths, unknown_attributes};
use serde_json::{Value, json};

use super::fixture::{PROFILES, URN, USER, assert_refused, at, body, harbour, map, own, read, try_read};

#[test]
fn every_kind_is_kept_as_sent() {
    let all = json!({
        "badge": "B-7", "code": "aB", "onCall": false, "cranes": 5, "load": 2.5, "certifiedAt": "2026-01-31T08:00:00+01:00",
        "page": "https://harbour.example/ben", "seal": "AQID", "tags": ["night", "crane"], "levels": [3, -1],
        "berth": {"value": "4", "depth": 12, "tags": ["a"]},
        "sites": [{"value": "dock", "type": "work", "primary": true, "floors": 2, "tags": ["x", "y"]}],
        "hiredAt": "2020-02-29T00:00:00Z", "origins": ["Leeds"], "union": {"number": "1", "branch": "N"},
        "notes": "n", "unit": "u", "schemas": ["s"]
    });
    for profile in PROFILES {
        let ben = read(profile, all.clone());
        assert_eq!(own(&ben), all);
        assert_eq!(ben.as_map()["schemas"], json!([USER, URN]));
    }
}

/// Entra leaves the URN out of `schemas` (its documentation says so for custom attributes).
#[test]
fn the_urn_need_not_be_named_in_schemas() {
    for profile in PROFILES {
        let sent =
            map(json!({"schemas": [USER], "userName": "ben", at("badge"): "B-7", at("berth.value"): "4"}));
        let ben = scim::Resource::from_request(harbour(profile), sent).unwrap();
        assert_eq!(own(&ben), json!({"badge": "B-7", "berth": {"value": "4"}}));
        assert_eq!(ben.as_map()["schemas"], json!([USER, URN]));
    }
}

#[test]
fn names_come_in_any_letter_case() {
    for profile in PROFILES {
        let sent = json!({"schemas": [USER, URN.to_uppercase()], "userName": "ben", URN.to_uppercase(): {"BADGE": "B", "Sites": [{"VALUE": "d", "Floors": 1}]}});
        let ben = scim::Resource::from_request(harbour(profile), map(sent)).unwrap();
        assert_eq!(own(&ben), json!({"badge": "B", "sites": [{"value": "d", "floors": 1}]}));
    }
}

#[test]
fn nothing_in_any_form_leaves_no_trace() {
    for profile in PROFILES {
        let ben = read(
            profile,
            json!({
                "badge": "", "cranes": null, "load": "", "onCall": null, "certifiedAt": "", "seal": null, "tags": [],
                "levels": null, "berth": {"value": "", "tags": []}, "sites": [{}, null, {"tags": []}], "union": {}
            }),
        );
        assert_eq!(
            Value::Object(ben.into_map()),
            json!({"schemas": [USER], "userName": "ben", "active": true})
        );
    }
}

#[test]
fn integers_have_no_fraction_and_no_exponent() {
    for profile in PROFILES {
        for value in [
            json!(5),
            json!(0),
            json!(-3),
            json!(9_007_199_254_740_991_i64),
            json!(-9_007_199_254_740_991_i64),
        ] {
            assert_eq!(own(&read(profile, json!({ "cranes": value })))["cranes"], value);
        }
        let exponent: Value = serde_json::from_str("1e2").unwrap();
        for value in [
            json!(1.5),
            json!(5.0),
            exponent,
            json!(9_007_199_254_740_992_i64),
            json!(u64::MAX),
            json!(true),
            json!([1, 2]),
            json!({}),
        ] {
            assert_refused(try_read(profile, json!({"cranes": value.clone()})), ScimType::InvalidValue);
        }
    }
}

#[test]
fn numbers_as_text_are_entras_alone() {
    assert_eq!(
        own(&read(Profile::Entra, json!({"cranes": "5", "load": "2.5"}))),
        json!({"cranes": 5, "load": 2.5})
    );
    assert_eq!(
        own(&read(Profile::Entra, json!({"onCall": "True", "levels": ["1", 1, 2]}))),
        json!({"onCall": true, "levels": [1, 2]})
    );
    for sent in [
        json!({"cranes": "1.5"}),
        json!({"cranes": "five"}),
        json!({"load": "NaN"}),
        json!({"load": "1e999"}),
    ] {
        assert_refused(try_read(Profile::Entra, sent), ScimType::InvalidValue);
    }
    for sent in
        [json!({"cranes": "5"}), json!({"load": "2.5"}), json!({"onCall": "True"}), json!({"badge": ["B"]})]
    {
        assert_refused(try_read(Profile::Strict, sent), ScimType::InvalidValue);
    }
}

#[test]
fn a_decimal_written_without_fraction_is_the_same_decimal() {
    for profile in PROFILES {
        let (one, other) = (read(profile, json!({"load": 5})), read(profile, json!({"load": 5.0})));
        assert_eq!(changed_paths(harbour(profile), &one, &other), Vec::<String>::new());
    }
}

/// A number that came out of the store must be the number that went in, or each sync would change it again.
#[test]
fn decimals_survive_being_written_as_text() {
    for text in ["31.245270191439438", "121.48791951161945", "0.1", "1e-7", "179769313486231570000e280"] {
        let sent = format!("{{\"schemas\":[\"{USER}\"],\"userName\":\"ben\",\"{URN}\":{{\"load\":{text}}}}}");
        let once = scim::json::parse(sent.as_bytes()).unwrap();
        let again = scim::json::parse(Value::Object(once.clone()).to_string().as_bytes()).unwrap();
        assert_eq!(once, again, "{text}");
    }
}

#[test]
fn dates_are_whole_and_real() {
    for profile in PROFILES {
        for text in ["2026-01-31T08:00:00Z", "2026-01-31T08:00:00.1234567-05:30", "0001-01-01T00:00:00Z"] {
            assert_eq!(own(&read(profile, json!({ "certifiedAt": text })))["certifiedAt"], text);
        }
        for text in [
            "2024-13-01",
            "2024-13-01T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2024-01-01",
            "2024-01-01T00:00:00",
            "today",
            "2024-01-01T25:00:00Z",
            "2024-01-01 00:00:00Z",
            "2024-01-01t00:00:00z",
        ] {
            assert_refused(try_read(profile, json!({ "certifiedAt": text })), ScimType::InvalidValue);
        }
        assert_refused(try_read(profile, json!({"certifiedAt": 1_700_000_000})), ScimType::InvalidValue);
    }
}

#[test]
fn binary_values_are_base64() {
    for profile in PROFILES {
        for text in ["AQID", "AQI=", "AQ==", "+/+/"] {
            assert_eq!(own(&read(profile, json!({ "seal": text })))["seal"], text);
        }
        for text in ["%%%", "AQI", "A===", "====", "AQ=D", "-_-_", "AQ ID"] {
            assert_refused(try_read(profile, json!({ "seal": text })), ScimType::InvalidValue);
        }
    }
}

#[test]
fn wrong_shapes_are_refused() {
    for profile in PROFILES {
        for sent in [
            json!({"badge": 7}),
            json!({"tags": "night"}),
            json!({"tags": [["night"]], "levels": [[1, 2]]}),
            json!({"tags": [{"value": "night"}]}),
            json!({"berth": "4"}),
            json!({"berth": [{"value": "4"}]}),
            json!({"sites": {"value": "dock"}}),
            json!({"sites": ["dock"]}),
            json!({"sites": [{"tags": "x"}]}),
            json!({"sites": [{"value": "a", "primary": true}, {"value": "b", "primary": true}]}),
            json!({"page": true}),
        ] {
            assert_refused(try_read(profile, sent), ScimType::InvalidValue);
        }
        assert_refused(
            scim::Resource::from_request(
                harbour(profile),
                map(json!({"schemas": [USER], "userName": "a", URN: 5})),
            ),
            ScimType::InvalidValue,
        );
    }
}

#[test]
fn unknown_names_are_passed_over_and_counted() {
    let sent = body(json!({"badge": "B", "nope": 1, "berth": {"nope": 2, "value": "4"}}));
    assert_eq!(unknown_attributes(harbour(Profile::Entra), &sent), 1);
    assert_eq!(
        own(&scim::Resource::from_request(harbour(Profile::Entra), sent).unwrap()),
        json!({"badge": "B", "berth": {"value": "4"}})
    );
}

#[test]
fn bare_names_in_a_body_belong_to_the_base_schema() {
    let sent = map(json!({"schemas": [USER], "userName": "ben", "badge": "B"}));
    for profile in PROFILES {
        assert_eq!(own(&scim::Resource::from_request(harbour(profile), sent.clone()).unwrap()), Value::Null);
    }
}

/// The integration may have added the schema while the request was on its way.
#[test]
fn data_of_a_schema_that_a_change_does_not_know_stays() {
    let ben = read(Profile::Entra, json!({"badge": "B"}));
    let message = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "add", "path": "title", "value": "T"}]
    });
    let after =
        scim::PatchRequest::parse(scim::ResourceType::USER, map(message)).unwrap().apply(&ben).unwrap();
    assert_eq!(
        (own(&after), &after.as_map()["schemas"], &after.as_map()["title"]),
        (json!({"badge": "B"}), &json!([USER, URN]), &json!("T"))
    );
}
