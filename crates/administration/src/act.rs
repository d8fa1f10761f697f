use std::net::IpAddr;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A request of an administrator that may change something, before it is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Identifies it.
    pub id: Uuid,
    /// When it was asked for.
    pub at: DateTime<Utc>,
    /// Who asked.
    pub subject: String,
    /// Where the request came from, when that is known.
    pub address: Option<IpAddr>,
    /// HTTP method.
    pub method: String,
    /// The pattern of the path, such as `/admin/v1/integrations/{slug}/state`; the path itself when none fits.
    pub route: String,
    /// The integration that the path names; there may be none of this name.
    pub integration: Option<String>,
    /// What else the path names, joined with `/`.
    pub target: Option<String>,
}

/// How an [`Act`] ended.
#[derive(Clone, Debug, PartialEq)]
pub struct ActOutcome {
    /// HTTP status of the answer.
    pub status: u16,
    /// What was done, for whoever reads the record; null when there is no more to say than the route does.
    ///
    /// Never a secret, a token or a body of a request: it is kept, shown and exported.
    pub details: serde_json::Value,
}

/// An [`Act`] on record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedAct {
    /// Its place in the record: grows with time, and continues a list.
    pub cursor: i64,
    /// What was asked for.
    pub act: Act,
    /// How it ended; `None` when that is not known, because it is under way or broke off.
    pub outcome: Option<ActOutcome>,
}
