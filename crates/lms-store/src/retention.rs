//! What is old is forgotten some at a time.

use chrono::{DateTime, SecondsFormat, Utc};
use lms::StoreError;
use serde::{Deserialize, Serialize};

use crate::database::{Database, read};
use crate::statement::Statement;

#[derive(Serialize)]
struct Old {
    before: String,
    max_rows: u32,
}

#[derive(Deserialize)]
struct Forgotten {}

/// Executes a statement that is given an instant and a number of rows, and deletes so many at most of what is older; answers
/// how many.
pub(crate) async fn forget<D: Database>(
    database: &mut D,
    statement: &'static Statement,
    before: DateTime<Utc>,
    limit: u32,
) -> Result<u64, StoreError> {
    // As SQLite keeps it, to be compared as text.
    let before = before.to_rfc3339_opts(SecondsFormat::Millis, true);
    let forgotten: Vec<Forgotten> = read(database, statement, &[Old { before, max_rows: limit }]).await?;
    Ok(forgotten.len() as u64)
}
