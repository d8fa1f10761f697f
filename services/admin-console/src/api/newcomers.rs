use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{ApiError, Caller, List, Order, Query, Service};

/// Somebody new who may be somebody known.
#[derive(Clone, Debug, Deserialize)]
pub struct Newcomer {
    /// The SCIM user.
    pub scim_id: Uuid,
    /// The login that the learner would have.
    pub login: Option<String>,
    /// The name that the learner would have.
    pub display_name: Option<String>,
    /// When the directory last spoke of the user.
    pub changed_at: Option<DateTime<Utc>>,
    /// Whom it may be.
    pub candidates: Vec<Candidate>,
}

/// Somebody known who may be a newcomer.
#[derive(Clone, Debug, Deserialize)]
pub struct Candidate {
    /// The learner.
    pub learner_id: Uuid,
    /// What they have in common: `employee_number`, `login` or `email`.
    pub matched: Vec<String>,
    /// `local` or `former`.
    pub kind: String,
    /// `active`, `inactive` or `erased`.
    pub status: String,
    /// What the learner signs in with.
    pub login: Option<String>,
    /// Name as shown.
    pub display_name: Option<String>,
    /// How many training records hang on it.
    pub training_records: u64,
    /// Why the newcomer cannot be this one.
    pub obstacle: Option<String>,
}

#[derive(Deserialize)]
struct Linked {
    linked: u64,
}

impl Caller<'_> {
    /// Newcomers who wait for a decision.
    pub async fn newcomers(&self, slug: &str, cursor: Option<String>) -> Result<List<Newcomer>, ApiError> {
        let query = Query::new().with("limit", "25".to_owned()).with("cursor", cursor);
        self.get(Service::UserSync, &["integrations", slug, "adoptions"], &query).await
    }

    /// A newcomer is somebody known.
    pub async fn link_newcomer(&self, slug: &str, newcomer: Uuid, learner: Uuid) -> Result<(), ApiError> {
        let newcomer = newcomer.to_string();
        let path = ["integrations", slug, "adoptions", &newcomer, "link"];
        let order = Order::new(Service::UserSync, Method::POST, &path);
        self.act(order.with(json!({ "learner_id": learner }))).await
    }

    /// A newcomer is somebody new.
    pub async fn create_newcomer(&self, slug: &str, newcomer: Uuid) -> Result<(), ApiError> {
        let newcomer = newcomer.to_string();
        let path = ["integrations", slug, "adoptions", &newcomer, "create"];
        self.act(Order::new(Service::UserSync, Method::POST, &path)).await
    }

    /// Links all newcomers who have this in common with one learner only; answers how many.
    pub async fn link_all_newcomers(&self, slug: &str, likeness: &str) -> Result<u64, ApiError> {
        let path = ["integrations", slug, "adoptions", "link-all"];
        let order = Order::new(Service::UserSync, Method::POST, &path);
        let linked: Linked = self.change(order.with(json!({ "likeness": likeness }))).await?;
        Ok(linked.linked)
    }
}
