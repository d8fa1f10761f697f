use std::collections::BTreeMap;

use diesel::Queryable;
use events::{EventId, Message};

use crate::id::Id;

/// A parked event as it came.
#[derive(Queryable)]
pub(crate) struct ParkedMessageRow {
    event_id: Id,
    routing_key: String,
    content_type: String,
    attributes: String,
    body: Vec<u8>,
}

impl ParkedMessageRow {
    pub(crate) fn message(self) -> Result<Message, serde_json::Error> {
        let attributes: BTreeMap<String, String> = serde_json::from_str(&self.attributes)?;
        Ok(Message {
            id: EventId(self.event_id.0),
            routing_key: self.routing_key,
            attributes,
            content_type: self.content_type,
            body: self.body,
        })
    }
}
