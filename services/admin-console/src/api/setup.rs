use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{ApiError, Caller, Integration, Method, Order, Query, Service};

/// What of a set-up was seen to work, and what looks wrong.
#[derive(Clone, Debug, Deserialize)]
pub struct SetupCheck {
    /// Azure's first test of the connection.
    pub test_connection: Seen,
    /// The first person who was made.
    pub first_user: Seen,
    /// The first group.
    pub first_group: Seen,
    /// The first person who was disabled or deleted.
    pub first_deactivation: Seen,
    /// How many people were looked at.
    pub sampled: u64,
    /// What looks wrong about them.
    pub findings: Vec<SetupFinding>,
}

/// Whether something was seen.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Seen {
    /// When.
    pub at: Option<DateTime<Utc>>,
}

/// What a mapping in Azure is likely to be the cause of.
#[derive(Clone, Debug, Deserialize)]
pub struct SetupFinding {
    /// Such as `no_external_id`.
    pub code: String,
    /// How many of the people who were looked at have it.
    pub users: u64,
    /// SCIM ids of a few of them.
    #[serde(default)]
    pub examples: Vec<Uuid>,
}

/// An integration to be made.
#[derive(Clone, Debug)]
pub struct NewIntegration<'a> {
    /// Its name in addresses.
    pub slug: &'a str,
    /// The customer's LMS.
    pub portal: &'a str,
    /// `production` or `staging`.
    pub environment: &'a str,
    /// `enabled` or `disabled`.
    pub state: &'a str,
}

/// An integration that was asked for and is not made.
#[derive(Clone, Debug, Deserialize)]
pub struct Preview {
    /// As it would be, or as it is.
    #[serde(flatten)]
    pub integration: Integration,
    /// Whether it would be made, or is there already, which a service that is older than the question does not tell.
    #[serde(default = "is_new")]
    pub is_new: bool,
}

fn is_new() -> bool {
    true
}

impl NewIntegration<'_> {
    fn to_body(&self) -> Value {
        let Self { slug, portal, environment, state } = self;
        json!({ "slug": slug, "portal": portal, "environment": environment, "state": state })
    }
}

impl Caller<'_> {
    /// What was seen of an integration.
    pub async fn setup_check(&self, slug: &str) -> Result<SetupCheck, ApiError> {
        self.get(Service::Gateway, &["integrations", slug, "setup-check"], &Query::new()).await
    }

    /// Makes an integration, or answers the one that is just so.
    pub async fn create_integration(&self, wanted: NewIntegration<'_>) -> Result<Integration, ApiError> {
        let order = Order::new(Service::Gateway, Method::POST, &["integrations"]);
        self.change(order.with(wanted.to_body())).await
    }

    /// What would be made, or is there already.
    pub async fn preview_integration(&self, wanted: NewIntegration<'_>) -> Result<Preview, ApiError> {
        let mut body = wanted.to_body();
        if let Some(members) = body.as_object_mut() {
            members.insert("dry_run".to_owned(), json!(true));
        }
        self.change(Order::new(Service::Gateway, Method::POST, &["integrations"]).with(body)).await
    }

    /// Enables, pauses or disables an integration.
    pub async fn set_state(&self, slug: &str, state: &str) -> Result<(), ApiError> {
        let path = ["integrations", slug, "state"];
        let order = Order::new(Service::Gateway, Method::PUT, &path);
        self.act(order.with(json!({ "state": state }))).await
    }
}
