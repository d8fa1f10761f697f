use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{ApiError, Caller, List, Order, Query, Service};

/// Many deactivations at once, which wait for a person.
#[derive(Clone, Debug, Deserialize)]
pub struct Hold {
    /// The hold.
    pub hold_id: Uuid,
    /// `open`, `approved` or `rejected`.
    pub state: String,
    /// Deactivated before it.
    pub departed: u64,
    /// Active then.
    pub active: u64,
    /// Who wait in it now.
    pub people: u64,
    /// When it began.
    pub opened_at: DateTime<Utc>,
    /// Who decided it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// What that person wrote.
    pub comment: Option<String>,
}

/// A hold with some of its people.
#[derive(Clone, Debug, Deserialize)]
pub struct HoldDetails {
    /// The hold.
    #[serde(flatten)]
    pub hold: Hold,
    /// Some of those who wait in it.
    pub sample: Vec<HeldPerson>,
}

/// Somebody who waits in a hold.
#[derive(Clone, Debug, Deserialize)]
pub struct HeldPerson {
    /// The learner.
    pub learner_id: Uuid,
    /// What the learner signs in with.
    pub login: Option<String>,
    /// Name as shown.
    pub display_name: Option<String>,
    /// What the learner would be inactive for.
    pub inactive_reason: Option<String>,
    /// When the directory said so.
    pub changed_at: Option<DateTime<Utc>>,
}

/// What is decided about a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is meant.
    Approve,
    /// It is a mistake.
    Reject,
}

impl Caller<'_> {
    /// Holds, newest first.
    pub async fn holds(
        &self,
        slug: &str,
        state: Option<&str>,
        cursor: Option<String>,
    ) -> Result<List<Hold>, ApiError> {
        let query = Query::new()
            .with("state", state.map(str::to_owned))
            .with("limit", "50".to_owned())
            .with("cursor", cursor);
        self.get(Service::UserSync, &["integrations", slug, "holds"], &query).await
    }

    /// One of them.
    pub async fn hold(&self, slug: &str, hold: Uuid) -> Result<HoldDetails, ApiError> {
        let hold = hold.to_string();
        self.get(Service::UserSync, &["integrations", slug, "holds", &hold], &Query::new()).await
    }

    /// Decides a hold.
    pub async fn decide_hold(
        &self,
        slug: &str,
        hold: Uuid,
        verdict: Verdict,
        comment: &str,
    ) -> Result<(), ApiError> {
        let hold = hold.to_string();
        let what = match verdict {
            Verdict::Approve => "approve",
            Verdict::Reject => "reject",
        };
        let path = ["integrations", slug, "holds", &hold, what];
        let order = Order::new(Service::UserSync, Method::POST, &path);
        self.act(order.with(json!({ "comment": comment }))).await
    }
}
