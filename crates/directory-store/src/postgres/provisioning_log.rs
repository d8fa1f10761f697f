//! The provisioning log: what requests came to.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{
    Array, BigInt, Binary, Integer, Json, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{
    IntegrationId, LogEntry, LogPage, LogQuery, LoggedRequest, LookedBack, ProvisioningLog, StoreError,
};
use serde_json::Value;
use uuid::Uuid;

use super::PostgresDirectoryStore;
use super::error::{QueryFailure, unavailable};
use crate::log_row::{self, LogColumns, NewEntry};
use crate::log_sql;
use crate::query_sql::{Postgres, Statement};
use crate::row::RowError;

#[async_trait]
impl ProvisioningLog for PostgresDirectoryStore {
    /// One statement for each integration, in the order of their ids.
    async fn append(&self, entries: &[LoggedRequest]) -> Result<(), StoreError> {
        let mut by_integration: BTreeMap<IntegrationId, Vec<NewEntry<'_>>> = BTreeMap::new();
        for entry in entries {
            let new = NewEntry::of(entry).map_err(RowError::Json)?;
            by_integration.entry(entry.integration).or_default().push(new);
        }
        for (of, entries) in by_integration {
            let append = Append::new(of, entries);
            self.for_tenant(of, async |connection| {
                append.execute(connection).await?;
                Ok(())
            })
            .await?;
        }
        Ok(())
    }

    async fn entries(&self, of: IntegrationId, query: &LogQuery) -> Result<LogPage, StoreError> {
        let leave = tokio::time::timeout(self.pool.answer_timeout(), self.log_questions.acquire()).await;
        let _leave = leave.map_err(unavailable)?;
        let entries = async |connection: &mut _| entries(connection, of, query).await;
        self.for_tenant_in(&self.searches, of, entries).await
    }

    async fn forget(&self, of: IntegrationId, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let removal = Statement::<()>::cached(log_sql::removal(&Postgres, of, before, limit));
        let removed = self.for_tenant(of, async |connection| Ok(removal.execute(connection).await?)).await?;
        Ok(u64::try_from(removed).unwrap_or(u64::MAX))
    }
}

type EntrySql = (
    (BigInt, SqlUuid, Timestamptz),
    (Text, Nullable<Text>, Nullable<SqlUuid>, Nullable<Binary>),
    (Text, Nullable<SmallInt>, Nullable<Text>, Json),
    (Nullable<Text>, Nullable<Text>, Nullable<Text>, Nullable<SqlUuid>),
    (Nullable<Integer>, Nullable<Text>, Nullable<Text>),
);

type EntryRow = (
    (i64, Uuid, DateTime<Utc>),
    (String, Option<String>, Option<Uuid>, Option<Vec<u8>>),
    (String, Option<i16>, Option<String>, Value),
    (Option<String>, Option<String>, Option<String>, Option<Uuid>),
    (Option<i32>, Option<String>, Option<String>),
);

async fn entries(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    query: &LogQuery,
) -> Result<LogPage, QueryFailure> {
    let statement = Statement::<EntrySql>::once(log_sql::entries(&Postgres, of, query));
    let rows: Vec<EntryRow> = statement.load(connection).await?;
    let entries: Vec<LogEntry> = rows.into_iter().map(|row| read(of, row)).collect::<Result<_, _>>()?;
    let Some(looked_back) = log_sql::looked_back(&Postgres, of, query, entries.len()) else {
        return Ok(log_sql::page(query, entries, None));
    };
    // What was written meanwhile only moves it up.
    let last: Option<(DateTime<Utc>, i64)> =
        Statement::<(Timestamptz, BigInt)>::once(looked_back).get_result(connection).await.optional()?;
    Ok(log_sql::page(query, entries, last.map(|(at, number)| LookedBack { at, number })))
}

