//! Whatever comes, normalising it once is enough.

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};

use super::*;

fn arbitrary_value() -> impl Strategy<Value = Value> {
    let name = || {
        prop_oneof!["value|type|primary|display|familyName|manager|department|givenName|\\$ref", "[a-z]{1,3}"]
    };
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "True|False|work|a@b|x|".prop_map(Value::from),
        ".{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..4)
                .prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}

fn arbitrary_body() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        "userName|name|emails|EMAILS|roles|active|title|addresses|x509Certificates|meta|password|photos",
        Just(ENTERPRISE.to_owned()),
        Just(format!("{ENTERPRISE}:manager")),
        ".{0,6}"
    ];
    prop::collection::btree_map(name, arbitrary_value(), 0..6).prop_map(|map| map.into_iter().collect())
}

proptest! {
    #[test]
    fn normalising_twice_changes_nothing(body in arbitrary_body()) {
        if let Ok(once) = read(body) {
            let again = Resource::from_request(ResourceType::USER, once.as_map().clone()).unwrap();
            assert_eq!(again, once);
            assert_eq!(Resource::from_stored(ResourceKind::User, once.as_map().clone()), once);
            assert_eq!(changed_paths(ResourceType::USER, &once, &again), Vec::<String>::new());
        }
    }
}
