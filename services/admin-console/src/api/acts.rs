use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{ApiError, Caller, List, Query, Service};

/// What an administrator asked for.
#[derive(Clone, Debug, Deserialize)]
pub struct Act {
    /// Its id, the same wherever it is shown.
    pub act_id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub subject: String,
    /// From where.
    pub address: Option<String>,
    /// Method of the request.
    pub method: String,
    /// Pattern of its path.
    pub route: String,
    /// What else the path named.
    pub target: Option<String>,
    /// Status of the answer; none when it is not known how it ended.
    pub status: Option<u16>,
    /// What was done.
    #[serde(default)]
    pub details: Value,
}

impl Caller<'_> {
    /// Acts that a service has on record for an integration, newest first.
    pub async fn acts(
        &self,
        service: Service,
        slug: &str,
        cursor: Option<String>,
    ) -> Result<List<Act>, ApiError> {
        let name = match service {
            Service::Gateway => "audit",
            Service::UserSync => "lms-audit",
        };
        let query = Query::new().with("limit", "50".to_owned()).with("cursor", cursor);
        self.get(service, &["integrations", slug, name], &query).await
    }
}
