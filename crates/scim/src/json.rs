//! Strict reading of request bodies.
//!
//! `serde_json::Value` alone would keep the last of two equal keys in silence and take what PostgreSQL cannot store.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::error::{ScimError, excerpt};

/// Deepest nesting of objects and arrays; the outermost object counts as one.
pub const MAX_DEPTH: usize = 32;

/// Parses a request body into a JSON object.
///
/// # Errors
/// 400 `invalidSyntax` for anything but one UTF-8 JSON object without repeated keys, at most 32 levels deep and
/// with finite numbers; 400 `invalidValue` for the character U+0000.
///
/// # RFC
/// RFC 7644 §3.12. Refusing repeated keys, depth and U+0000 is our choice.
pub fn parse(body: &[u8]) -> Result<Map<String, Value>, ScimError> {
    if body.is_empty() {
        return Err(ScimError::invalid_syntax("The request needs a body with a JSON object."));
    }
    let text = std::str::from_utf8(body).map_err(|_| ScimError::invalid_syntax("The body is not UTF-8."))?;
    let refusal = Cell::new(None);
    let mut source = serde_json::Deserializer::from_str(text);
    let parsed = Strict { depth: 0, refusal: &refusal }.deserialize(&mut source);
    let value = match parsed.and_then(|value| source.end().map(|()| value)) {
        Ok(value) => value,
        Err(error) => return Err(refusal.take().unwrap_or_else(|| describe(&error))),
    };
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(ScimError::invalid_syntax("The body must be a JSON object.")),
    }
}

/// Only the place is repeated: the parser's own words may quote the body at length.
fn describe(error: &serde_json::Error) -> ScimError {
    ScimError::invalid_syntax(format!(
        "The body is not valid JSON (line {}, column {}).",
        error.line(),
        error.column()
    ))
}

/// Reads one value; `refusal` carries our own reason past the parser's error type.
#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    refusal: &'a Cell<Option<ScimError>>,
}

impl Strict<'_> {
    fn refuse<E: Error>(&self, error: ScimError) -> E {
        self.refusal.set(Some(error));
        E::custom("refused")
    }

    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(self.refuse(ScimError::invalid_syntax(format!(
                "The body nests deeper than {MAX_DEPTH} levels."
            ))));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    fn checked<E: Error>(&self, text: String) -> Result<String, E> {
        if text.contains('\0') {
            return Err(self.refuse(ScimError::invalid_value("The character U+0000 is not allowed.")));
        }
        Ok(text)
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        self.checked(value).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = source.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(key) = source.next_key::<String>()? {
            let key = self.checked(key)?;
            if object.contains_key(&key) {
                let detail = format!("The key {} appears twice in one object.", excerpt(&key));
                return Err(self.refuse(ScimError::invalid_syntax(detail)));
            }
            let value = source.next_value_seed(inner)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};
    use serde_json::json;

    use super::*;
    use crate::error::ScimType;

    fn refusal(body: &[u8]) -> ScimType {
        let error = parse(body).unwrap_err();
        assert_eq!(error.status, 400);
        assert!(error.detail.chars().count() < 200);
        error.scim_type.unwrap()
    }

    #[test]
    fn an_object_is_read_as_it_is() {
        let parsed = parse(r#"{"a":[1,-2,2.5,true,null,"é\n"],"b":{"a":""}}"#.as_bytes()).unwrap();
        assert_eq!(Value::Object(parsed), json!({"a": [1, -2, 2.5, true, null, "é\n"], "b": {"a": ""}}));
    }

    #[test]
    fn bodies_that_are_no_json_object_are_refused() {
        let bodies: [&[u8]; 12] = [
            b"",
            b"  ",
            b"{",
            b"{ \"acve\": tre, ",
            b"{} x",
            b"\xEF\xBB\xBF{}",
            b"{\"a\":\"\xFF\"}",
            br#"{"a":"\ud800"}"#,
            b"[]",
            b"\"text\"",
            b"7",
            b"null",
        ];
        for body in bodies {
            assert_eq!(refusal(body), ScimType::InvalidSyntax, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn repeated_keys_are_refused_at_every_level() {
        assert_eq!(refusal(br#"{"userName":"a","userName":"b"}"#), ScimType::InvalidSyntax);
        assert_eq!(refusal(br#"{"x":[{"a":1,"\u0061":2}]}"#), ScimType::InvalidSyntax);
    }

    #[test]
    fn nesting_is_limited_and_never_overflows_the_stack() {
        let nested =
            |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
        assert!(parse(nested(32).as_bytes()).is_ok());
        for levels in [33, 1_000, 100_000] {
            assert_eq!(refusal(nested(levels).as_bytes()), ScimType::InvalidSyntax);
        }
        assert_eq!(refusal("{\"a\":".repeat(100_000).as_bytes()), ScimType::InvalidSyntax);
    }

    #[test]
    fn numbers_beyond_range_are_refused() {
        assert_eq!(refusal(br#"{"a":1e999}"#), ScimType::InvalidSyntax);
        let digits = format!("{{\"a\":{}}}", "9".repeat(400));
        assert_eq!(refusal(digits.as_bytes()), ScimType::InvalidSyntax);
    }

    #[test]
    fn numbers_stay_the_same_when_they_are_written_and_read_again() {
        let parsed =
            parse(br#"{"a":[-0,-0.0,1E-75,0.1,31.245270191439438,1.7976931348623157e308]}"#).unwrap();
        let written = serde_json::to_string(&parsed).unwrap();
        assert_eq!(parse(written.as_bytes()).unwrap(), parsed);
    }

    #[test]
    fn the_nul_character_is_refused_in_values_and_keys() {
        assert_eq!(refusal(br#"{"a":{"b":["x\u0000y"]}}"#), ScimType::InvalidValue);
        assert_eq!(refusal(br#"{"a\u0000":1}"#), ScimType::InvalidValue);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&body);
        }

        #[test]
        fn arbitrary_punctuation_never_panics(body in r#"[\{\}\[\]":,0-9ae\\u ]{0,80}"#) {
            let _ = parse(body.as_bytes());
        }
    }
}
