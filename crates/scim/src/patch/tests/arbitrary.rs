//! Whatever comes, PATCH neither panics nor leaves half a result.

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};

use super::*;

fn path() -> impl Strategy<Value = String> {
    prop_oneof![
        "title|userName|name\\.givenName|emails|roles|active|manager|phoneNumbers\\.display|externalId|id|nope",
        "(emails|roles|addresses)\\[(type|primary|value) (eq|ne|pr) ?(\"work\"|\"True\"|true)?\\](\\.(value|type|primary))?",
        Just(format!("{ENTERPRISE}:department")),
        Just(ENTERPRISE.to_owned()),
        "[a-z\\[\\]\". ]{0,12}",
        ".{0,8}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        "True|False|work|a@b|x|".prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("value|type|primary|givenName|title", inner, 0..3)
                .prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}

fn operation() -> impl Strategy<Value = Value> {
    let op = "Add|replace|Remove|add|REPLACE";
    (op, prop::option::of(path()), prop::option::weighted(0.9, value())).prop_map(|(op, path, value)| {
        let mut operation = json!({ "op": op });
        if let Some(path) = path {
            operation["path"] = json!(path);
        }
        if let Some(value) = value {
            operation["value"] = value;
        }
        operation
    })
}

fn full() -> Resource {
    user(json!({
        "title": "T", "roles": [{"value": "r", "primary": true}], "emails": [{"type": "work", "value": "a@b"}],
        ENTERPRISE: {"manager": {"value": "m"}}
    }))
}

proptest! {
    #[test]
    fn result_is_canonical_or_there_is_none(operations in prop::collection::vec(operation(), 0..5)) {
        let before = full();
        if let Ok(after) = try_patch(&before, Value::Array(operations)) {
            assert_eq!(before, full());
            assert!(after.user_name().is_some_and(|name| !name.is_empty()));
            assert_eq!(Resource::from_request(ResourceType::USER, after.as_map().clone()).unwrap(), after);
        }
    }

    #[test]
    fn failing_operation_undoes_those_before(operations in prop::collection::vec(operation(), 0..4)) {
        let mut operations = operations;
        operations.push(json!({"op": "replace", "path": "active", "value": "perhaps"}));
        assert!(try_patch(&full(), Value::Array(operations)).is_err());
    }

    #[test]
    fn lists_of_a_member_edit_share_nobody(steps in prop::collection::vec((any::<bool>(), 0..5_u8), 0..20)) {
        let operation = |(is_added, person): &(bool, u8)| {
            let op = if *is_added { "add" } else { "remove" };
            json!({"op": op, "path": "members", "value": [{"value": person.to_string()}]})
        };
        let operations: Value = steps.iter().map(operation).collect();
        let (_, edit) = request(ResourceType::GROUP, &operations).unwrap().split_members().unwrap();
        let (add, remove) = match edit {
            MemberEdit::Keep => (vec![], vec![]),
            MemberEdit::Delta { add, remove } => (add, remove),
            MemberEdit::Replace(_) => panic!("nothing was replaced"),
        };
        for person in 0..5_u8 {
            let last = steps.iter().rev().find(|(_, other)| *other == person).map(|(is_added, _)| *is_added);
            let count = |list: &[String]| list.iter().filter(|value| **value == person.to_string()).count();
            assert_eq!((count(&add), count(&remove)), (usize::from(last == Some(true)), usize::from(last == Some(false))));
        }
    }
}
