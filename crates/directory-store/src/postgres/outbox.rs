//! The event log as an outbox. Nobody remembers a position in it: ids become visible out of order.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{Backlog, OutboxEvent, RelayId};
use events::{Envelope, EventId, Sequence, Subject};
use uuid::Uuid;

use super::cached::Cached;
use super::error::QueryFailure;
use super::schema::event_log;
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
    let ids: Vec<Uuid> = sent.iter().map(|id| id.0).collect();
    let mark = diesel::update(event_log::table)
        .filter(event_log::event_id.eq_any(ids))
        .filter(event_log::claimed_by.eq(relay.0))
        .filter(event_log::published_at.is_null())
        .set(event_log::published_at.eq(diesel::dsl::now));
    let marked = Cached(mark).execute(connection).await?;
    Ok(u64::try_from(marked).unwrap_or(u64::MAX))
}

pub(super) async fn release(
    connection: &mut AsyncPgConnection,
    relay: RelayId,
    unsent: &[EventId],
) -> Result<(), QueryFailure> {
    let ids: Vec<Uuid> = unsent.iter().map(|id| id.0).collect();
    let release = diesel::update(event_log::table)
        .filter(event_log::event_id.eq_any(ids))
        .filter(event_log::claimed_by.eq(relay.0))
        .filter(event_log::published_at.is_null())
        .set((event_log::claimed_by.eq(None::<Uuid>), event_log::claimed_until.eq(None::<DateTime<Utc>>)));
    Cached(release).execute(connection).await?;
    Ok(())
}

pub(super) async fn unsent_up_to(
    connection: &mut AsyncPgConnection,
    limit: u32,
) -> Result<u32, QueryFailure> {
    // In the order of the index of what is unsent, so that the planner takes that one.
    let unsent: Vec<i64> = event_log::table
        .filter(event_log::published_at.is_null())
        .filter(event_log::replayed.eq(false))
        .order((event_log::integration_id, event_log::id))
        .limit(limit.into())
        .select(event_log::id)
        .load(connection)
        .await?;
    Ok(u32::try_from(unsent.len()).unwrap_or(limit))
}

pub(super) async fn backlog(connection: &mut AsyncPgConnection) -> Result<Backlog, QueryFailure> {
    let (unsent, oldest_age_seconds): (i64, i64) = CountUnsent.get_result(connection).await?;
    Ok(Backlog { unsent: unsent.unsigned_abs(), oldest_age_seconds: oldest_age_seconds.unsigned_abs() })
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
             from directory.event_log where published_at is null",
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
                (select integration_id from directory.event_log where published_at is null and not replayed
                    order by integration_id limit 1)
                union all
                select (select integration_id from directory.event_log
                    where published_at is null and not replayed and integration_id > owner.id
                    order by integration_id limit 1)
                from owner where owner.id is not null
            ), share as (
                select head.id from owner cross join lateral (
                    select id from directory.event_log
                    where published_at is null and not replayed and integration_id = owner.id
                        and (claimed_until is null or claimed_until < now())
                    order by id limit greatest(",
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
                select id from directory.event_log
                where published_at is null and (claimed_until is null or claimed_until < now())
                    and id <> all(array(select id from share))
                order by replayed, integration_id, id limit ",
        );
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(
            " - (select count(*) from share) for update skip locked
            ), claimed as (
                update directory.event_log set claimed_by = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.relay)?;
        out.push_sql(", claimed_until = now() + ");
        out.push_bind_param::<BigInt, _>(&self.lease_millis)?;
        // An array rather than a join: a long backlog must not make the planner read the whole log.
        out.push_sql(
            " * interval '1 millisecond', attempts = attempts + 1
                where id = any(array(select id from share union all select id from rest)) returning *
            )
            select
                claimed.event_id, claimed.event_type, claimed.subject_id, claimed.txn, claimed.traceparent,
                claimed.committed_at, claimed.epoch, claimed.incarnation, claimed.version,
                integration.slug, integration.environment, integration.portal, claimed.data
            from claimed join directory.integration on integration.id = claimed.integration_id
            order by claimed.id",
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
