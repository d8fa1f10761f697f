//! Acts of administrators as both back ends keep them.

use administration::{Act, ActOutcome, AuditError, RecordedAct};
use chrono::{DateTime, Utc};
use directory::StoreError;
use serde_json::Value;
use uuid::Uuid;

/// An act's columns.
pub(crate) struct ActColumns {
    pub(crate) number: i64,
    pub(crate) id: Uuid,
    pub(crate) at: DateTime<Utc>,
    pub(crate) subject: String,
    pub(crate) address: Option<String>,
    pub(crate) method: String,
    pub(crate) route: String,
    pub(crate) integration: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) status: Option<i16>,
    pub(crate) details: Option<Value>,
}

pub(crate) fn act(columns: ActColumns) -> RecordedAct {
    let outcome = columns.status.map(|status| ActOutcome {
        status: status.unsigned_abs(),
        details: columns.details.unwrap_or_default(),
    });
    let act = Act {
        id: columns.id,
        at: columns.at,
        subject: columns.subject,
        address: columns.address.and_then(|text| text.parse().ok()),
        method: columns.method,
        route: columns.route,
        integration: columns.integration,
        target: columns.target,
    };
    RecordedAct { cursor: columns.number, act, outcome }
}

pub(crate) fn status(outcome: &ActOutcome) -> i16 {
    i16::try_from(outcome.status).unwrap_or(i16::MAX)
}

pub(crate) fn audit_error(error: StoreError) -> AuditError {
    match error {
        StoreError::Unavailable { .. } => AuditError::Unavailable(Box::new(error)),
        StoreError::Unexpected(_) => AuditError::Unexpected(Box::new(error)),
    }
}
