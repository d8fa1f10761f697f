use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiError, Caller, Method, Order, Query, Service};

/// Where two integrations differ.
#[derive(Clone, Debug, Deserialize)]
pub struct Comparison {
    /// Place by place.
    pub differences: Vec<Difference>,
    /// What was compared.
    pub versions: Versions,
}

/// A place where two integrations differ.
#[derive(Clone, Debug, Deserialize)]
pub struct Difference {
    /// The place, as a JSON pointer.
    pub pointer: String,
    /// What the one has there.
    pub here: Option<Value>,
    /// What the other has there.
    pub there: Option<Value>,
}

/// Versions of two integrations, or of their rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Versions {
    /// Of the one.
    pub here: i64,
    /// Of the other.
    pub there: i64,
}

/// What detaching would leave in the LMS, or left there.
#[derive(Clone, Debug, Deserialize)]
pub struct Detachment {
    /// When it was detached.
    pub detached_at: Option<DateTime<Utc>>,
    /// Whether all of it is the LMS's own by now.
    pub is_settled: bool,
    /// A number that has come to this stands for as many or more; that of active people never does. None when all was
    /// counted.
    #[serde(default)]
    pub counted_up_to: Option<u64>,
    /// Its people.
    pub learners: LearnerCounts,
    /// Its cohorts.
    pub cohorts: u64,
    /// Memberships that the directory gives.
    pub memberships: u64,
    /// Roles that the directory gives.
    pub role_grants: u64,
    /// Deactivations that are held.
    pub held: u64,
    /// Newcomers who wait.
    pub waiting_adoption: u64,
    /// Events that could not be applied.
    pub parked: u64,
}

/// People by status.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct LearnerCounts {
    /// Active ones.
    pub active: u64,
    /// The others.
    pub inactive: u64,
}

/// What is compared and promoted on its own: each service knows one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Profile, settings and schemas.
    Settings,
    /// The rules of the LMS side.
    Rules,
}

impl Part {
    fn addresses(self) -> (Service, &'static str, &'static str) {
        match self {
            Self::Settings => (Service::Gateway, "comparison", "promotion"),
            Self::Rules => (Service::UserSync, "rules-comparison", "rules-promotion"),
        }
    }
}

impl Caller<'_> {
    /// Where `slug` and `other` differ.
    pub async fn comparison(&self, part: Part, slug: &str, other: &str) -> Result<Comparison, ApiError> {
        let (service, comparison, _) = part.addresses();
        let query = Query::new().with("with", other.to_owned());
        self.get(service, &["integrations", slug, comparison], &query).await
    }

    /// Makes `slug` like `from`, if both have these versions still.
    pub async fn promote(
        &self,
        part: Part,
        slug: &str,
        from: &str,
        versions: Versions,
    ) -> Result<(), ApiError> {
        let (service, _, promotion) = part.addresses();
        let path = ["integrations", slug, promotion];
        let body = json!({ "from": from, "from_version": versions.there, "to_version": versions.here });
        self.act(Order::new(service, Method::POST, &path).with(body)).await
    }

    /// What detaching an integration would leave, or left.
    pub async fn detachment(&self, slug: &str) -> Result<Detachment, ApiError> {
        self.get(Service::UserSync, &["integrations", slug, "detachment"], &Query::new()).await
    }

    /// Ends an integration for ever.
    pub async fn detach(&self, slug: &str, confirm: &str) -> Result<(), ApiError> {
        let path = ["integrations", slug, "detach"];
        let order = Order::new(Service::Gateway, Method::POST, &path);
        self.act(order.with(json!({ "confirm": confirm }))).await
    }
}
