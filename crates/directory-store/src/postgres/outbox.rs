//! What of the event log is to be sent. Nobody remembers a position in the log: ids become visible out of order.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{Backlog, OutboxEvent, RelayId};
use events::{Envelope, EventId, Sequence, Subject};
use uuid::Uuid;

use super::error::QueryFailure;
use super::schema::outbox;
use crate::row::{self, RowError};

pub(super) async fn claim(
    connection: &mut AsyncPgConnection,
    relay: RelayId,
    limit: u32,
    lease: Duration,
) -> Result<Vec<OutboxEvent>, QueryFailure> {
    let lease_millis = i64::try_from(lease.as_millis()).unwrap_or(i64::MAX);
    let rows: Vec<ClaimedRow> =
        Claim { relay: relay.0, limit: limit.into(), lease_millis }.load(connection).await?;
    Ok(row::readable(rows.into_iter().map(outbox_event)))
}

pub(super) async fn mark_published(
    connection: &mut AsyncPgConnection,
    relay: RelayId,
    sent: &[EventId],
) -> Result<u64, QueryFailure> {
    let marked = Mark(Held::of(relay, sent)).execute(connection).await?;
    Ok(u64::try_from(marked).unwrap_or(u64::MAX))
}

pub(super) async fn release(
    connection: &mut AsyncPgConnection,
    relay: RelayId,
    unsent: &[EventId],
) -> Result<(), QueryFailure> {
    Release(Held::of(relay, unsent)).execute(connection).await?;
    Ok(())
}

pub(super) async fn unsent_up_to(
    connection: &mut AsyncPgConnection,
    limit: u32,
) -> Result<u32, QueryFailure> {
    // In the order of the index of turns, so that the planner takes that one.
    let unsent: Vec<i64> = outbox::table
        .filter(outbox::replayed.eq(false))
        .order((outbox::integration_id, outbox::log_id))
        .limit(limit.into())
        .select(outbox::log_id)
        .load(connection)
        .await?;
    Ok(u32::try_from(unsent.len()).unwrap_or(limit))
}

pub(super) async fn backlog(connection: &mut AsyncPgConnection) -> Result<Backlog, QueryFailure> {
    let (unsent, oldest_age_seconds): (i64, i64) = CountUnsent.get_result(connection).await?;
    Ok(Backlog { unsent: unsent.unsigned_abs(), oldest_age_seconds: oldest_age_seconds.unsigned_abs() })
}

/// The end of the part `told` of a statement, which writes events: puts them into the outbox.
pub(super) const INTO_OUTBOX: &str = " returning event_id, integration_id, id, committed_at
    ), waiting as (
        insert into directory.outbox (event_id, integration_id, log_id, committed_at)
        select event_id, integration_id, id, committed_at from told
    )";

/// An insertion into the event log that puts the event into the outbox as well.
#[derive(QueryId)]
pub(super) struct Told<I>(pub(super) I);

impl<I: QueryFragment<Pg>> QueryFragment<Pg> for Told<I> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("with told as (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(INTO_OUTBOX);
        out.push_sql(" select from told");
        Ok(())
    }
}

/// Which of these events a relay holds.
#[derive(QueryId)]
struct Held {
    relay: Uuid,
    events: Vec<Uuid>,
}

impl Held {
    fn of(relay: RelayId, events: &[EventId]) -> Self {
        Self { relay: relay.0, events: events.iter().map(|id| id.0).collect() }
    }
}

impl QueryFragment<Pg> for Held {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // Of a long list of values the planner would think that it is most of the table, and read all of that.
        out.push_sql(" where event_id = any(array(select unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.events)?;
        out.push_sql("))) and claimed_by = ");
        out.push_bind_param::<SqlUuid, _>(&self.relay)
    }
}

#[derive(QueryId)]
struct Mark(Held);

impl QueryFragment<Pg> for Mark {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("delete from directory.outbox");
        self.0.walk_ast(out)
    }
}

