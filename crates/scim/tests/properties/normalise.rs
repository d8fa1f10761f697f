//! Normalising once is enough.

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use proptest::sample::select;
use scim::{Resource, changed_paths};
use serde_json::{Value, json};

use super::fixture::{ENTERPRISE, URN, profile, read, users};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(vec!["True", "5", "2.5", "AQID", "2026-01-31T08:00:00Z", "work", "a@b", "x", "X", ""])
            .prop_map(Value::from),
        // U+0000 never gets past `json::parse`.
        "[^\\x00]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let name = select(vec![
            "value", "type", "primary", "PRIMARY", "floors", "depth", "tags", "badge", "cranes", "load",
            "since", "seal", "berth", "sites", "code",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..5)
                .prop_map(|map| map.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Value>()),
        ]
    })
}

fn body() -> impl Strategy<Value = Value> {
    let own = select(vec![
        "badge",
        "code",
        "cranes",
        "load",
        "since",
        "seal",
        "tags",
        "berth",
        "berth.depth",
        "sites",
        "Tags",
        "nope",
    ]);
    let name = prop_oneof![
        select(vec![
            "active".to_owned(),
            "emails".to_owned(),
            "name".to_owned(),
            "title".to_owned(),
            URN.to_owned(),
            URN.to_uppercase(),
            ENTERPRISE.to_owned()
        ]),
        own.prop_map(|name| format!("{URN}:{name}")),
    ];
    prop::collection::btree_map(name, value(), 0..6).prop_map(|map| map.into_iter().collect())
}

proptest! {
    #[test]
    fn twice_is_once(profile in profile(), body in body()) {
        if let Ok(once) = read(profile, body) {
            let again = Resource::from_request(users(profile), once.as_map().clone()).unwrap();
            assert_eq!(again, once);
            assert_eq!(changed_paths(users(profile), &once, &again), Vec::<String>::new());
            // A PUT of what is there changes nothing either.
            assert_eq!(once.replaced_by(users(profile), once.as_map().clone()).unwrap(), once);
        }
    }

    #[test]
    fn what_was_stored_as_text_is_the_same_when_it_is_read(profile in profile(), body in body()) {
        if let Ok(resource) = read(profile, body) {
            let text = Value::Object(resource.as_map().clone()).to_string();
            let map = scim::json::parse(text.as_bytes()).unwrap();
            assert_eq!(Resource::from_stored(resource.kind(), map), resource);
        }
    }

    #[test]
    fn both_profiles_agree_on_what_strict_takes(body in body()) {
        if let Ok(strict) = read(scim::Profile::Strict, body.clone()) {
            assert_eq!(read(scim::Profile::Entra, body).unwrap(), strict);
        }
    }

    #[test]
    fn schemas_name_what_is_there(profile in profile(), body in body()) {
        if let Ok(resource) = read(profile, body) {
            let document = resource.as_map();
            for urn in [ENTERPRISE, URN] {
                assert_eq!(document["schemas"].as_array().unwrap().contains(&json!(urn)), document.contains_key(urn));
            }
        }
    }
}
