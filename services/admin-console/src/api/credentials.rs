use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{ApiError, Caller, List, Query, Service};

/// What lets a directory in.
#[derive(Clone, Debug, Deserialize)]
pub struct Credential {
    /// Its name.
    pub name: String,
    /// `active`, `expiring`, `expired` or `revoked`.
    pub state: String,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Credential {
    /// Whether it lets anybody in now.
    pub fn is_usable(&self) -> bool {
        matches!(self.state.as_str(), "active" | "expiring")
    }
}

impl Caller<'_> {
    /// The credentials of an integration, those not revoked first.
    pub async fn credentials(&self, slug: &str) -> Result<List<Credential>, ApiError> {
        self.get(Service::Gateway, &["integrations", slug, "credentials"], &Query::new()).await
    }
}
