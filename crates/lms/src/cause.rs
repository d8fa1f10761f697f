use chrono::{DateTime, Utc};
use events::Envelope;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a decision came from: the event, and the SCIM request behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cause {
    /// The event.
    pub event: Uuid,
    /// The SCIM request that the directory committed the change for.
    pub request: Uuid,
    /// When the directory committed it.
    pub at: DateTime<Utc>,
}

impl From<&Envelope> for Cause {
    fn from(envelope: &Envelope) -> Self {
        Self { event: envelope.id.0, request: envelope.txn, at: envelope.time }
    }
}
