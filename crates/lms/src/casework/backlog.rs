use chrono::{DateTime, TimeDelta, Utc};
use events::EventId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Backlog;
use crate::{IntegrationSlug, Page, ParkReason, ScimId, StoreError};

/// Longest pause between two tries of a parked event, in minutes.
const LONGEST_PAUSE: i64 = 60;

/// An event that could not be applied. It is kept, and given again until it can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParkedCase {
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
    /// When it was last tried.
    pub last_parked_at: DateTime<Utc>,
}

/// A parked event, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParkedView {
    /// The event.
    #[serde(flatten)]
    pub case: ParkedCase,
    /// When it is tried again of itself, at the latest; never when it was given up.
    pub next_try_at: Option<DateTime<Utc>>,
}

/// A resource that was to be decided anew, and could not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StuckResource {
    /// `user` or `group`.
    pub kind: String,
    /// The resource.
    pub scim_id: ScimId,
    /// A word for the kind of reason.
    pub reason_code: Option<String>,
    /// Why it could not be decided anew.
    pub reason: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When that was asked for.
    pub requested_at: DateTime<Utc>,
    /// When it is tried again of itself.
    #[serde(rename(serialize = "next_try_at"))]
    pub not_before: DateTime<Utc>,
}

/// A user who is named as manager and is no learner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissingManager {
    /// The user.
    pub manager_scim_id: ScimId,
    /// How many name this user.
    pub reports: u64,
}

/// A part of the list of missing managers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingManagers {
    /// How many there are in all.
    pub total: u64,
    /// These.
    pub items: Vec<MissingManager>,
}

/// Lists parked events in the order of their ids.
///
/// # Errors
/// When the database is away.
pub async fn parked_events(
    backlog: &dyn Backlog,
    integration: &IntegrationSlug,
    reason: Option<&str>,
    page: Page<EventId>,
) -> Result<Vec<ParkedView>, StoreError> {
    let cases = backlog.parked(integration, reason, page).await?;
    Ok(cases.into_iter().map(|case| ParkedView { next_try_at: next_try_at(&case), case }).collect())
}

/// As [`LmsStore::due_parked`](crate::LmsStore::due_parked) has it: after one minute, then four, nine and so on.
fn next_try_at(case: &ParkedCase) -> Option<DateTime<Utc>> {
    if case.reason_code == ParkReason::GivenUp(String::new()).code() {
        return None;
    }
    let pause = case.attempts.saturating_mul(case.attempts).min(LONGEST_PAUSE);
    Some(case.last_parked_at + TimeDelta::minutes(pause))
}
