//! A body that is accepted stays the same when it is written and read again, and keeps the limits.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scim::json;
use serde_json::{Map, Value};

fuzz_target!(|body: &[u8]| {
    let Ok(object) = json::parse(body) else { return };
    let written = serde_json::to_string(&object).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(json::parse(written.as_bytes()).as_ref(), Ok(&object), "{written}");
    assert!(depth_of(&object) <= json::MAX_DEPTH);
    assert!(!object.iter().any(|(name, value)| name.contains('\0') || has_nul(value)));
});

fn depth_of(object: &Map<String, Value>) -> usize {
    1 + object.values().map(depth).max().unwrap_or(0)
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Object(object) => depth_of(object),
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(object) => object.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}
