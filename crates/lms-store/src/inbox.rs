//! What was handled, for as long as it is remembered.

use chrono::{DateTime, Utc};
use lms::StoreError;
use serde::Deserialize;

use crate::database::Database;
use crate::error::unavailable;
use crate::queries::given;
use crate::statement::{RowSet, Statement};

pub(crate) static FORGET: Statement = Statement::new(concat!(
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
