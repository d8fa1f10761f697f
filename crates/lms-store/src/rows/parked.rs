use std::collections::BTreeMap;

use events::{EventId, Message};
use serde::Deserialize;
use uuid::Uuid;

/// A parked event as it came.
#[derive(Debug, Deserialize)]
pub(crate) struct ParkedMessageRow {
    event_id: Uuid,
    routing_key: String,
    content_type: String,
    attributes: String,
    body_hex: String,
}

/// The table holds bytes that are not spelled as such.
#[derive(Debug, thiserror::Error)]
#[error("a parked event holds a malformed body")]
pub(crate) struct MalformedBody;

impl ParkedMessageRow {
    pub(crate) fn message(self) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
        let attributes: BTreeMap<String, String> = serde_json::from_str(&self.attributes)?;
        Ok(Message {
            id: EventId(self.event_id),
            routing_key: self.routing_key,
            attributes,
            content_type: self.content_type,
            body: read_hex(&self.body_hex).ok_or(MalformedBody)?,
        })
    }
}

fn read_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let pairs = digits?;
    let mut bytes = Vec::with_capacity(pairs.len() / 2);
    for pair in pairs.chunks(2) {
        let [high, low] = pair else { return None };
        bytes.push(high * 16 + low);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_from_hexadecimal_digits() {
        assert_eq!(read_hex("00ff7b"), Some(vec![0, 255, 123]));
        assert_eq!(read_hex(""), Some(vec![]));
        assert_eq!(read_hex("0"), None);
        assert_eq!(read_hex("0g"), None);
    }
}
