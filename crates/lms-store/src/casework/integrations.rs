use chrono::{DateTime, Utc};
use lms::admin::{Detachment, DetachmentCounts, HeardIntegration, LearnerCounts};
use lms::{IntegrationSlug, IntegrationState, StoreError};
use serde::Deserialize;

use super::{Wanted, look_up};
use crate::database::{Database, read};
use crate::error::unavailable;
use crate::queries::given;
use crate::rows::flag;
use crate::script::Script;
use crate::statement::Statement;
use crate::statements::detachment_counts;

static INTEGRATION: Statement = Statement::new(
    "select {object: 'portal', portal.code, 'state', integration.state}
     from {rows: integration text}
     join sync.integration as integration on integration.slug = r.integration
     join lms.portal as portal on portal.portal_id = integration.portal_id",
);

/// What is there is counted only while it is to be known.
pub(crate) static DETACHMENT: Statement = Statement::new(concat!(
    given!("integration text, max_rows integer"),
    "select {object: 'state', integration.state, 'detached_at', integration.detached_at,
        'is_settled', integration.is_settled, 'counts', case when integration.state = 'detached'
            then integration.detachment else ",
    detachment_counts!(" limit (select max_rows from given)"),
    // As text also where JSON within JSON would be JSON.
    " end || ''}
     from sync.integration as integration where integration.slug = (select integration from given)"
));

static UNSETTLED: Statement = Statement::new(
    "select {object: 'slug', integration.slug} from sync.integration as integration
     where not integration.is_settled order by integration.detached_at, integration.slug limit 1",
);

static DETACH_SOME: Statement = Statement::new(
    "insert into sync.detach_some (integration, people)
     select r.integration, r.max_rows from {rows: integration text, max_rows integer}",
);

#[derive(Deserialize)]
struct DetachmentRow {
    state: IntegrationState,
    detached_at: Option<DateTime<Utc>>,
    #[serde(deserialize_with = "flag")]
    is_settled: bool,
    counts: String,
}

#[derive(Deserialize)]
struct CountsRow {
    active: u64,
    inactive: u64,
    cohorts: u64,
    memberships: u64,
    role_grants: u64,
    held: u64,
    waiting_adoption: u64,
    parked: u64,
}

impl From<CountsRow> for DetachmentCounts {
    fn from(row: CountsRow) -> Self {
        Self {
            learners: LearnerCounts { active: row.active, inactive: row.inactive },
            cohorts: row.cohorts,
            memberships: row.memberships,
            role_grants: row.role_grants,
            held: row.held,
            waiting_adoption: row.waiting_adoption,
            parked: row.parked,
        }
    }
}

#[derive(Deserialize)]
struct SlugRow {
    slug: String,
}

pub(crate) async fn find<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
) -> Result<Option<HeardIntegration>, StoreError> {
    Ok(look_up(database, &INTEGRATION, Wanted::of(integration)).await?.pop())
}

pub(crate) async fn detachment<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    up_to: u32,
) -> Result<Option<Detachment>, StoreError> {
    let wanted = Wanted { max_rows: up_to, ..Wanted::of(integration) };
    let rows: Vec<DetachmentRow> = look_up(database, &DETACHMENT, wanted).await?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let counts: CountsRow = serde_json::from_str(&row.counts).map_err(unavailable)?;
    let DetachmentRow { state, detached_at, is_settled, .. } = row;
    let counted_up_to = (state != IntegrationState::Detached).then_some(up_to);
    Ok(Some(Detachment { state, detached_at, is_settled, counted_up_to, counts: counts.into() }))
}

/// A detached integration that has not left everything to the LMS yet.
pub(crate) async fn unsettled<D: Database>(database: &mut D) -> Result<Option<IntegrationSlug>, StoreError> {
    let nothing: [(); 0] = [];
    let rows: Vec<SlugRow> = read(database, &UNSETTLED, &nothing).await?;
    Ok(rows.into_iter().next().map(|row| IntegrationSlug(row.slug)))
}

/// Leaves some of it to the LMS.
pub(crate) fn detach_some(integration: &IntegrationSlug, people: u32) -> Result<Script, StoreError> {
    Script::of(integration)?.any(&DETACH_SOME, &[Wanted { max_rows: people, ..Wanted::of(integration) }])
}
