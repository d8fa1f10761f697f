//! What of the event log is to be sent.

use std::time::Duration;

use diesel::dsl::{count_star, min};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use directory::{Backlog, OutboxEvent, RelayId};
use events::{Envelope, EventId, Sequence, Subject};

use super::error::Failure;
use super::schema::{event_log, integration, outbox};
use super::values;
use crate::row;

/// SQLite takes 32766 parameters in one statement.
const MOST_IDS: usize = 10_000;

/// Puts events of the log into the outbox.
pub(super) fn put(connection: &mut SqliteConnection, new: &[EventId]) -> QueryResult<()> {
    for ids in new.chunks(MOST_IDS) {
        event_log::table
            .filter(event_log::event_id.eq_any(ids.iter().map(ToString::to_string)))
            .select((event_log::event_id, event_log::integration_id, event_log::id, event_log::committed_at))
            .insert_into(outbox::table)
            .into_columns((outbox::event_id, outbox::integration_id, outbox::log_id, outbox::committed_at))
            .execute(connection)?;
    }
    Ok(())
}

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
    let mut marked = 0;
    for ids in sent.chunks(MOST_IDS) {
        marked += diesel::delete(outbox::table)
            .filter(outbox::event_id.eq_any(ids.iter().map(ToString::to_string)))
            .filter(outbox::claimed_by.eq(relay.0.to_string()))
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
        diesel::update(outbox::table)
            .filter(outbox::event_id.eq_any(ids.iter().map(ToString::to_string)))
            .filter(outbox::claimed_by.eq(relay.0.to_string()))
            .set((outbox::claimed_by.eq(None::<String>), outbox::claimed_until.eq(None::<i64>)))
            .execute(connection)?;
    }
    Ok(())
}

pub(super) fn unsent_up_to(connection: &mut SqliteConnection, limit: u32) -> Result<u32, Failure> {
    let unsent: Vec<i64> = outbox::table
        .filter(outbox::replayed.eq(false))
        .order((outbox::integration_id, outbox::log_id))
        .limit(limit.into())
        .select(outbox::log_id)
        .load(connection)?;
    Ok(u32::try_from(unsent.len()).unwrap_or(limit))
}

pub(super) fn backlog(connection: &mut SqliteConnection) -> Result<Backlog, Failure> {
    let now = values::store_millis(connection)?;
    let unsent: i64 = outbox::table.select(count_star()).get_result(connection)?;
    let oldest: Option<i64> = outbox::table
        .filter(outbox::replayed.eq(false))
        .select(min(outbox::committed_at))
        .get_result(connection)?;
    let age_millis = oldest.map_or(0, |oldest| now.saturating_sub(oldest).max(0));
    Ok(Backlog { unsent: unsent.unsigned_abs(), oldest_age_seconds: age_millis.unsigned_abs() / 1_000 })
}

/// The share of each integration that has something new, and then what else there is. Of more integrations than the limit
/// those whose oldest event is the oldest.
fn due(connection: &mut SqliteConnection, now: i64, limit: usize) -> QueryResult<Vec<i64>> {
    let is_free = || outbox::claimed_until.is_null().or(outbox::claimed_until.lt(now).assume_not_null());
    let owners: Vec<(String, Option<i64>)> = outbox::table
        .filter(is_free())
        .filter(outbox::replayed.eq(false))
        .group_by(outbox::integration_id)
        .order(min(outbox::log_id))
        .limit(i64::try_from(limit).unwrap_or_default())
        .select((outbox::integration_id, min(outbox::log_id)))
        .load(connection)?;
    let share = limit / owners.len().max(1);
    let mut due: Vec<i64> = Vec::new();
    for (owner, _) in owners {
        let oldest = outbox::table
            .filter(is_free())
            .filter(outbox::replayed.eq(false))
            .filter(outbox::integration_id.eq(owner))
            .order(outbox::log_id)
            .limit(i64::try_from(share).unwrap_or_default())
            .select(outbox::log_id);
        due.extend(oldest.load::<i64>(connection)?);
    }
    let rest = outbox::table
        .filter(is_free())
        .filter(outbox::log_id.ne_all(due.clone()))
        .order((outbox::replayed, outbox::integration_id, outbox::log_id))
        .limit(i64::try_from(limit - due.len()).unwrap_or_default())
        .select(outbox::log_id);
    due.extend(rest.load::<i64>(connection)?);
    Ok(due)
}

fn lease_to(connection: &mut SqliteConnection, relay: RelayId, due: &[i64], until: i64) -> QueryResult<()> {
    diesel::update(outbox::table)
        .filter(outbox::log_id.eq_any(due))
        .set((
            outbox::claimed_by.eq(relay.0.to_string()),
            outbox::claimed_until.eq(until),
            outbox::attempts.eq(outbox::attempts + 1),
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
