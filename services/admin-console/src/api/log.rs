use chrono::{DateTime, Utc};
use reqwest::Response;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{ApiError, Caller, List, Method, Query, Service};

/// What a request of Entra came to.
#[derive(Clone, Debug, Deserialize)]
pub struct LogEntry {
    /// Grows from entry to entry.
    pub entry_id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// `X-Request-Id` of the answer.
    pub request_id: Uuid,
    /// The bulk request that it was an operation of.
    pub bulk_request_id: Option<Uuid>,
    /// Such as `create` or `sign_in`.
    pub operation: String,
    /// `user` or `group`.
    pub kind: Option<String>,
    /// Whom it was about.
    pub scim_id: Option<Uuid>,
    /// Such as `changed` or `refused`.
    pub outcome: String,
    /// HTTP status; none of a change.
    pub status: Option<u16>,
    /// Why, in plain words.
    pub reason: Option<String>,
    /// Of a mistake in Azure's set-up, such as `no_token`.
    pub cause: Option<String>,
    /// What it changed.
    #[serde(default)]
    pub changed: Vec<Changed>,
    /// What the caller signed in with.
    pub credential_id: Option<String>,
    /// Where from.
    pub address: Option<String>,
    /// `User-Agent`.
    pub agent: Option<String>,
    /// Time until the answer.
    pub duration_ms: Option<u32>,
    /// Of a refused sign-in: what would have let the caller in.
    pub expected: Option<String>,
    /// Of a refused sign-in: what it had instead.
    pub received: Option<String>,
}

/// An attribute that changed, with its values where the integration logs them.
#[derive(Clone, Debug, Deserialize)]
pub struct Changed {
    /// Its path.
    pub attribute: String,
    /// What it was.
    pub before: Option<Value>,
    /// What it is.
    pub after: Option<Value>,
}

/// A part of the log.
#[derive(Clone, Debug, Deserialize)]
pub struct LogPart {
    /// What fits, newest first.
    #[serde(flatten)]
    pub list: List<LogEntry>,
    /// Until when the gateway looked, where it ended before the part was full.
    pub looked_back_to: Option<DateTime<Utc>>,
}

impl Caller<'_> {
    /// Entries of the provisioning log, newest first.
    pub async fn log(&self, slug: &str, query: &Query) -> Result<LogPart, ApiError> {
        self.get(Service::Gateway, &["integrations", slug, "log"], query).await
    }

    /// Those of one request.
    pub async fn log_of_request(&self, slug: &str, request: Uuid) -> Result<List<LogEntry>, ApiError> {
        let request = request.to_string();
        self.get(Service::Gateway, &["integrations", slug, "log", &request], &Query::new()).await
    }

    /// All that the filters select, as it comes.
    pub async fn log_export(&self, slug: &str, query: &Query) -> Result<Response, ApiError> {
        let request =
            self.request(Service::Gateway, Method::GET, &["integrations", slug, "log", "export"])?;
        self.send(Service::Gateway, request.query(query.pairs())).await
    }
}
