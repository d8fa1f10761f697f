//! The provisioning log: what requests came to.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, SmallInt, Text};
use diesel::sqlite::SqliteConnection;
use directory::{
    IntegrationId, LogEntry, LogPage, LogQuery, LoggedRequest, LookedBack, ProvisioningLog, StoreError,
};

use super::error::Failure;
use super::schema::provisioning_log;
use super::{SqliteDirectoryStore, values};
use crate::log_row::{self, LogColumns, NewEntry};
use crate::log_sql;
use crate::query_sql::{Sqlite, Statement};

#[async_trait]
impl ProvisioningLog for SqliteDirectoryStore {
    async fn append(&self, entries: &[LoggedRequest]) -> Result<(), StoreError> {
        let entries = entries.to_vec();
        self.write(move |connection| append(connection, &entries)).await
    }

    async fn entries(&self, of: IntegrationId, query: &LogQuery) -> Result<LogPage, StoreError> {
        let query = query.clone();
        self.read(move |connection| find(connection, of, &query)).await
    }

    async fn forget(&self, of: IntegrationId, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let removal = Statement::<()>::cached(log_sql::removal(&Sqlite, of, before, limit));
        let removed = self.write(move |connection| Ok(removal.execute(connection)?)).await?;
        Ok(u64::try_from(removed).unwrap_or(u64::MAX))
    }
}

/// An entry on its way in.
#[derive(Insertable)]
#[diesel(table_name = provisioning_log)]
pub(super) struct EntryRow<'a> {
    integration_id: String,
    request_id: String,
    at: i64,
    operation: &'static str,
    kind: Option<&'static str>,
    subject_id: Option<String>,
    person: Option<&'a [u8]>,
    outcome: &'static str,
    status: Option<i16>,
    reason: Option<String>,
    changed: String,
    credential_id: Option<&'a str>,
    address: Option<String>,
    agent: Option<String>,
    bulk_request_id: Option<String>,
    duration_ms: Option<i32>,
    expected: Option<String>,
    received: Option<String>,
}

impl<'a> EntryRow<'a> {
    pub(super) fn of(of: IntegrationId, entry: NewEntry<'a>) -> Self {
        Self {
            integration_id: of.0.to_string(),
            request_id: entry.request_id.to_string(),
            at: values::millis(entry.at),
            operation: entry.operation,
            kind: entry.kind,
            subject_id: entry.subject.map(|id| id.to_string()),
            person: entry.person,
            outcome: entry.outcome,
            status: entry.status,
            reason: entry.reason,
            changed: entry.changed,
            credential_id: entry.credential,
            address: entry.address,
            agent: entry.agent,
            bulk_request_id: entry.bulk_request_id.map(|id| id.to_string()),
            duration_ms: entry.duration_ms,
            expected: entry.expected,
            received: entry.received,
        }
    }
}

fn append(connection: &mut SqliteConnection, entries: &[LoggedRequest]) -> Result<(), Failure> {
    connection.immediate_transaction(|connection| {
        for entry in entries {
            diesel::insert_into(provisioning_log::table)
                .values(EntryRow::of(entry.integration, NewEntry::of(entry)?))
                .on_conflict((provisioning_log::integration_id, provisioning_log::request_id))
                .do_nothing()
                .execute(connection)?;
        }
        Ok(())
    })
}

type ColumnsSql = (
    (BigInt, Text, BigInt),
    (Text, Nullable<Text>, Nullable<Text>, Nullable<Binary>),
    (Text, Nullable<SmallInt>, Nullable<Text>, Text),
    (Nullable<Text>, Nullable<Text>, Nullable<Text>, Nullable<Text>),
    (Nullable<Integer>, Nullable<Text>, Nullable<Text>),
);

type Columns = (
    (i64, String, i64),
    (String, Option<String>, Option<String>, Option<Vec<u8>>),
    (String, Option<i16>, Option<String>, String),
    (Option<String>, Option<String>, Option<String>, Option<String>),
    (Option<i32>, Option<String>, Option<String>),
);

fn find(connection: &mut SqliteConnection, of: IntegrationId, query: &LogQuery) -> Result<LogPage, Failure> {
    let statement = Statement::<ColumnsSql>::once(log_sql::entries(&Sqlite, of, query));
    let rows: Vec<Columns> = statement.load(connection)?;
    let entries: Vec<LogEntry> = rows.into_iter().map(|row| read(of, row)).collect::<Result<_, _>>()?;
    let Some(looked_back) = log_sql::looked_back(&Sqlite, of, query, entries.len()) else {
        return Ok(log_sql::page(query, entries, None));
    };
    let last: Option<(i64, i64)> =
        Statement::<(BigInt, BigInt)>::once(looked_back).get_result(connection).optional()?;
    let last = last.map(|(at, number)| Ok::<_, Failure>(LookedBack { at: values::time(at)?, number }));
    Ok(log_sql::page(query, entries, last.transpose()?))
}

fn read(of: IntegrationId, (identity, what, result, origin, rest): Columns) -> Result<LogEntry, Failure> {
    let (number, request_id, at) = identity;
    let (operation, kind, subject, person) = what;
    let (outcome, status, reason, changed) = result;
    let (credential, address, agent, bulk) = origin;
    let (duration_ms, expected, received) = rest;
    let entry = log_row::entry(
        of,
        LogColumns {
            number,
            request_id: values::uuid(&request_id)?,
            at: values::time(at)?,
            operation,
            kind,
            subject: subject.as_deref().map(values::uuid).transpose()?,
            person,
            outcome,
            status,
            reason,
            changed: values::document(&changed)?,
            credential,
            address,
            agent,
            bulk_request_id: bulk.as_deref().map(values::uuid).transpose()?,
            duration_ms,
            expected,
            received,
        },
    )?;
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use directory::LoggedOperation;
    use uuid::Uuid;

    use super::*;
    use crate::query_sql::sql;

    #[tokio::test(flavor = "multi_thread")]
    async fn an_operation_that_is_asked_for_seldom_has_an_index() {
        let store = SqliteDirectoryStore::open_in_memory().await.unwrap();
        let plan = async |operation| {
            let query = LogQuery { operation: Some(operation), limit: 10, ..LogQuery::default() };
            let entries = log_sql::entries(&Sqlite, IntegrationId(Uuid::nil()), &query);
            let explain =
                Statement::<(Integer, Integer, Integer, Text)>::once(sql("explain query plan ?", [&entries]));
            let lines: Vec<(i32, i32, i32, String)> =
                store.read(move |connection| Ok::<_, Failure>(explain.load(connection)?)).await.unwrap();
            lines.into_iter().map(|(_, _, _, line)| line).collect::<Vec<_>>().join("\n")
        };
        for seldom in [LoggedOperation::Bulk, LoggedOperation::SignIn, LoggedOperation::Delete] {
            let plan = plan(seldom).await;
            assert!(plan.contains("provisioning_log_seldom (integration_id=? AND operation=?)"), "{plan}");
            assert!(!plan.contains("B-TREE"), "it is in the order of the page: {plan}");
        }
        let plan = plan(LoggedOperation::Search).await;
        assert!(plan.contains("provisioning_log_time"), "{plan}");
        assert!(
            plan.contains("CO-ROUTINE") && !plan.contains("B-TREE"),
            "it ends when the page is full: {plan}"
        );
    }
}
