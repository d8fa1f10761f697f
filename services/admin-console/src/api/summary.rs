use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{ApiError, Caller, Query, Service};

/// How an integration is doing. A side that could not be asked says why.
#[derive(Debug)]
pub struct Summary {
    /// At the gateway.
    pub incoming: Result<Incoming, ApiError>,
    /// At the LMS side; none before its first event.
    pub waiting: Result<Option<Waiting>, ApiError>,
}

/// What comes in from the directory.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Incoming {
    /// The last request, whatever came of it.
    pub last_request_at: Option<DateTime<Utc>>,
    /// The last one that was carried out.
    pub last_success_at: Option<DateTime<Utc>>,
    /// Requests of the last day that were not.
    pub problems_last_day: Count,
    /// Events that the LMS has not been told.
    pub events_waiting: Count,
    /// Since when the oldest of them waits.
    pub oldest_waiting_at: Option<DateTime<Utc>>,
    /// What lets somebody in.
    pub credentials: Credentials,
}

/// Credentials at one look.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Credentials {
    /// Those that let somebody in.
    pub usable: usize,
    /// When the first of them ends.
    pub next_expiry: Option<DateTime<Utc>>,
}

/// How the integration is doing in the LMS. A service that is older than the console does not tell every number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Waiting {
    /// When the newest event was applied.
    pub last_applied_at: Option<DateTime<Utc>>,
    /// Its learners.
    pub learners: Learners,
    /// Events that cannot be applied.
    pub parked: Option<Count>,
    /// People whose deactivation is held.
    pub held: Option<Count>,
    /// Newcomers who may be somebody known.
    pub adoptions: Option<Count>,
    /// People and groups that could not be decided anew.
    pub stuck: Option<Count>,
    /// Erasures that wait for another person.
    pub erasures: Option<Count>,
    /// Findings that hold.
    pub findings_open: Option<Count>,
    /// Conflicts of the last day.
    pub conflicts_last_day: Option<Count>,
}

/// Learners by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Learners {
    /// Those who are active.
    pub active: u64,
    /// Those who are not.
    pub inactive: Count,
}

/// How many, or how many at least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Count {
    /// Those that were counted.
    pub count: u32,
    /// Whether there are more.
    pub more: bool,
}

impl Caller<'_> {
    /// How an integration is doing.
    pub async fn summary(&self, slug: &str) -> Summary {
        let (incoming, waiting) = futures::join!(self.incoming(slug), self.waiting(slug));
        Summary { incoming, waiting }
    }

    /// How it is doing at the gateway.
    pub async fn incoming(&self, slug: &str) -> Result<Incoming, ApiError> {
        self.get(Service::Gateway, &["integrations", slug, "summary"], &Query::new()).await
    }

    /// How it is doing in the LMS, which hears of an integration with its first event.
    pub async fn waiting(&self, slug: &str) -> Result<Option<Waiting>, ApiError> {
        let path = ["integrations", slug, "lms-summary"];
        self.get(Service::UserSync, &path, &Query::new()).await.map(Some).or_else(ApiError::or_none)
    }
}
