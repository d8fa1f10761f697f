//! The order of a sorted list.

use std::cmp::Ordering;

use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};
use scim::{Profile, Sort, SortValue};

use super::fixture::users;

/// Values of one attribute are of one kind; a few small ones, so that ties happen.
fn column() -> impl Strategy<Value = Vec<(Option<SortValue>, u8)>> {
    let of = |value: proptest::strategy::BoxedStrategy<SortValue>| {
        prop::collection::vec((prop::option::weighted(0.8, value), 0..4_u8), 3..8)
    };
    prop_oneof![
        of("[ab]{0,2}".prop_map(SortValue::Text).boxed()),
        of(prop_oneof![(-2..3_i8).prop_map(f64::from).boxed(), proptest::strategy::Just(-0.0).boxed()]
            .prop_map(SortValue::Number)
            .boxed()),
        of(any::<bool>().prop_map(SortValue::Boolean).boxed()),
        of((-2..3_i64).prop_map(SortValue::Instant).boxed()),
    ]
}

proptest! {
    #[test]
    fn the_order_is_total(rows in column(), descending in any::<bool>()) {
        let order = if descending { "descending" } else { "ascending" };
        let sort = Sort::parse(Some("title"), Some(order), users(Profile::Entra)).unwrap().unwrap();
        let compare = |one: &(Option<SortValue>, u8), other: &(Option<SortValue>, u8)| {
            sort.compare((one.0.as_ref(), one.1), (other.0.as_ref(), other.1))
        };
        for a in &rows {
            for b in &rows {
                assert_eq!(compare(a, b), compare(b, a).reverse());
                // Only what is the same row ties, so that pages never overlap.
                assert_eq!(compare(a, b) == Ordering::Equal, a == b);
                for c in &rows {
                    if compare(a, b).is_le() && compare(b, c).is_le() {
                        assert!(compare(a, c).is_le(), "{a:?} {b:?} {c:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_directions_are_opposite_but_for_ids(rows in column()) {
        let sort = |order| Sort::parse(Some("title"), Some(order), users(Profile::Entra)).unwrap().unwrap();
        for a in &rows {
            for b in &rows {
                let by = |order| sort(order).compare((a.0.as_ref(), 0), (b.0.as_ref(), 0));
                assert_eq!(by("ascending"), by("descending").reverse());
            }
        }
    }
}
