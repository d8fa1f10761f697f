use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

/// A place where two documents differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The place, as a JSON pointer (RFC 6901); empty for the whole document.
    pub pointer: String,
    /// What the one has there; `None` when it has nothing.
    pub here: Option<Value>,
    /// What the other has there; `None` when it has nothing.
    pub there: Option<Value>,
}

/// Where two documents differ, sorted by pointer. Objects are compared member by member, all else as a whole: there is
/// no telling which item of an array corresponds to which.
pub fn differences(here: &Value, there: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(String::new(), Some(here), Some(there), &mut found);
    found.sort_by(|one, other| one.pointer.cmp(&other.pointer));
    found
}

fn compare(pointer: String, here: Option<&Value>, there: Option<&Value>, found: &mut Vec<Difference>) {
    if let (Some(Value::Object(here)), Some(Value::Object(there))) = (here, there) {
        compare_members(&pointer, here, there, found);
    } else if here != there {
        found.push(Difference { pointer, here: here.cloned(), there: there.cloned() });
    }
}

fn compare_members(
    pointer: &str,
    here: &Map<String, Value>,
    there: &Map<String, Value>,
    found: &mut Vec<Difference>,
) {
    let names: BTreeSet<_> = here.keys().chain(there.keys()).collect();
    for name in names {
        let escaped = name.replace('~', "~0").replace('/', "~1");
        compare(format!("{pointer}/{escaped}"), here.get(name), there.get(name), found);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
    use serde_json::json;

    use super::*;

    fn difference(pointer: &str, here: Option<Value>, there: Option<Value>) -> Difference {
        Difference { pointer: pointer.to_owned(), here, there }
    }

    #[test]
    fn objects_are_compared_member_by_member_and_arrays_as_a_whole() {
        let here = json!({ "b": { "same": 1, "other": 2 }, "a": [1, 2], "gone": null });
        let there = json!({ "b": { "same": 1, "other": "2" }, "a": [2, 1], "new": {} });
        assert_eq!(
            differences(&here, &there),
            [
                difference("/a", Some(json!([1, 2])), Some(json!([2, 1]))),
                difference("/b/other", Some(json!(2)), Some(json!("2"))),
                difference("/gone", Some(Value::Null), None),
                difference("/new", None, Some(json!({}))),
            ]
        );
    }

    #[test]
    fn names_are_escaped_in_pointers() {
        let here = json!({ "urn:x/y~z": 1 });
        let found = differences(&here, &json!({}));
        assert_eq!(found, [difference("/urn:x~1y~0z", Some(json!(1)), None)]);
        assert_eq!(here.pointer(&found[0].pointer), Some(&json!(1)));
    }

    #[test]
    fn the_whole_document_may_differ() {
        assert_eq!(differences(&json!({}), &json!([])), [difference("", Some(json!({})), Some(json!([])))]);
    }

    fn document() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), (0..3).prop_map(Value::from)];
        leaf.prop_recursive(4, 24, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                proptest::collection::btree_map("[ab/~]{1,2}", inner, 0..3)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn there_is_no_difference_between_equals_and_one_between_others(here in document(), there in document()) {
            assert_eq!(differences(&here, &here.clone()), []);
            assert_eq!(differences(&here, &there).is_empty(), here == there);
        }

        #[test]
        fn every_difference_stands_where_its_pointer_says(here in document(), there in document()) {
            for found in differences(&here, &there) {
                assert_eq!(here.pointer(&found.pointer), found.here.as_ref());
                assert_eq!(there.pointer(&found.pointer), found.there.as_ref());
                assert_ne!(found.here, found.there);
            }
        }
    }
}
