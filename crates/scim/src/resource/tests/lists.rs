//! Multi-valued attributes.

use super::*;

#[test]
fn two_primary_entries_are_refused() {
    assert_invalid_value(
        json!({"emails": [{"value": "a@b", "primary": true}, {"value": "c@d", "primary": "true"}]}),
    );
}

#[test]
fn same_type_and_value_is_one_entry() {
    let emails = json!([
        {"type": "work", "value": "A@b.c", "primary": true},
        {"type": "WORK", "value": "a@B.c", "display": "d", "primary": false},
        {"type": "home", "value": "a@b.c"}
    ]);
    assert_eq!(
        member(json!({ "emails": emails }), "emails"),
        json!([
            {"type": "WORK", "value": "a@B.c", "primary": true, "display": "d"},
            {"type": "home", "value": "a@b.c"}
        ])
    );
}

#[test]
fn addresses_must_look_like_addresses_except_proxies() {
    for value in ["nobody", "@b", "a@", "a\n@b", &format!("{}@b.c", "x".repeat(1_024))] {
        assert_invalid_value(json!({"emails": [{"type": "work", "value": value}]}));
    }
    let proxy = json!([{"type": "Other", "value": "X500:/o=ExchangeLabs/cn=amira"}]);
    assert_eq!(member(json!({ "emails": proxy.clone() }), "emails"), proxy);
    assert!(read(json!({"locale": "??", "timezone": "Mars", "profileUrl": "x y", "phoneNumbers": [{"value": "n/a"}]})).is_ok());
}

#[test]
fn more_than_fifty_entries_are_refused() {
    let phones = |count: usize| -> Value { (0..count).map(|n| json!({"value": n.to_string()})).collect() };
    assert_eq!(member(json!({"phoneNumbers": phones(50)}), "phoneNumbers").as_array().unwrap().len(), 50);
    assert_invalid_value(json!({"phoneNumbers": phones(51)}));
    assert_invalid_value(json!({"phoneNumbers": phones(5_000)}));
}
