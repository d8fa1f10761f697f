//! A mutation of rows, their events and their entries of the provisioning log, as one statement.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::Error;
use diesel::serialize::{IsNull, Output, ToSql};
use diesel::sql_types::{Array, BigInt, Binary, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{Change, NewEvent, Version};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::outbox::INTO_OUTBOX;
use crate::log_row::NewEntry;

/// A change, the version that it makes, and the events that tell of it.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub(super) change: &'a Change,
    pub(super) version: Version,
    pub(super) events: &'a [NewEvent],
}

/// Runs the statement for one change, and answers whether the mutation found its row.
pub(super) async fn record<M, L>(
    connection: &mut AsyncPgConnection,
    mutation: M,
    told: Told<'_>,
    parts: L,
) -> QueryResult<bool>
where
    M: QueryFragment<Pg> + QueryId + Send,
    L: QueryFragment<Pg> + QueryId + Send,
{
    let found = record_all(connection, mutation, &[told], parts).await?;
    Ok(!found.is_empty())
}

/// Runs the statement for several changes, and answers the ids of the resources whose rows the mutation found.
///
/// The mutation must return `integration_id`, `id` and `incarnation`. Events and entries belong to the row
/// of their subject, and are none without it. Event ids are drawn after the mutation has locked that row, because the
/// events are selected from what it returns; therefore the events of one subject stand in the order of its versions.
/// `parts` are further parts of the statement, which change the table of lookups and count.
pub(super) async fn record_all<M, L>(
    connection: &mut AsyncPgConnection,
    mutation: M,
    told: &[Told<'_>],
    parts: L,
) -> QueryResult<Vec<Uuid>>
where
    M: QueryFragment<Pg> + QueryId + Send,
    L: QueryFragment<Pg> + QueryId + Send,
{
    let entries = Entries::of(told).map_err(|error| Error::SerializationError(Box::new(error)))?;
    // Read to the end: the first row comes before the commit.
    Recorded { mutation, parts, events: Events::of(told), entries }.load(connection).await
}

struct Recorded<'a, M, L> {
    mutation: M,
    parts: L,
    events: Events<'a>,
    entries: Entries<'a>,
}

/// Events, a list for each column.
#[derive(Default)]
struct Events<'a> {
    ids: Vec<Uuid>,
    types: Vec<&'static str>,
    subject_kinds: Vec<&'static str>,
    subjects: Vec<Uuid>,
    versions: Vec<i64>,
    data: Vec<&'a str>,
    txns: Vec<Uuid>,
    traceparents: Vec<Option<&'a str>>,
    times: Vec<DateTime<Utc>>,
}

impl<'a> Events<'a> {
    fn of(told: &[Told<'a>]) -> Self {
        let mut columns = Self::default();
        for Told { change, version, events } in told {
            for event in *events {
                columns.ids.push(event.id.0);
                columns.types.push(event.event_type.as_str());
                columns.subject_kinds.push(event.subject.kind.as_str());
                columns.subjects.push(event.subject.id);
                columns.versions.push(version.0);
                columns.data.push(&event.data);
                columns.txns.push(change.txn);
                columns.traceparents.push(change.traceparent.as_deref());
                columns.times.push(change.at);
            }
        }
        columns
    }

    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.types)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.subject_kinds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.subjects)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.versions)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.data)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.txns)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.traceparents)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Timestamptz>, _>(&self.times)
    }
}

/// Entries of the provisioning log, a list for each column.
#[derive(Default)]
struct Entries<'a> {
    request_ids: Vec<Uuid>,
    times: Vec<DateTime<Utc>>,
    operations: Vec<&'static str>,
    kinds: Vec<Option<&'static str>>,
    subjects: Vec<Option<Uuid>>,
    people: Vec<Option<&'a [u8]>>,
    outcomes: Vec<&'static str>,
    changed: Vec<String>,
    credentials: Vec<Option<&'a str>>,
    addresses: Vec<Option<String>>,
    agents: Vec<Option<String>>,
    bulk_request_ids: Vec<Option<Uuid>>,
}

