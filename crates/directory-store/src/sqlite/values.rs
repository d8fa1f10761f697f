//! Values that SQLite has no type for.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

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

pub(super) fn json(document: &Map<String, Value>) -> Result<String, serde_json::Error> {
    serde_json::to_string(document)
}

pub(super) fn document(text: &str) -> Result<Value, RowError> {
    serde_json::from_str(text).map_err(|_| RowError::Resource)
}
