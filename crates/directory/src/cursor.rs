use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Duration, Utc};
use scim::{ScimError, ScimType, SortValue};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Position;

/// Time within which the next page must be asked for, in seconds; `cursorTimeout` of the service provider configuration.
pub const CURSOR_SECONDS: i64 = 3_600;

/// Where a walk through a query's result has come to (RFC 9865).
///
/// It is kept by the client alone, so that any replica can go on and none has to remember. The text holds the position
/// and what ties it to its query; a forged one reaches nothing that its bearer could not ask for anyway, because the
/// tenant and the filter always come from the request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cursor {
    /// The last resource of the page before.
    pub(crate) position: Position,
    /// Matches when the walk began.
    pub(crate) total: u64,
    /// When the page before was answered.
    pub(crate) given: DateTime<Utc>,
}

/// What a cursor belongs to: tenant, collection, filter and order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QueryDigest(u64);

impl QueryDigest {
    /// Digests the parts that make a query; none of them runs into the next.
    pub(crate) fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        Self(u64::from_be_bytes(bytes))
    }
}

impl Cursor {
    /// Writes the cursor in characters that need no encoding in an address.
    pub(crate) fn to_text(&self, of: QueryDigest) -> String {
        let value = match &self.position.value {
            None => Value::Null,
            Some(SortValue::Boolean(flag)) => json!({ "b": flag }),
            Some(SortValue::Number(number)) => json!({ "n": number }),
            Some(SortValue::Instant(millis)) => json!({ "i": millis }),
            Some(SortValue::Text(text)) => json!({ "t": text }),
        };
        let content = json!([of.0, self.given.timestamp(), self.total, self.position.id.to_string(), value]);
        BASE64.encode(content.to_string())
    }

    /// Reads a cursor that was given out for the same query.
    ///
    /// # Errors
    /// 400 `invalidCursor` for any other text, all alike; 400 `expiredCursor` after [`CURSOR_SECONDS`].
    pub(crate) fn parse(text: &str, of: QueryDigest, now: DateTime<Utc>) -> Result<Self, ScimError> {
        let cursor = Self::read(text, of).ok_or_else(|| {
            ScimError::typed(ScimType::InvalidCursor, "The cursor does not belong to this query. Begin anew.")
        })?;
        if now - cursor.given > Duration::seconds(CURSOR_SECONDS) {
            let detail =
                format!("The cursor was given out more than {CURSOR_SECONDS} seconds ago. Begin anew.");
            return Err(ScimError::typed(ScimType::ExpiredCursor, detail));
        }
        Ok(cursor)
    }

    fn read(text: &str, of: QueryDigest) -> Option<Self> {
        let content: Value = serde_json::from_slice(&BASE64.decode(text).ok()?).ok()?;
        let [digest, given, total, id, value] = content.as_array()?.as_slice() else { return None };
        if digest.as_u64() != Some(of.0) {
            return None;
        }
        let value = match value {
            Value::Null => None,
            Value::Object(tagged) => Some(sort_value(tagged.iter().next()?)?),
            _ => return None,
        };
        Some(Self {
            position: Position { value, id: id.as_str()?.parse::<Uuid>().ok()? },
            total: total.as_u64()?,
            given: DateTime::from_timestamp(given.as_i64()?, 0)?,
        })
    }
}

fn sort_value((tag, value): (&String, &Value)) -> Option<SortValue> {
    match tag.as_str() {
        "b" => value.as_bool().map(SortValue::Boolean),
        "n" => value.as_f64().map(SortValue::Number),
        "i" => value.as_i64().map(SortValue::Instant),
        // What no store can hold cannot have come from one.
        "t" => {
            value.as_str().filter(|text| !text.contains('\0')).map(|text| SortValue::Text(text.to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_225_600 + second, 0).unwrap()
    }

    fn cursor(value: Option<SortValue>) -> Cursor {
        Cursor { position: Position { value, id: Uuid::from_u128(7) }, total: 25, given: at(0) }
    }

    fn refused(text: &str, of: QueryDigest, now: DateTime<Utc>) -> ScimType {
        Cursor::parse(text, of, now).unwrap_err().scim_type.unwrap()
    }

    #[test]
    fn a_cursor_is_read_back_whatever_it_stands_at() {
        let of = QueryDigest::of(&["tenant", "Users", ""]);
        for value in [
            None,
            Some(SortValue::Boolean(true)),
            Some(SortValue::Number(-1.5)),
            Some(SortValue::Instant(-62_135_596_800_000)),
            Some(SortValue::Text("søren \"x\"".to_owned())),
        ] {
            let text = cursor(value.clone()).to_text(of);
            assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~-".contains(&b)), "{text}");
            assert_eq!(Cursor::parse(&text, of, at(CURSOR_SECONDS)).unwrap(), cursor(value));
        }
    }

    #[test]
    fn a_cursor_of_another_query_is_no_better_than_any_text() {
        let of = QueryDigest::of(&["a", "b"]);
        let text = cursor(None).to_text(of);
        for parts in [vec!["a", "c"], vec!["ab"], vec!["ab", ""], vec!["x", "b"]] {
            assert_eq!(refused(&text, QueryDigest::of(&parts), at(0)), ScimType::InvalidCursor);
        }
        for text in ["zzz", "é", "W10", "bnVsbA", &text[1..]] {
            assert_eq!(refused(text, of, at(0)), ScimType::InvalidCursor);
        }
    }

    #[test]
    fn an_old_cursor_is_told_apart() {
        let of = QueryDigest::of(&["a"]);
        let text = cursor(None).to_text(of);
        assert_eq!(refused(&text, of, at(CURSOR_SECONDS + 1)), ScimType::ExpiredCursor);
    }
}