#[derive(QueryId)]
struct Release(Held);

impl QueryFragment<Pg> for Release {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("update directory.outbox set claimed_by = null, claimed_until = null");
        self.0.walk_ast(out)
    }
}

#[derive(QueryId)]
struct CountUnsent;

impl Query for CountUnsent {
    type SqlType = (BigInt, BigInt);
}

impl QueryFragment<Pg> for CountUnsent {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "select count(*), greatest(0, coalesce(floor(extract(epoch from now() - min(committed_at)
                filter (where not replayed))), 0))::bigint
             from directory.outbox",
        );
        Ok(())
    }
}

#[derive(QueryId)]
struct Claim {
    relay: Uuid,
    limit: i64,
    lease_millis: i64,
}

impl Query for Claim {
    type SqlType = (
        (SqlUuid, Text, SqlUuid, SqlUuid, Nullable<Text>, Timestamptz),
        (Integer, Integer, BigInt),
        (Text, Text, Text),
        Text,
    );
}

impl QueryFragment<Pg> for Claim {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "with recursive owner(id) as (
                -- Whose events are new, by one look into the index for each.
                (select integration_id from directory.outbox where not replayed order by integration_id limit 1)
                union all
                select (select integration_id from directory.outbox
                    where not replayed and integration_id > owner.id order by integration_id limit 1)
                from owner where owner.id is not null
            ), share as (
                select head.event_id, head.log_id from owner cross join lateral (
                    select event_id, log_id from directory.outbox
                    where not replayed and integration_id = owner.id
                        and (claimed_until is null or claimed_until < now())
                    order by log_id limit greatest(",
        );
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(
            " / (select count(id) from owner), 1) for update skip locked
                ) as head
                -- All of them, unless there are more integrations than the limit.
                order by random() limit ",
        );
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(
            "), rest as (
                select event_id from directory.outbox
                where (claimed_until is null or claimed_until < now())
                    and log_id <> all(array(select log_id from share))
                order by replayed, integration_id, log_id limit ",
        );
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(
            " - (select count(*) from share) for update skip locked
            ), claimed as (
                update directory.outbox set claimed_by = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.relay)?;
        out.push_sql(", claimed_until = now() + ");
        out.push_bind_param::<BigInt, _>(&self.lease_millis)?;
        // Arrays rather than joins: a long backlog must not make the planner read a whole table.
        out.push_sql(
            " * interval '1 millisecond', attempts = attempts + 1
                where event_id = any(array(select event_id from share union all select event_id from rest))
                returning event_id, integration_id, log_id
            )
            select
                event.event_id, event.event_type, event.subject_id, event.txn, event.traceparent,
                event.committed_at, event.epoch, event.incarnation, event.version,
                integration.slug, integration.environment, integration.portal, event.data
            from directory.event_log as event join directory.integration on integration.id = event.integration_id
            where event.id = any(array(select log_id from claimed))
                -- A row that is not of its event moves nobody else's.
                and (event.event_id, event.integration_id) in (select event_id, integration_id from claimed)
            order by event.id",
        );
        Ok(())
    }
}

type ClaimedRow = (
    (Uuid, String, Uuid, Uuid, Option<String>, DateTime<Utc>),
    (i32, i32, i64),
    (String, String, String),
    String,
);

fn outbox_event((event, sequence, integration, data): ClaimedRow) -> Result<OutboxEvent, RowError> {
    let (id, event_type, subject, txn, traceparent, time) = event;
    let (epoch, incarnation, version) = sequence;
    let (slug, environment, portal) = integration;
    let event_type = row::event_type(&event_type)?;
    let envelope = Envelope {
        id: EventId(id),
        event_type,
        integration: slug,
        environment: row::environment(&environment)?,
        portal,
        subject: Subject { kind: event_type.subject_kind(), id: subject },
        time,
        sequence: Sequence { epoch, incarnation, version },
        txn,
        traceparent,
    };
    Ok(OutboxEvent { envelope, data })
}