fn read(of: IntegrationId, (identity, what, result, origin, rest): EntryRow) -> Result<LogEntry, RowError> {
    let (number, request_id, at) = identity;
    let (operation, kind, subject, person) = what;
    let (outcome, status, reason, changed) = result;
    let (credential, address, agent, bulk_request_id) = origin;
    let (duration_ms, expected, received) = rest;
    log_row::entry(
        of,
        LogColumns {
            number,
            request_id,
            at,
            operation,
            kind,
            subject,
            person,
            outcome,
            status,
            reason,
            changed,
            credential,
            address,
            agent,
            bulk_request_id,
            duration_ms,
            expected,
            received,
        },
    )
}

/// Adds entries of one integration: one list for each column, so that any number of them is the same statement.
struct Append<'a> {
    of: Uuid,
    request_ids: Vec<Uuid>,
    ats: Vec<DateTime<Utc>>,
    operations: Vec<&'static str>,
    kinds: Vec<Option<&'static str>>,
    subjects: Vec<Option<Uuid>>,
    persons: Vec<Option<&'a [u8]>>,
    outcomes: Vec<&'static str>,
    statuses: Vec<Option<i16>>,
    reasons: Vec<Option<String>>,
    changed: Vec<String>,
    credentials: Vec<Option<&'a str>>,
    addresses: Vec<Option<String>>,
    agents: Vec<Option<String>>,
    bulk_request_ids: Vec<Option<Uuid>>,
    durations: Vec<Option<i32>>,
    expected: Vec<Option<String>>,
    received: Vec<Option<String>>,
}

impl<'a> Append<'a> {
    fn new(of: IntegrationId, entries: Vec<NewEntry<'a>>) -> Self {
        let mut columns = Self {
            of: of.0,
            request_ids: vec![],
            ats: vec![],
            operations: vec![],
            kinds: vec![],
            subjects: vec![],
            persons: vec![],
            outcomes: vec![],
            statuses: vec![],
            reasons: vec![],
            changed: vec![],
            credentials: vec![],
            addresses: vec![],
            agents: vec![],
            bulk_request_ids: vec![],
            durations: vec![],
            expected: vec![],
            received: vec![],
        };
        for entry in entries {
            columns.request_ids.push(entry.request_id);
            columns.ats.push(entry.at);
            columns.operations.push(entry.operation);
            columns.kinds.push(entry.kind);
            columns.subjects.push(entry.subject);
            columns.persons.push(entry.person);
            columns.outcomes.push(entry.outcome);
            columns.statuses.push(entry.status);
            columns.reasons.push(entry.reason);
            columns.changed.push(entry.changed);
            columns.credentials.push(entry.credential);
            columns.addresses.push(entry.address);
            columns.agents.push(entry.agent);
            columns.bulk_request_ids.push(entry.bulk_request_id);
            columns.durations.push(entry.duration_ms);
            columns.expected.push(entry.expected);
            columns.received.push(entry.received);
        }
        columns
    }
}

impl QueryId for Append<'_> {
    type QueryId = Append<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Pg> for Append<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "insert into directory.provisioning_log (
                integration_id, request_id, at, operation, kind, subject_id, person, outcome, status, reason, changed,
                credential_id, address, agent, bulk_request_id, duration_ms, expected, received)
            select ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.of)?;
        out.push_sql(
            ", entry.request_id, entry.at, entry.operation, entry.kind, entry.subject_id, entry.person,
                entry.outcome, entry.status, entry.reason, entry.changed::json, entry.credential_id, entry.address,
                entry.agent, entry.bulk_request_id, entry.duration_ms, entry.expected, entry.received
            from unnest(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.request_ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Timestamptz>, _>(&self.ats)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.operations)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.kinds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<SqlUuid>>, _>(&self.subjects)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Binary>>, _>(&self.persons)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.outcomes)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<SmallInt>>, _>(&self.statuses)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.reasons)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.changed)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.credentials)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.addresses)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.agents)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<SqlUuid>>, _>(&self.bulk_request_ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Integer>>, _>(&self.durations)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.expected)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.received)?;
        out.push_sql(
            ") with ordinality as entry(
                request_id, at, operation, kind, subject_id, person, outcome, status, reason, changed, credential_id,
                address, agent, bulk_request_id, duration_ms, expected, received, position)
            order by entry.position on conflict (request_id, integration_id) do nothing",
        );
        Ok(())
    }
}
