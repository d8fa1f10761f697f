use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{ApiError, Caller, List, Order, Query, Service};

/// Personal data of a learner are to be erased, or were.
#[derive(Clone, Debug, Deserialize)]
pub struct Erasure {
    /// Whose.
    pub learner_id: Uuid,
    /// Why.
    pub reason: String,
    /// Who asked for it.
    pub requested_by: String,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// Who confirmed it.
    pub confirmed_by: Option<String>,
    /// When.
    pub confirmed_at: Option<DateTime<Utc>>,
}

impl Caller<'_> {
    /// Erasures that wait for another person, newest first.
    pub async fn erasures(&self, slug: &str, cursor: Option<String>) -> Result<List<Erasure>, ApiError> {
        let query = Query::new().with("limit", "50".to_owned()).with("cursor", cursor);
        self.get(Service::UserSync, &["integrations", slug, "erasures"], &query).await
    }

    /// The erasure of a learner; none when nobody asked for it.
    pub async fn erasure(&self, slug: &str, learner: Uuid) -> Result<Option<Erasure>, ApiError> {
        let learner = learner.to_string();
        let path = ["integrations", slug, "learners", &learner, "erasure"];
        self.get(Service::UserSync, &path, &Query::new()).await.map(Some).or_else(ApiError::or_none)
    }

    /// Asks for an erasure, which another person has to confirm.
    pub async fn request_erasure(&self, slug: &str, learner: Uuid, reason: &str) -> Result<(), ApiError> {
        let learner = learner.to_string();
        let path = ["integrations", slug, "learners", &learner, "erasure"];
        let order = Order::new(Service::UserSync, Method::POST, &path);
        self.act(order.with(json!({ "reason": reason }))).await
    }

    /// Confirms an erasure. There is no way back.
    pub async fn confirm_erasure(&self, slug: &str, learner: Uuid) -> Result<(), ApiError> {
        let learner = learner.to_string();
        let path = ["integrations", slug, "learners", &learner, "erasure", "confirm"];
        self.act(Order::new(Service::UserSync, Method::POST, &path)).await
    }

    /// Takes back that an erasure was asked for.
    pub async fn withdraw_erasure(&self, slug: &str, learner: Uuid) -> Result<(), ApiError> {
        let learner = learner.to_string();
        let path = ["integrations", slug, "learners", &learner, "erasure"];
        self.act(Order::new(Service::UserSync, Method::DELETE, &path)).await
    }
}
