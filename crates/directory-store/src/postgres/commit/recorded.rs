//! A mutation of one row, its events and its line of the provisioning log, as one statement.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::Error;
use diesel::serialize::{IsNull, Output, ToSql};
use diesel::sql_types::{Array, BigInt, Binary, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{Change, NewEvent};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::log_row::NewEntry;

/// Runs the statement, and answers whether the mutation found its row.
///
/// The mutation must return `integration_id`, `incarnation` and `version`. Event ids are drawn after it has locked
/// its row, because the events are selected from what it returns; therefore the events of one subject stand in the
/// order of its versions. `lookups` are further parts of the statement that change the table of lookups.
pub(super) async fn record<M, L>(
    connection: &mut AsyncPgConnection,
    mutation: M,
    change: &Change,
    events: &[NewEvent],
    lookups: L,
) -> QueryResult<bool>
where
    M: QueryFragment<Pg> + QueryId + Send,
    L: QueryFragment<Pg> + QueryId + Send,
{
    let entry = NewEntry::of_change(change).map_err(|error| Error::SerializationError(Box::new(error)))?;
    let recorded = Recorded::new(mutation, change, entry, events, lookups);
    // Read to the end: the first row comes before the commit.
    let versions: Vec<i64> = recorded.load(connection).await?;
    Ok(!versions.is_empty())
}

struct Recorded<'a, M, L> {
    mutation: M,
    lookups: L,
    change: &'a Change,
    entry: NewEntry<'a>,
    event_ids: Vec<Uuid>,
    event_types: Vec<&'static str>,
    event_subject_kinds: Vec<&'static str>,
    event_subjects: Vec<Uuid>,
    event_data: Vec<&'a str>,
}

impl<'a, M, L> Recorded<'a, M, L> {
    fn new(mutation: M, change: &'a Change, entry: NewEntry<'a>, events: &'a [NewEvent], lookups: L) -> Self {
        Self {
            mutation,
            lookups,
            change,
            entry,
            event_ids: events.iter().map(|event| event.id.0).collect(),
            event_types: events.iter().map(|event| event.event_type.as_str()).collect(),
            event_subject_kinds: events.iter().map(|event| event.subject.kind.as_str()).collect(),
            event_subjects: events.iter().map(|event| event.subject.id).collect(),
            event_data: events.iter().map(|event| event.data.as_str()).collect(),
        }
    }
}

/// One prepared statement for each kind of mutation.
impl<M: QueryId, L: QueryId> QueryId for Recorded<'_, M, L> {
    type QueryId = Recorded<'static, M::QueryId, L::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = M::HAS_STATIC_QUERY_ID && L::HAS_STATIC_QUERY_ID;
}

impl<M, L> Query for Recorded<'_, M, L> {
    type SqlType = BigInt;
}

impl<M: QueryFragment<Pg>, L: QueryFragment<Pg>> QueryFragment<Pg> for Recorded<'_, M, L> {
    /// As for [`super::super::cached::Cached`].
    fn is_safe_to_cache_prepared(&self, _backend: &Pg) -> QueryResult<bool> {
        Ok(true)
    }

    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("with changed as (");
        self.mutation.walk_ast(out.reborrow())?;
        out.push_sql(
            "), told as (
                insert into directory.event_log (
                    integration_id, event_id, event_type, subject_kind, subject_id, data,
                    epoch, incarnation, version, txn, traceparent, committed_at)
                select
                    changed.integration_id, event.id, event.type, event.subject_kind, event.subject_id, event.data,
                    (select epoch from directory.source_epoch), changed.incarnation, changed.version, ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.change.txn)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.change.traceparent)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamptz, _>(&self.change.at)?;
        out.push_sql(" from changed cross join unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.event_ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.event_types)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.event_subject_kinds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.event_subjects)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.event_data)?;
        out.push_sql(
            ") with ordinality as event(id, type, subject_kind, subject_id, data, position)
                order by event.position
            ), noted as (
                insert into directory.provisioning_log (
                    integration_id, request_id, at, operation, kind, subject_id, person, outcome, changed,
                    credential_id, address, agent)
                select changed.integration_id, ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.entry.request_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamptz, _>(&self.entry.at)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.entry.operation)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.entry.kind)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<SqlUuid>, _>(&self.entry.subject)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Binary>, _>(&self.entry.person)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.entry.outcome)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.entry.changed)?;
        out.push_sql("::json, ");
        out.push_bind_param::<Nullable<Text>, _>(&self.entry.credential)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.entry.address)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.entry.agent)?;
        out.push_sql(" from changed)");
        self.lookups.walk_ast(out.reborrow())?;
        out.push_sql(" select changed.version from changed");
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
        std::io::Write::write_all(out, &[JSONB_VERSION])?;
        serde_json::to_writer(out, self.0)?;
        Ok(IsNull::No)
    }
}
