//! What waits for a person, counted for an alarm.

use lms::{StoreError, WaitingCounts};
use serde::{Deserialize, Serialize};

use crate::database::{Database, read};
use crate::error::unavailable;
use crate::queries::given;
use crate::statement::Statement;

/// Counting goes no further: beyond it the number says nothing more.
const MOST_COUNTED: u32 = 100_000;

static COUNTS: Statement = Statement::new(concat!(
    given!("most integer"),
    "select {object: 'parked', (select count(*) from (
            select 1 from sync.parked_event limit (select most from given)) as parked),
        'open_holds', (select count(*) from (
            select 1 from sync.hold where state = 'open' limit (select most from given)) as held)}"
));

#[derive(Serialize)]
struct Given {
    most: u32,
}

#[derive(Deserialize)]
struct Row {
    parked: u64,
    open_holds: u64,
}

pub(crate) async fn counts<D: Database>(database: &mut D) -> Result<WaitingCounts, StoreError> {
    let rows: Vec<Row> = read(database, &COUNTS, &[Given { most: MOST_COUNTED }]).await?;
    let Some(Row { parked, open_holds }) = rows.into_iter().next() else {
        return Err(unavailable("the counts are missing"));
    };
    Ok(WaitingCounts { parked, open_holds })
}
