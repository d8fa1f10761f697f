use events::EventId;
use lms::casework::{MissingManager, MissingManagers, ParkedCase, StuckResource};
use lms::{IntegrationSlug, Page, ScimId, StoreError};
use serde::Deserialize;
use uuid::Uuid;

use super::{Wanted, look_up};
use crate::database::Database;
use crate::queries::given;
use crate::statement::Statement;

macro_rules! parked_object {
    () => {
        "{object: 'event_id', parked.event_id, 'subject', parked.subject, 'reason_code', parked.reason_code,
            'reason', parked.reason, 'attempts', parked.attempts, 'first_parked_at', parked.first_parked_at,
            'last_parked_at', parked.last_parked_at}"
    };
}

static PARKED: Statement = Statement::new(concat!(
    given!("integration text, after uuid, max_rows integer"),
    "select ",
    parked_object!(),
    " from sync.parked_event as parked
     where parked.integration = (select integration from given)
         and parked.event_id > (select coalesce(after, '00000000-0000-0000-0000-000000000000') from given)
     order by parked.event_id
     limit (select max_rows from given)"
));

static PARKED_OF_REASON: Statement = Statement::new(concat!(
    given!("integration text, word text, after uuid, max_rows integer"),
    "select ",
    parked_object!(),
    " from sync.parked_event as parked
     where parked.integration = (select integration from given)
         and parked.reason_code = (select word from given)
         and parked.event_id > (select coalesce(after, '00000000-0000-0000-0000-000000000000') from given)
     order by parked.event_id
     limit (select max_rows from given)"
));

static RETRY_ONE: Statement = Statement::new(concat!(
    given!("integration text, id uuid"),
    "update sync.parked_event set is_urgent = {true}
     where event_id = (select id from given) and integration = (select integration from given)
     returning {object: 'id', event_id}"
));

static RETRY_ALL: Statement = Statement::new(concat!(
    given!("integration text, word text"),
    "update sync.parked_event set is_urgent = {true}
     where integration = (select integration from given)
         and reason_code = coalesce((select word from given), reason_code)
     returning {object: 'id', event_id}"
));

static DISCARD: Statement = Statement::new(concat!(
    given!("integration text, id uuid"),
    "delete from sync.parked_event
     where event_id = (select id from given) and integration = (select integration from given)
     returning {object: 'id', event_id}"
));

static STUCK: Statement = Statement::new(concat!(
    given!("integration text, after uuid, max_rows integer"),
    "select {object: 'kind', stuck.kind, 'scim_id', stuck.scim_id, 'reason_code', stuck.reason_code,
        'reason', stuck.reason, 'attempts', stuck.attempts, 'requested_at', stuck.requested_at,
        'not_before', stuck.not_before}
     from sync.recheck as stuck
     where stuck.integration = (select integration from given) and stuck.reason is not null
         and stuck.scim_id > (select coalesce(after, '00000000-0000-0000-0000-000000000000') from given)
     order by stuck.scim_id
     limit (select max_rows from given)"
));

static RETRY_STUCK: Statement = Statement::new(concat!(
    given!("integration text, id uuid"),
    "update sync.recheck set not_before = {now}
     where scim_id = (select id from given) and integration = (select integration from given)
         and reason is not null
     returning {object: 'id', scim_id}"
));

/// Named as manager in a link of the integration, and no learner: all are found for any page, because they are counted.
/// What it costs grows with the managers, not with those who name them, but for one look along an index.
static MISSING_MANAGERS: Statement = Statement::new(concat!(
    given!("integration text, after uuid, max_rows integer"),
    ", named as (
         select link.manager_scim_id, count(*) as reports
         from sync.link as link
         where link.integration = (select integration from given) and link.manager_scim_id is not null
             and link.phase = 'current'
         group by link.manager_scim_id),
     missing as (
         select named.manager_scim_id, named.reports
         from named
         where coalesce((select manager.learner_id is null from sync.link as manager
             where manager.scim_id = named.manager_scim_id and manager.kind = 'user'
                 and manager.integration = (select integration from given)
                 and (manager.phase = 'current' or manager.waits in ('held', 'exempt'))), {true}))
     select {object: 'manager_scim_id', page.manager_scim_id, 'reports', page.reports,
         'total', (select count(*) from missing)}
     from given left join (
         select missing.manager_scim_id, missing.reports
         from missing
         where missing.manager_scim_id > (select coalesce(after, '00000000-0000-0000-0000-000000000000') from given)
         order by missing.manager_scim_id
         limit (select max_rows from given)) as page on {true}
     order by page.manager_scim_id"
));

/// A row that was written.
#[derive(Deserialize)]
struct Written {}

/// One of the page, and how many there are in all; the latter alone when the page is empty.
#[derive(Deserialize)]
struct MissingRow {
    manager_scim_id: Option<Uuid>,
    reports: Option<u64>,
    total: u64,
}

impl MissingRow {
    fn into_manager(self) -> Option<MissingManager> {
        Some(MissingManager { manager_scim_id: ScimId(self.manager_scim_id?), reports: self.reports? })
    }
}

pub(crate) async fn parked<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    reason: Option<&str>,
    page: Page<EventId>,
) -> Result<Vec<ParkedCase>, StoreError> {
    let statement = if reason.is_some() { &PARKED_OF_REASON } else { &PARKED };
    let wanted = Wanted::page(integration, page, |event| event.0);
    look_up(database, statement, Wanted { word: reason, ..wanted }).await
}

pub(crate) async fn retry_one<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    event: EventId,
) -> Result<bool, StoreError> {
    let written: Vec<Written> = look_up(database, &RETRY_ONE, Wanted::one(integration, event.0)).await?;
    Ok(!written.is_empty())
}

pub(crate) async fn discard<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    event: EventId,
) -> Result<bool, StoreError> {
    let discarded: Vec<Written> = look_up(database, &DISCARD, Wanted::one(integration, event.0)).await?;
    Ok(!discarded.is_empty())
}

pub(crate) async fn retry_all<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    reason: Option<&str>,
) -> Result<u64, StoreError> {
    let wanted = Wanted { word: reason, ..Wanted::of(integration) };
    let written: Vec<Written> = look_up(database, &RETRY_ALL, wanted).await?;
    Ok(written.len() as u64)
}

pub(crate) async fn stuck<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    page: Page<ScimId>,
) -> Result<Vec<StuckResource>, StoreError> {
    look_up(database, &STUCK, Wanted::page(integration, page, |resource| resource.0)).await
}

pub(crate) async fn retry_stuck<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    resource: ScimId,
) -> Result<bool, StoreError> {
    let written: Vec<Written> = look_up(database, &RETRY_STUCK, Wanted::one(integration, resource.0)).await?;
    Ok(!written.is_empty())
}

pub(crate) async fn missing_managers<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    page: Page<ScimId>,
) -> Result<MissingManagers, StoreError> {
    let wanted = Wanted::page(integration, page, |manager| manager.0);
    let rows: Vec<MissingRow> = look_up(database, &MISSING_MANAGERS, wanted).await?;
    let total = rows.first().map_or(0, |row| row.total);
    Ok(MissingManagers { total, items: rows.into_iter().filter_map(MissingRow::into_manager).collect() })
}
