use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::{ApiError, Caller, List, Query, Service};

/// What an event did to the LMS.
#[derive(Clone, Debug, Deserialize)]
pub struct Effect {
    /// Its number.
    pub effect_id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The request of the directory that it goes back to.
    pub request_id: Uuid,
    /// Such as `user.changed`.
    pub event_type: String,
    /// `user` or `group`.
    pub kind: Option<String>,
    /// The learner, when there is one.
    pub learner_id: Option<Uuid>,
    /// The cohort, when there is one.
    pub cohort_id: Option<Uuid>,
    /// Such as `updated`, `held` or `parked`.
    pub outcome: String,
    /// Names of attributes.
    #[serde(default)]
    pub changed: Vec<String>,
    /// Why, in plain words.
    pub reason: Option<String>,
}

impl Effect {
    /// What a text about the reason goes by: the outcome says it only of what the directory said.
    pub fn cause(&self) -> &str {
        if self.event_type == "recheck" { "recheck" } else { &self.outcome }
    }
}

impl Caller<'_> {
    /// What came of a request in the LMS, newest first.
    pub async fn effects_of_request(&self, slug: &str, request: Uuid) -> Result<List<Effect>, ApiError> {
        let query = Query::new().with("request_id", request.to_string());
        self.get(Service::UserSync, &["integrations", slug, "effects"], &query).await
    }

    /// What happened to a learner, newest first.
    pub async fn effects_of_learner(
        &self,
        slug: &str,
        learner: Uuid,
        query: Query,
    ) -> Result<List<Effect>, ApiError> {
        let query = query.with("learner_id", learner.to_string());
        self.get(Service::UserSync, &["integrations", slug, "effects"], &query).await
    }
}
