//! Good input, damaged: a bounded version of what the fuzz targets look for, for every test run.

use proptest::prelude::{ProptestConfig, Strategy, any, prop, proptest};
use proptest::sample::select;
use scim::members::MemberEdit;
use scim::{
    AttributePath, Filter, PatchRequest, Profile, Projection, Resource, ResourceType, ScimError, json,
};
use serde_json::{Value, json};

use super::fixture::{PATCH_OP, ben, groups, map, users};

const PROFILES: [Profile; 2] = [Profile::Entra, Profile::Strict];

const FILTERS: [&str; 7] = [
    "userName eq \"amira@contoso.example\"",
    "emails[type eq \"work\" and value co \"@example.com\"] or ims[type eq \"xmpp\" and value co \"@foo.com\"]",
    "userType ne \"Employee\" and not (emails co \"example.com\" or emails.value co \"example.org\")",
    "roles[primary eq \"True\"].value eq \"C\" and title pr",
    "meta.lastModified ge \"2011-05-13T04:42:34.1234567+02:00\"",
    "urn:example:yard:2.0:User:tags[value eq \"x\"] and urn:example:yard:2.0:User:cranes gt -1.5e3",
    "members[value eq \"2819c223\"] and displayName eq \"a\\\"b\\u00e9\"",
];

const PATHS: [&str; 8] = [
    "name.familyName",
    "emails[type eq \"work\"].value",
    "addresses[type eq \"other\" and primary eq true].Formatted",
    "members[value eq \"2819c223-7f76-453a-919d-413861904646\"]",
    "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
    "urn:example:yard:2.0:User:sites[floors gt 2].tags",
    "roles[display eq \"a]\\\"b\"].value",
];

const BODIES: [&str; 5] = [
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"emails[type eq \"work\"].value","value":"a@b"},{"op":"Add","path":"active","value":"False"}]}"#,
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"displayName":"A","name.givenName":"G","urn:example:yard:2.0:User:cranes":7,"urn:example:yard:2.0:User":{"tags":["x","z"],"load":2.5e-3}}}]}"#,
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Add","path":"members","value":[{"$ref":null,"value":"u1"},{"value":"u2"}]},{"op":"remove","path":"members[value eq \"u1\"]"}]}"#,
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Add","path":"urn:example:yard:2.0:User:sites[type eq \"home\"].tags","value":["q"]},{"op":"remove","path":"urn:example:yard:2.0:User:tags[value eq \"x\"]"}]}"#,
    r#"{"a":[1,-2,2.5e10,0.1,-0.0,true,false,null,"\u00e9\ud83c\udf93\n",{"b":{"c":[[[[]]]]}}]}"#,
];

/// What may take the place of a few bytes.
const PIECES: [&str; 24] = [
    "", "\"", "\\", "[", "]", "(", ")", "{", "}", ".", ":", ",", " ", " and ", " or ", "not (", " eq ",
    "null", "True", "1e9", "-0", "\u{e9}", "\\u0000", "urn:",
];

/// One of the inputs, with a few bytes taken out, put in, or replaced.
fn damaged(seeds: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<prop::sample::Index>(), 0..6_usize, select(PIECES.to_vec()));
    (select(seeds.to_vec()), prop::collection::vec(edit, 0..6)).prop_map(|(seed, edits)| {
        let mut bytes = seed.as_bytes().to_vec();
        for (place, length, piece) in edits {
            let start = place.index(bytes.len() + 1);
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, piece.bytes());
        }
        bytes
    })
}

fn types(profile: Profile) -> [ResourceType<'static>; 2] {
    [users(profile), groups(profile)]
}

fn assert_is_told_briefly(error: &ScimError) {
    assert!((400..500).contains(&error.status) && error.detail.chars().count() < 700, "{}", error.detail);
    assert!(!error.detail.chars().any(char::is_control), "{}", error.detail);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn filters(bytes in damaged(&FILTERS)) {
        let text = String::from_utf8_lossy(&bytes);
        for resource_type in PROFILES.into_iter().flat_map(types) {
            match Filter::parse(&text, resource_type) {
                Ok(filter) => {
                    filter.matches(ben().as_map());
                    assert_eq!(Filter::parse(&filter.to_string(), resource_type).unwrap(), filter);
                }
                Err(error) => assert_is_told_briefly(&error),
            }
        }
    }

    #[test]
    fn paths(bytes in damaged(&PATHS)) {
        let text = String::from_utf8_lossy(&bytes);
        for resource_type in PROFILES.into_iter().flat_map(types) {
            if let Some(path) = AttributePath::parse(&text, resource_type) {
                assert_eq!(AttributePath::parse(&path.to_string(), resource_type), Some(path));
            }
            let _ = Projection::parse(Some(&text), None, resource_type).unwrap().includes(&text);
            let operations = json!([{"op": "add", "path": text, "value": "x"}, {"op": "remove", "path": text}]);
            let message = map(json!({"schemas": [PATCH_OP], "Operations": operations}));
            if let Err(error) = PatchRequest::parse(resource_type, message) {
                assert_is_told_briefly(&error);
            }
        }
    }

    #[test]
    fn patch_bodies(bytes in damaged(&BODIES)) {
        let Ok(body) = json::parse(&bytes) else { return Ok(()) };
        for profile in PROFILES {
            if let Ok(Ok(after)) = PatchRequest::parse(users(profile), body.clone()).map(|request| request.apply(&ben())) {
                assert_eq!(Resource::from_request(users(profile), after.as_map().clone()).unwrap(), after);
            }
            let split = PatchRequest::parse(groups(profile), body.clone()).and_then(PatchRequest::split_members);
            if let Ok((_, MemberEdit::Delta { add, remove })) = split {
                assert!(!add.iter().any(|value| remove.contains(value)));
            }
        }
    }

    #[test]
    fn json_bodies(bytes in damaged(&BODIES)) {
        match json::parse(&bytes) {
            Ok(body) => {
                let body = Value::Object(body);
                assert_eq!(json::parse(body.to_string().as_bytes()).map(Value::Object).unwrap(), body);
                assert!(depth(&body) <= json::MAX_DEPTH);
            }
            Err(error) => assert_is_told_briefly(&error),
        }
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
