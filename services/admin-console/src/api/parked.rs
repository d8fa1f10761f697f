use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{ApiError, Caller, List, Order, Query, Service};

/// An event that cannot be applied yet.
#[derive(Clone, Debug, Deserialize)]
pub struct Parked {
    /// The event.
    pub event_id: Uuid,
    /// What it is about, such as `Users/…`.
    pub subject: Option<String>,
    /// A word for the kind of reason.
    pub reason_code: String,
    /// Why it cannot be applied.
    pub reason: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was first tried.
    pub first_parked_at: DateTime<Utc>,
    /// When it is tried again; never when it was given up.
    pub next_try_at: Option<DateTime<Utc>>,
}

/// A person or group that was to be decided anew, and could not be.
#[derive(Clone, Debug, Deserialize)]
pub struct Stuck {
    /// `user` or `group`.
    pub kind: String,
    /// The user or group.
    pub scim_id: Uuid,
    /// A word for the kind of reason.
    pub reason_code: Option<String>,
    /// Why it could not be decided anew.
    pub reason: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When that was asked for.
    pub requested_at: DateTime<Utc>,
    /// When it is tried again.
    pub next_try_at: DateTime<Utc>,
}

/// A user who is named as manager and is no learner.
#[derive(Clone, Debug, Deserialize)]
pub struct MissingManager {
    /// The user.
    pub manager_scim_id: Uuid,
    /// How many name this user.
    pub reports: u64,
}

#[derive(Deserialize)]
struct Retried {
    due: u64,
}

impl Caller<'_> {
    /// Parked events, of one kind of reason or of all.
    pub async fn parked(
        &self,
        slug: &str,
        reason: Option<String>,
        cursor: Option<String>,
    ) -> Result<List<Parked>, ApiError> {
        let query = Query::new().with("reason", reason).with("limit", "50".to_owned()).with("cursor", cursor);
        self.get(Service::UserSync, &["integrations", slug, "parked"], &query).await
    }

    /// Has one tried again.
    pub async fn retry_parked(&self, slug: &str, event: Uuid) -> Result<(), ApiError> {
        let event = event.to_string();
        let path = ["integrations", slug, "parked", &event, "retry"];
        self.act(Order::new(Service::UserSync, Method::POST, &path)).await
    }

    /// Has all of a kind of reason tried again, or all; answers how many.
    pub async fn retry_all_parked(&self, slug: &str, reason: &str) -> Result<u64, ApiError> {
        let path = ["integrations", slug, "parked", "retry"];
        let order = Order::new(Service::UserSync, Method::POST, &path);
        let order = if reason.is_empty() { order } else { order.with(json!({ "reason": reason })) };
        let retried: Retried = self.change(order).await?;
        Ok(retried.due)
    }

    /// Forgets one for good.
    pub async fn discard_parked(&self, slug: &str, event: Uuid) -> Result<(), ApiError> {
        let event = event.to_string();
        let path = ["integrations", slug, "parked", &event];
        self.act(Order::new(Service::UserSync, Method::DELETE, &path)).await
    }

    /// People and groups that could not be decided anew.
    pub async fn stuck(&self, slug: &str, cursor: Option<String>) -> Result<List<Stuck>, ApiError> {
        let query = Query::new().with("limit", "50".to_owned()).with("cursor", cursor);
        self.get(Service::UserSync, &["integrations", slug, "stuck"], &query).await
    }

    /// Has one of them decided anew.
    pub async fn retry_stuck(&self, slug: &str, scim_id: Uuid) -> Result<(), ApiError> {
        let scim_id = scim_id.to_string();
        let path = ["integrations", slug, "stuck", &scim_id, "retry"];
        self.act(Order::new(Service::UserSync, Method::POST, &path)).await
    }

    /// Users who are named as manager and are no learner.
    pub async fn missing_managers(
        &self,
        slug: &str,
        cursor: Option<String>,
    ) -> Result<List<MissingManager>, ApiError> {
        let query = Query::new().with("limit", "50".to_owned()).with("cursor", cursor);
        self.get(Service::UserSync, &["integrations", slug, "missing-managers"], &query).await
    }
}
