use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::{ApiError, Caller, List, Query, Service};

/// What the directory and the LMS disagreed about.
#[derive(Clone, Debug, Deserialize)]
pub struct Conflict {
    /// Whose value.
    pub learner_id: Uuid,
    /// Which one; none for the status.
    pub attribute: Option<String>,
    /// `reverted` or `clear_refused`.
    pub kind: String,
    /// What the LMS had.
    pub lms_value: Option<String>,
    /// What the directory said.
    pub source_value: Option<String>,
    /// The request of the directory.
    pub request_id: Uuid,
    /// When.
    pub noticed_at: DateTime<Utc>,
}

/// What an administrator should know.
#[derive(Clone, Debug, Deserialize)]
pub struct Finding {
    /// Learner whom it is about.
    pub learner_id: Option<Uuid>,
    /// What it is, in words.
    pub detail: String,
    /// When.
    pub noticed_at: DateTime<Utc>,
    /// When it held no more.
    pub resolved_at: Option<DateTime<Utc>>,
}

impl Caller<'_> {
    /// Conflicts, newest first, of everybody or of a learner.
    pub async fn conflicts(
        &self,
        slug: &str,
        learner: Option<Uuid>,
        cursor: Option<String>,
    ) -> Result<List<Conflict>, ApiError> {
        let query = Query::new()
            .with("learner", learner.map(|id| id.to_string()))
            .with("limit", "50".to_owned())
            .with("cursor", cursor);
        self.get(Service::UserSync, &["integrations", slug, "conflicts"], &query).await
    }

    /// Findings, newest first.
    pub async fn findings(&self, slug: &str, cursor: Option<String>) -> Result<List<Finding>, ApiError> {
        let query = Query::new().with("limit", "50".to_owned()).with("cursor", cursor);
        self.get(Service::UserSync, &["integrations", slug, "findings"], &query).await
    }
}
