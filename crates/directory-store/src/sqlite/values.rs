//! Values that SQLite has no type for.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::schema::unixepoch;
use crate::row::RowError;

pub(super) fn uuid(text: &str) -> Result<Uuid, RowError> {
    text.parse().map_err(|_| RowError::Unknown { column: "id", value: text.to_owned() })
}

/// # Units
/// Milliseconds since 1970.
pub(super) fn millis(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

pub(super) fn time(millis: i64) -> Result<DateTime<Utc>, RowError> {
    DateTime::from_timestamp_millis(millis)
        .ok_or_else(|| RowError::Unknown { column: "time", value: millis.to_string() })
}

/// The store's time, the only one that leases are compared with.
pub(super) fn store_millis(connection: &mut SqliteConnection) -> QueryResult<i64> {
    let seconds: f64 = diesel::select(unixepoch("subsec")).get_result(connection)?;
    // Far inside what an i64 and an f64 hold exactly.
    Ok((seconds * 1_000.0) as i64)
}

pub(super) fn duration_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

pub(super) fn json(document: &Map<String, Value>) -> Result<String, serde_json::Error> {
    serde_json::to_string(document)
}

pub(super) fn document(text: &str) -> Result<Value, RowError> {
    serde_json::from_str(text).map_err(|_| RowError::Resource)
}
