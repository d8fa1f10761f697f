use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{ApiError, Caller, Order, Query, Service};

/// Somebody does not follow the directory for a time.
#[derive(Clone, Debug, Deserialize)]
pub struct Exemption {
    /// Why.
    pub reason: String,
    /// Until when.
    pub ends_at: DateTime<Utc>,
    /// Who decided it.
    pub granted_by: String,
    /// When.
    pub granted_at: DateTime<Utc>,
}

impl Caller<'_> {
    /// The exemption of a learner; none when there is none.
    pub async fn exemption(&self, slug: &str, learner: Uuid) -> Result<Option<Exemption>, ApiError> {
        let learner = learner.to_string();
        let path = ["integrations", slug, "learners", &learner, "exemption"];
        self.get(Service::UserSync, &path, &Query::new()).await.map(Some).or_else(ApiError::or_none)
    }

    /// Exempts a learner, or changes reason and end.
    pub async fn exempt(
        &self,
        slug: &str,
        learner: Uuid,
        reason: &str,
        ends_at: DateTime<Utc>,
    ) -> Result<(), ApiError> {
        let learner = learner.to_string();
        let path = ["integrations", slug, "learners", &learner, "exemption"];
        let ends_at = ends_at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let order = Order::new(Service::UserSync, Method::PUT, &path);
        self.act(order.with(json!({ "reason": reason, "ends_at": ends_at }))).await
    }

    /// Ends an exemption now.
    pub async fn end_exemption(&self, slug: &str, learner: Uuid) -> Result<(), ApiError> {
        let learner = learner.to_string();
        let path = ["integrations", slug, "learners", &learner, "exemption"];
        self.act(Order::new(Service::UserSync, Method::DELETE, &path)).await
    }
}
