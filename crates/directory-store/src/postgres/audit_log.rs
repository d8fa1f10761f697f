//! The record of what administrators did.

use administration::{Act, ActOutcome, AuditError, AuditLog, RecordedAct};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::PostgresDirectoryStore;
use super::cached::Cached;
use super::error::QueryFailure;
use super::schema::act;
use crate::act_row::{self, ActColumns, audit_error};

#[async_trait]
impl AuditLog for PostgresDirectoryStore {
    async fn begin(&self, begun: &Act) -> Result<(), AuditError> {
        self.for_nobody(async |connection| begin(connection, begun).await).await.map_err(audit_error)
    }

    async fn assign(&self, id: Uuid, integration: &str) -> Result<(), AuditError> {
        self.for_nobody(async |connection| assign(connection, id, integration).await)
            .await
            .map_err(audit_error)
    }

    async fn finish(&self, id: Uuid, outcome: &ActOutcome) -> Result<(), AuditError> {
        self.for_nobody(async |connection| finish(connection, id, outcome).await).await.map_err(audit_error)
    }

    async fn acts(
        &self,
        integration: Option<&str>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<RecordedAct>, AuditError> {
        self.for_nobody(async |connection| list(connection, integration, before, limit).await)
            .await
            .map_err(audit_error)
    }

    async fn forget_acts(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, AuditError> {
        self.for_nobody(async |connection| forget(connection, before, limit).await).await.map_err(audit_error)
    }
}

async fn begin(connection: &mut AsyncPgConnection, begun: &Act) -> Result<(), QueryFailure> {
    diesel::insert_into(act::table)
        .values((
            act::id.eq(begun.id),
            act::at.eq(begun.at),
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
        .execute(connection)
        .await?;
    Ok(())
}

async fn assign(connection: &mut AsyncPgConnection, id: Uuid, integration: &str) -> Result<(), QueryFailure> {
    let unassigned = act::table.filter(act::id.eq(id)).filter(act::status.is_null());
    let assign =
        diesel::update(unassigned.filter(act::integration.is_null())).set(act::integration.eq(integration));
    Cached(assign).execute(connection).await?;
    Ok(())
}

async fn finish(
    connection: &mut AsyncPgConnection,
    id: Uuid,
    outcome: &ActOutcome,
) -> Result<(), QueryFailure> {
    let unfinished = act::table.filter(act::id.eq(id)).filter(act::status.is_null());
    let finish = diesel::update(unfinished)
        .set((act::status.eq(act_row::status(outcome)), act::details.eq(&outcome.details)));
    Cached(finish).execute(connection).await?;
    Ok(())
}

type ActRow = (
    (i64, Uuid, DateTime<Utc>),
    (String, Option<String>),
    (String, String, Option<String>, Option<String>),
    (Option<i16>, Option<Value>),
);

async fn list(
    connection: &mut AsyncPgConnection,
    integration: Option<&str>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<RecordedAct>, QueryFailure> {
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
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(read).collect())
}

async fn forget(
    connection: &mut AsyncPgConnection,
    before: DateTime<Utc>,
    limit: u32,
) -> Result<u64, QueryFailure> {
    let old: Vec<i64> = act::table
        .filter(act::at.lt(before))
        .order((act::at, act::number))
        .limit(limit.into())
        .select(act::number)
        .load(connection)
        .await?;
    let forgotten = diesel::delete(act::table.filter(act::number.eq_any(old))).execute(connection).await?;
    Ok(u64::try_from(forgotten).unwrap_or(u64::MAX))
}

fn read(((number, id, at), (subject, address), request, (status, details)): ActRow) -> RecordedAct {
    let (method, route, integration, target) = request;
    act_row::act(ActColumns {
        number,
        id,
        at,
        subject,
        address,
        method,
        route,
        integration,
        target,
        status,
        details,
    })
}
