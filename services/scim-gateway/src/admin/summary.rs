use actix_web::web;
use administration::Role;
use chrono::{DateTime, Utc};
use directory::{Bounded, COUNTED_UP_TO, Summary};
use platform::clock;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use super::problem::Problem;
use super::shown::{Shown, shown};

/// How an integration is doing.
#[derive(Serialize, ToSchema)]
#[schema(as = IntegrationSummary)]
pub(super) struct SummaryView {
    /// The newest request that was logged; null when there is none.
    last_request_at: Option<DateTime<Utc>>,
    /// The newest that was carried out, health checks left aside.
    last_success_at: Option<DateTime<Utc>>,
    /// The newest that was refused, denied or failed.
    last_problem_at: Option<DateTime<Utc>>,
    /// The newest health check.
    health_check_last_at: Option<DateTime<Utc>>,
    /// Requests of the last 24 hours that were refused, denied or failed.
    problems_last_day: CountView,
    /// Events that the LMS has not been told.
    events_waiting: CountView,
    /// When the oldest of them was committed; null when none waits that was never sent.
    oldest_waiting_at: Option<DateTime<Utc>>,
    credentials: CredentialsView,
}

/// A number that is counted up to 1000.
#[derive(Serialize, ToSchema)]
#[schema(as = Count)]
struct CountView {
    /// 1000 at most.
    #[schema(maximum = 1000)]
    count: u32,
    /// Whether there are more.
    more: bool,
}

impl From<Bounded> for CountView {
    fn from(Bounded { count, more }: Bounded) -> Self {
        Self { count, more }
    }
}

/// The credentials at one look.
#[derive(Serialize, ToSchema)]
#[schema(as = CredentialsSummary)]
struct CredentialsView {
    /// How many let somebody in.
    usable: usize,
    /// When the first of these ends; null when none does.
    next_expiry: Option<DateTime<Utc>>,
    /// When any was used last, some ten seconds behind.
    last_used: Option<DateTime<Utc>>,
}

/// Shows how an integration is doing: when it last heard from Entra, what went wrong, and what waits.
///
/// Role `viewer`.
#[utoipa::path(get, path = "/admin/v1/integrations/{slug}/summary", responses((status = 200, body = SummaryView)))]
pub(super) async fn read(call: Call, slug: web::Path<String>) -> Result<Shown<SummaryView>, Problem> {
    let registration = call.admit(&slug, Role::Viewer).await?;
    let (of, now) = (registration.integration.id, clock::now());
    let activity = call.gateway.overview.activity(of, Summary::since(now), COUNTED_UP_TO + 1).await?;
    let summary = Summary::new(&registration, &activity, now);
    Ok(shown(SummaryView {
        last_request_at: summary.last_request,
        last_success_at: summary.last_success,
        last_problem_at: summary.last_problem,
        health_check_last_at: summary.last_health_check,
        problems_last_day: summary.problems.into(),
        events_waiting: summary.events_waiting.into(),
        oldest_waiting_at: summary.oldest_waiting,
        credentials: CredentialsView {
            usable: summary.usable_credentials,
            next_expiry: summary.next_expiry,
            last_used: summary.last_used,
        },
    }))
}
