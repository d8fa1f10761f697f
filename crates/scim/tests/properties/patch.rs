//! Laws of PATCH (RFC 7644 §3.5.2).

use proptest::prelude::{Strategy, prop, prop_oneof, proptest};
use proptest::sample::select;
use scim::changed_paths;
use serde_json::{Value, json};

use super::fixture::{ENTERPRISE, URN, ben, patch, profile, users};

/// A path to a value that no other one depends on, with values for it: fitting, empty and unfitting.
fn whole_target() -> impl Strategy<Value = (String, Value)> {
    let text = || select(vec![json!("a"), json!("B"), json!(""), json!(null), json!(7)]);
    let texts = || select(vec![json!(["x"]), json!(["X", "z"]), json!("z"), json!([]), json!([1])]);
    let number = || select(vec![json!(5), json!(0), json!(1.5), json!(null), json!("5")]);
    let emails = || {
        select(vec![
            json!([{"type": "work", "value": "a@b"}]),
            json!([{"type": "other", "value": "c@d", "primary": true}]),
            json!([{"value": "e@f", "display": "E"}, {"value": "E@F"}]),
            json!([{"value": "a@b", "primary": true}, {"value": "c@d", "primary": true}]),
            json!([]),
            json!(["a@b"]),
        ])
    };
    let own = |name: &str| format!("{URN}:{name}");
    prop_oneof![
        (
            select(vec![
                "title".to_owned(),
                "name.givenName".to_owned(),
                own("badge"),
                own("code"),
                format!("{ENTERPRISE}:department")
            ]),
            text()
        ),
        (select(vec![own("tags"), own("berth.tags")]), texts()),
        (select(vec![own("cranes"), own("berth.depth"), own("load")]), number()),
        (select(vec!["emails".to_owned(), "EMAILS".to_owned()]), emails()),
        (
            select(vec!["name".to_owned()]),
            select(vec![json!({"givenName": "H"}), json!({"middleName": ""}), json!("x")])
        ),
        (
            select(vec!["active".to_owned()]),
            select(vec![json!(true), json!(false), json!("False"), json!("perhaps")])
        ),
        (
            select(vec![URN.to_owned()]),
            select(vec![json!({"badge": "C", "tags": ["q"]}), json!({"cranes": 1.5}), json!({})])
        ),
    ]
}

/// A path that selects entries by what the operation leaves as it is.
fn selecting_target() -> impl Strategy<Value = (String, Value)> {
    let entries = ["work", "home", "other"].map(|kind| format!("emails[type eq \"{kind}\"]"));
    let sites = format!("{URN}:sites[type eq \"work\"]");
    prop_oneof![
        (
            select(entries.to_vec()),
            select(vec![".value", ".display"]),
            select(vec![json!("x@y"), json!(""), json!(7)])
        ),
        (
            select(vec![sites.clone()]),
            select(vec![".value", ".tags"]),
            select(vec![json!("z"), json!("X"), json!(null)])
        ),
        (select(vec![sites]), select(vec![".floors"]), select(vec![json!(2), json!(1.5)])),
    ]
    .prop_map(|(entries, part, value)| (format!("{entries}{part}"), value))
}

fn operation(target: impl Strategy<Value = (String, Value)>) -> impl Strategy<Value = Value> {
    (select(vec!["add", "replace", "remove"]), target).prop_map(|(op, (path, value))| match op {
        "remove" => json!({"op": op, "path": path}),
        _ => json!({"op": op, "path": path, "value": value}),
    })
}

fn any_operation() -> impl Strategy<Value = Value> {
    operation(prop_oneof![whole_target().boxed(), selecting_target().boxed()])
}

/// Operations that fail wherever they stand.
fn bad_operation() -> impl Strategy<Value = Value> {
    select(vec![
        json!({"op": "move", "path": "title"}),
        json!({"op": "remove"}),
        json!({"op": "replace", "path": "active", "value": "perhaps"}),
        json!({"op": "replace", "path": "id", "value": "x"}),
        json!({"op": "remove", "path": "userName"}),
        json!({"op": "add", "path": "emails[", "value": "x"}),
        json!({"op": "add", "path": "emails[type zz \"x\"].value", "value": "x"}),
        json!({"op": "replace", "path": format!("{URN}:cranes"), "value": 1.5}),
        json!({"op": "replace", "path": format!("{URN}:tags[value eq \"nobody\"]"), "value": "x"}),
        json!({"op": "add", "path": "emails", "value": [{"value": "no address"}]}),
        json!("add"),
    ])
}

proptest! {
    #[test]
    fn all_or_nothing(profile in profile(), good in prop::collection::vec(any_operation(), 0..4), bad in bad_operation(), rest in prop::collection::vec(any_operation(), 0..2)) {
        let before = ben();
        let operations: Vec<Value> = good.into_iter().chain([bad]).chain(rest).collect();
        assert!(patch(profile, &before, &operations).is_err());
        assert_eq!(before, ben());
    }

    #[test]
    fn the_same_operation_twice_is_the_same_as_once(profile in profile(), operation in any_operation()) {
        if let Ok(once) = patch(profile, &ben(), std::slice::from_ref(&operation)) {
            let twice = patch(profile, &once, std::slice::from_ref(&operation)).unwrap();
            assert_eq!(changed_paths(users(profile), &once, &twice), Vec::<String>::new(), "{operation}");
            let in_one = patch(profile, &ben(), &[operation.clone(), operation.clone()]).unwrap();
            assert_eq!(changed_paths(users(profile), &once, &in_one), Vec::<String>::new(), "{operation}");
        }
    }

    /// Entries under a condition are left out: an entry that only has a type is kept within one request, so that the
    /// next operation can fill it, and dropped at its end.
    #[test]
    fn one_request_does_what_several_do(profile in profile(), operations in prop::collection::vec(operation(whole_target()), 1..5)) {
        let together = patch(profile, &ben(), &operations);
        let one_by_one = operations.iter().try_fold(ben(), |state, operation| patch(profile, &state, std::slice::from_ref(operation)));
        match (together, one_by_one) {
            (Ok(together), Ok(one_by_one)) => assert_eq!(changed_paths(users(profile), &together, &one_by_one), Vec::<String>::new()),
            (together, one_by_one) => assert_eq!(together.is_err(), one_by_one.is_err(), "{operations:?}"),
        }
    }

    #[test]
    fn the_result_is_canonical(profile in profile(), operations in prop::collection::vec(any_operation(), 0..6)) {
        if let Ok(after) = patch(profile, &ben(), &operations) {
            let again = scim::Resource::from_request(users(profile), after.as_map().clone()).unwrap();
            assert_eq!(again, after);
        }
    }

    #[test]
    fn what_was_removed_is_gone(profile in profile(), path in whole_target().prop_map(|(path, _)| path)) {
        if let Ok(after) = patch(profile, &ben(), &[json!({"op": "remove", "path": path})]) {
            let listed = |name: &str| after.as_map()["schemas"].as_array().unwrap().contains(&json!(name));
            for urn in [ENTERPRISE, URN] {
                assert_eq!(listed(urn), after.as_map().contains_key(urn));
            }
            assert!(!after.as_map().values().any(|value| value == &json!({}) || value == &json!([])));
        }
    }
}
