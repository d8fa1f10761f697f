//! The event log as an outbox.

use std::time::Duration;

use diesel::dsl::{count_star, min};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use directory::{Backlog, OutboxEvent, RelayId};
use events::{Envelope, EventId, Sequence, Subject};

use super::error::Failure;
use super::schema::{event_log, integration};
use super::values;
use crate::row;

/// SQLite takes 32766 parameters in one statement.
const MOST_IDS: usize = 10_000;

pub(super) fn claim(
    connection: &mut SqliteConnection,
    relay: RelayId,
    limit: u32,
    lease: Duration,
) -> Result<Vec<OutboxEvent>, Failure> {
    let limit = usize::try_from(limit).unwrap_or(MOST_IDS).min(MOST_IDS);
    let rows: Vec<ClaimedRow> = connection.immediate_transaction(|connection| {
        let now = values::store_millis(connection)?;
        let due = due(connection, now, limit)?;
        lease_to(connection, relay, &due, now.saturating_add(values::duration_millis(lease)))?;
        claimed(connection, &due)
    })?;
    Ok(row::readable(rows.into_iter().map(outbox_event)))
}

pub(super) fn mark_published(
    connection: &mut SqliteConnection,
    relay: RelayId,
    sent: &[EventId],
) -> Result<u64, Failure> {
    let now = values::store_millis(connection)?;
    let mut marked = 0;
    for ids in sent.chunks(MOST_IDS) {
        marked += diesel::update(event_log::table)
            .filter(event_log::event_id.eq_any(ids.iter().map(ToString::to_string)))
            .filter(event_log::claimed_by.eq(relay.0.to_string()))
            .filter(event_log::published_at.is_null())
            .set(event_log::published_at.eq(now))
            .execute(connection)?;
    }
    Ok(u64::try_from(marked).unwrap_or(u64::MAX))
}

pub(super) fn release(
    connection: &mut SqliteConnection,
    relay: RelayId,
    unsent: &[EventId],
) -> Result<(), Failure> {
    for ids in unsent.chunks(MOST_IDS) {
        diesel::update(event_log::table)
            .filter(event_log::event_id.eq_any(ids.iter().map(ToString::to_string)))
            .filter(event_log::claimed_by.eq(relay.0.to_string()))
            .filter(event_log::published_at.is_null())
            .set((event_log::claimed_by.eq(None::<String>), event_log::claimed_until.eq(None::<i64>)))
            .execute(connection)?;
    }
    Ok(())
}

pub(super) fn unsent_up_to(connection: &mut SqliteConnection, limit: u32) -> Result<u32, Failure> {
    let unsent: Vec<i64> = event_log::table
        .filter(event_log::published_at.is_null())
        .filter(event_log::replayed.eq(false))
        .order((event_log::integration_id, event_log::id))
        .limit(limit.into())
        .select(event_log::id)
        .load(connection)?;
    Ok(u32::try_from(unsent.len()).unwrap_or(limit))
}

pub(super) fn backlog(connection: &mut SqliteConnection) -> Result<Backlog, Failure> {
    let now = values::store_millis(connection)?;
    let waiting = event_log::table.filter(event_log::published_at.is_null());
    let unsent: i64 = waiting.select(count_star()).get_result(connection)?;
    let oldest: Option<i64> = waiting
        .filter(event_log::replayed.eq(false))
        .select(min(event_log::committed_at))
        .get_result(connection)?;
    let age_millis = oldest.map_or(0, |oldest| now.saturating_sub(oldest).max(0));
    Ok(Backlog { unsent: unsent.unsigned_abs(), oldest_age_seconds: age_millis.unsigned_abs() / 1_000 })
}

/// The share of each integration that has something new, and then what else there is. Of more integrations than the limit
/// those whose oldest event is the oldest.
fn due(connection: &mut SqliteConnection, now: i64, limit: usize) -> QueryResult<Vec<i64>> {
    let is_free = || {
        let is_free =
            event_log::claimed_until.is_null().or(event_log::claimed_until.lt(now).assume_not_null());
        event_log::published_at.is_null().and(is_free.assume_not_null())
    };
    let owners: Vec<(String, Option<i64>)> = event_log::table
        .filter(is_free())
        .filter(event_log::replayed.eq(false))
        .group_by(event_log::integration_id)
        .order(min(event_log::id))
        .limit(i64::try_from(limit).unwrap_or_default())
        .select((event_log::integration_id, min(event_log::id)))
        .load(connection)?;
    let share = limit / owners.len().max(1);
    let mut due: Vec<i64> = Vec::new();
    for (owner, _) in owners {
        let oldest = event_log::table
            .filter(is_free())
            .filter(event_log::replayed.eq(false))
            .filter(event_log::integration_id.eq(owner))
            .order(event_log::id)
            .limit(i64::try_from(share).unwrap_or_default())
            .select(event_log::id);
        due.extend(oldest.load::<i64>(connection)?);
    }
    let rest = event_log::table
        .filter(is_free())
        .filter(event_log::id.ne_all(due.clone()))
        .order((event_log::replayed, event_log::integration_id, event_log::id))
        .limit(i64::try_from(limit - due.len()).unwrap_or_default())
        .select(event_log::id);
    due.extend(rest.load::<i64>(connection)?);
    Ok(due)
}

fn lease_to(connection: &mut SqliteConnection, relay: RelayId, due: &[i64], until: i64) -> QueryResult<()> {
    diesel::update(event_log::table)
        .filter(event_log::id.eq_any(due))
        .set((
            event_log::claimed_by.eq(relay.0.to_string()),
            event_log::claimed_until.eq(until),
            event_log::attempts.eq(event_log::attempts + 1),
        ))
        .execute(connection)?;
    Ok(())
}

type ClaimedRow = (
    (String, String, String, String, Option<String>, i64),
    (i32, i32, i64),
    (String, String, String),
    String,
);

fn claimed(connection: &mut SqliteConnection, due: &[i64]) -> QueryResult<Vec<ClaimedRow>> {
    event_log::table
        .inner_join(integration::table.on(integration::id.eq(event_log::integration_id)))
        .filter(event_log::id.eq_any(due))
        .order(event_log::id)
        .select((
            (
                event_log::event_id,
                event_log::event_type,
                event_log::subject_id,
                event_log::txn,
                event_log::traceparent,
                event_log::committed_at,
            ),
            (event_log::epoch, event_log::incarnation, event_log::version),
            (integration::slug, integration::environment, integration::portal),
            event_log::data,
        ))
        .load(connection)
}

fn outbox_event((event, sequence, integration, data): ClaimedRow) -> Result<OutboxEvent, Failure> {
    let (id, event_type, subject, txn, traceparent, time) = event;
    let (epoch, incarnation, version) = sequence;
    let (slug, environment, portal) = integration;
    let event_type = row::event_type(&event_type)?;
    let envelope = Envelope {
        id: EventId(values::uuid(&id)?),
        event_type,
        integration: slug,
        environment: row::environment(&environment)?,
        portal,
        subject: Subject { kind: event_type.subject_kind(), id: values::uuid(&subject)? },
        time: values::time(time)?,
        sequence: Sequence { epoch, incarnation, version },
        txn: values::uuid(&txn)?,
        traceparent,
    };
    Ok(OutboxEvent { envelope, data })
}
