//! The record of what administrators did.

use administration::{Act, ActOutcome, AuditError, AuditLog, RecordedAct};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use uuid::Uuid;

use super::error::Failure;
use super::schema::act;
use super::{SqliteDirectoryStore, values};
use crate::act_row::{self, ActColumns, audit_error};

#[async_trait]
impl AuditLog for SqliteDirectoryStore {
    async fn begin(&self, begun: &Act) -> Result<(), AuditError> {
        let begun = begun.clone();
        self.write(move |connection| begin(connection, &begun)).await.map_err(audit_error)
    }

    async fn assign(&self, id: Uuid, integration: &str) -> Result<(), AuditError> {
        let integration = integration.to_owned();
        self.write(move |connection| assign(connection, id, &integration)).await.map_err(audit_error)
    }

    async fn finish(&self, id: Uuid, outcome: &ActOutcome) -> Result<(), AuditError> {
        let outcome = outcome.clone();
        self.write(move |connection| finish(connection, id, &outcome)).await.map_err(audit_error)
    }

    async fn acts(
        &self,
        integration: Option<&str>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<RecordedAct>, AuditError> {
        let integration = integration.map(str::to_owned);
        self.read(move |connection| list(connection, integration.as_deref(), before, limit))
            .await
            .map_err(audit_error)
    }

    async fn forget_acts(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, AuditError> {
        self.write(move |connection| forget(connection, before, limit)).await.map_err(audit_error)
    }
}

fn begin(connection: &mut SqliteConnection, begun: &Act) -> Result<(), Failure> {
    diesel::insert_into(act::table)
        .values((
            act::id.eq(begun.id.to_string()),
            act::at.eq(values::millis(begun.at)),
            act::subject.eq(&begun.subject),
            act::address.eq(begun.address.map(|address| address.to_string())),
            act::method.eq(&begun.method),
            act::route.eq(&begun.route),
            act::integration.eq(&begun.integration),
            act::target.eq(&begun.target),
        ))
        // It is on record already when the answer to the same call was lost.
        .on_conflict(act::id)
        .do_nothing()
        .execute(connection)?;
    Ok(())
}

fn assign(connection: &mut SqliteConnection, id: Uuid, integration: &str) -> Result<(), Failure> {
    let unassigned = act::table.filter(act::id.eq(id.to_string())).filter(act::status.is_null());
    diesel::update(unassigned.filter(act::integration.is_null()))
        .set(act::integration.eq(integration))
        .execute(connection)?;
    Ok(())
}

fn finish(connection: &mut SqliteConnection, id: Uuid, outcome: &ActOutcome) -> Result<(), Failure> {
    let unfinished = act::table.filter(act::id.eq(id.to_string())).filter(act::status.is_null());
    diesel::update(unfinished)
        .set((act::status.eq(act_row::status(outcome)), act::details.eq(outcome.details.to_string())))
        .execute(connection)?;
    Ok(())
}

type ActRow = (
    (i64, String, i64),
    (String, Option<String>),
    (String, String, Option<String>, Option<String>),
    (Option<i16>, Option<String>),
);

fn list(
    connection: &mut SqliteConnection,
    integration: Option<&str>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<RecordedAct>, Failure> {
    let mut acts = act::table.order(act::number.desc()).limit(limit.into()).into_boxed();
    if let Some(integration) = integration {
        acts = acts.filter(act::integration.eq(integration));
    }
    if let Some(before) = before {
        acts = acts.filter(act::number.lt(before));
    }
    let rows: Vec<ActRow> = acts
        .select((
            (act::number, act::id, act::at),
            (act::subject, act::address),
            (act::method, act::route, act::integration, act::target),
            (act::status, act::details),
        ))
        .load(connection)?;
    rows.into_iter().map(read).collect()
}

fn forget(connection: &mut SqliteConnection, before: DateTime<Utc>, limit: u32) -> Result<u64, Failure> {
    let old: Vec<i64> = act::table
        .filter(act::at.lt(values::millis(before)))
        .order((act::at, act::number))
        .limit(limit.into())
        .select(act::number)
        .load(connection)?;
    let forgotten = diesel::delete(act::table.filter(act::number.eq_any(old))).execute(connection)?;
    Ok(u64::try_from(forgotten).unwrap_or(u64::MAX))
}

fn read(
    ((number, id, at), (subject, address), request, (status, details)): ActRow,
) -> Result<RecordedAct, Failure> {
    let (method, route, integration, target) = request;
    Ok(act_row::act(ActColumns {
        number,
        id: values::uuid(&id)?,
        at: values::time(at)?,
        subject,
        address,
        method,
        route,
        integration,
        target,
        status,
        details: details.as_deref().map(values::document).transpose()?,
    }))
}
