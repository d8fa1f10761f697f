//! What was handled, for as long as it is remembered.

use chrono::{DateTime, SecondsFormat, Utc};
use lms::StoreError;
use serde::{Deserialize, Serialize};

use crate::database::{Database, read};
use crate::error::unavailable;
use crate::queries::given;
use crate::statement::{RowSet, Statement};

static FORGET: Statement = Statement::new(concat!(
    given!("before timestamptz, max_rows integer"),
    "delete from sync.inbox
     where event_id in (
         select old.event_id from sync.inbox as old where old.applied_at < (select before from given)
         order by old.applied_at limit (select max_rows from given))
     returning {object: 'event_id', event_id}"
));

static NOW: Statement =
    Statement::new("select {object: 'now', clock.now} from (select {now} as now) as clock");

#[derive(Deserialize)]
struct Now {
    now: DateTime<Utc>,
}

pub(crate) async fn now<D: Database>(database: &mut D) -> Result<DateTime<Utc>, StoreError> {
    let rows = database.query(&NOW, &RowSet::default()).await.map_err(D::classify)?;
    let row = rows.first().ok_or_else(|| unavailable("the time is missing"))?;
    serde_json::from_str(row).map(|Now { now }| now).map_err(unavailable)
}

#[derive(Serialize)]
struct Old {
    before: String,
    max_rows: u32,
}

#[derive(Deserialize)]
struct Forgotten {}

pub(crate) async fn forget<D: Database>(
    database: &mut D,
    before: DateTime<Utc>,
    limit: u32,
) -> Result<u64, StoreError> {
    // As SQLite keeps it, to be compared as text.
    let before = before.to_rfc3339_opts(SecondsFormat::Millis, true);
    let forgotten: Vec<Forgotten> = read(database, &FORGET, &[Old { before, max_rows: limit }]).await?;
    Ok(forgotten.len() as u64)
}