impl<'a> Entries<'a> {
    fn of(told: &[Told<'a>]) -> Result<Self, serde_json::Error> {
        let mut columns = Self::default();
        for Told { change, .. } in told {
            let entry = NewEntry::of_change(change)?;
            columns.request_ids.push(entry.request_id);
            columns.times.push(entry.at);
            columns.operations.push(entry.operation);
            columns.kinds.push(entry.kind);
            columns.subjects.push(entry.subject);
            columns.people.push(entry.person);
            columns.outcomes.push(entry.outcome);
            columns.changed.push(entry.changed);
            columns.credentials.push(entry.credential);
            columns.addresses.push(entry.address);
            columns.agents.push(entry.agent);
            columns.bulk_request_ids.push(entry.bulk_request_id);
        }
        Ok(columns)
    }

    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<Array<SqlUuid>, _>(&self.request_ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Timestamptz>, _>(&self.times)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.operations)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.kinds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<SqlUuid>>, _>(&self.subjects)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Binary>>, _>(&self.people)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.outcomes)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.changed)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.credentials)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.addresses)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.agents)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<SqlUuid>>, _>(&self.bulk_request_ids)
    }
}

/// One prepared statement for each kind of mutation.
impl<M: QueryId, L: QueryId> QueryId for Recorded<'_, M, L> {
    type QueryId = Recorded<'static, M::QueryId, L::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = M::HAS_STATIC_QUERY_ID && L::HAS_STATIC_QUERY_ID;
}

impl<M, L> Query for Recorded<'_, M, L> {
    type SqlType = SqlUuid;
}

impl<M: QueryFragment<Pg>, L: QueryFragment<Pg>> QueryFragment<Pg> for Recorded<'_, M, L> {
    /// As for [`super::super::cached::Cached`].
    fn is_safe_to_cache_prepared(&self, _backend: &Pg) -> QueryResult<bool> {
        Ok(true)
    }

    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("with changed as (");
        self.mutation.walk_ast(out.reborrow())?;
        out.push_sql(")");
        // PostgreSQL runs `changed` for the answer, and the other parts from the last one to the first.
        self.parts.walk_ast(out.reborrow())?;
        out.push_sql(
            ", told as (
                insert into directory.event_log (
                    integration_id, event_id, event_type, subject_kind, subject_id, data,
                    epoch, incarnation, version, txn, traceparent, committed_at)
                select
                    changed.integration_id, event.id, event.type, event.subject_kind, event.subject_id, event.data,
                    (select epoch from directory.source_epoch), changed.incarnation, event.version,
                    event.txn, event.traceparent, event.committed_at
                from changed join unnest(",
        );
        self.events.push(&mut out)?;
        out.push_sql(
            ") with ordinality as event(
                    id, type, subject_kind, subject_id, version, data, txn, traceparent, committed_at, position)
                on event.subject_id = changed.id
                order by event.position",
        );
        out.push_sql(INTO_OUTBOX);
        out.push_sql(
            ", noted as (
                insert into directory.provisioning_log (
                    integration_id, request_id, at, operation, kind, subject_id, person, outcome, changed,
                    credential_id, address, agent, bulk_request_id)
                select changed.integration_id, entry.request_id, entry.at, entry.operation, entry.kind,
                    entry.subject_id, entry.person, entry.outcome, entry.changed::json,
                    entry.credential_id, entry.address, entry.agent, entry.bulk_request_id
                from changed join unnest(",
        );
        self.entries.push(&mut out)?;
        out.push_sql(
            ") as entry(
                    request_id, at, operation, kind, subject_id, person, outcome, changed, credential_id, address,
                    agent, bulk_request_id)
                on entry.subject_id = changed.id)
            select changed.id from changed",
        );
        Ok(())
    }
}

/// A resource's document on its way into a `jsonb` column, without a copy.
#[derive(Debug, diesel::expression::AsExpression)]
#[diesel(sql_type = Jsonb)]
pub(super) struct Document<'a>(pub(super) &'a Map<String, Value>);

impl ToSql<Jsonb, Pg> for Document<'_> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> diesel::serialize::Result {
        /// Version of the binary form; the text of the document follows.
        const JSONB_VERSION: u8 = 1;
        /// More than most are long.
        const LENGTH: usize = 2_048;
        // Written at once: each piece by itself would go through the layers of `out`.
        let mut text = Vec::with_capacity(LENGTH);
        text.push(JSONB_VERSION);
        serde_json::to_writer(&mut text, self.0)?;
        std::io::Write::write_all(out, &text)?;
        Ok(IsNull::No)
    }
}
