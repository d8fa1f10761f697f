//! Snapshots on their way out.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use directory::{IntegrationId, IntegrationSlug, Snapshot, SnapshotId, SnapshotProgress, WorkerId};

use super::error::Failure;
use super::outbox;
use super::schema::{event_log, integration, snapshot, source_epoch};
use super::values;
use crate::row;
use crate::snapshot_row::{self, PositionColumns, SnapshotColumns};

pub(super) fn begin(connection: &mut SqliteConnection, wanted: &Snapshot) -> Result<Snapshot, Failure> {
    let only = wanted.only.map(|subject| subject.id.to_string());
    let PositionColumns { phase, after_group, after_id } = snapshot_row::position_columns(wanted.position);
    diesel::insert_or_ignore_into(snapshot::table)
        .values((
            snapshot::id.eq(wanted.id.0.to_string()),
            snapshot::integration_id.eq(wanted.integration.0.to_string()),
            snapshot::only_kind.eq(wanted.only.map(|subject| subject.kind.as_str())),
            snapshot::only_id.eq(&only),
            snapshot::requested_by.eq(&wanted.requested_by),
            snapshot::began_at.eq(values::millis(wanted.began)),
            snapshot::phase.eq(phase),
            snapshot::after_group.eq(after_group.map(|id| id.to_string())),
            snapshot::after_id.eq(after_id.map(|id| id.to_string())),
        ))
        .execute(connection)?;
    // When it was not added, one that runs is in the way, or was until just now.
    let found: SnapshotRow = snapshot::table
        .filter(snapshot::integration_id.eq(wanted.integration.0.to_string()))
        .filter(snapshot::only_id.is(only))
        .order((snapshot::finished_at.is_null().desc(), snapshot::began_at.desc()))
        .select(COLUMNS)
        .first(connection)?;
    read(found)
}

pub(super) fn find(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    id: SnapshotId,
) -> Result<Option<Snapshot>, Failure> {
    let found: Option<SnapshotRow> = snapshot::table
        .filter(snapshot::integration_id.eq(of.0.to_string()))
        .filter(snapshot::id.eq(id.0.to_string()))
        .select(COLUMNS)
        .first(connection)
        .optional()?;
    found.map(read).transpose()
}

pub(super) fn latest(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    limit: u32,
) -> Result<Vec<Snapshot>, Failure> {
    let found: Vec<SnapshotRow> = snapshot::table
        .filter(snapshot::integration_id.eq(of.0.to_string()))
        .order((snapshot::began_at.desc(), snapshot::id.desc()))
        .limit(limit.into())
        .select(COLUMNS)
        .load(connection)?;
    found.into_iter().map(read).collect()
}

pub(super) fn integrations_without(
    connection: &mut SqliteConnection,
    since: DateTime<Utc>,
) -> Result<Vec<IntegrationSlug>, Failure> {
    let begun = snapshot::table
        .filter(snapshot::only_id.is_null())
        .filter(snapshot::integration_id.eq(integration::id))
        .filter(snapshot::began_at.ge(values::millis(since)));
    let slugs: Vec<String> = integration::table
        .filter(integration::state.eq("enabled"))
        .filter(integration::created_at.lt(values::millis(since)))
        .filter(not(exists(begun)))
        .order(integration::slug)
        .select(integration::slug)
        .load(connection)?;
    Ok(slugs.iter().map(|text| row::slug(text)).collect::<Result<_, _>>()?)
}

pub(super) fn claim_next(
    connection: &mut SqliteConnection,
    worker: WorkerId,
    lease: Duration,
) -> Result<Option<Snapshot>, Failure> {
    connection.immediate_transaction(|connection| {
        let now = values::store_millis(connection)?;
        let is_free = (snapshot::claimed_until.is_null())
            .or(snapshot::claimed_until.lt(now).assume_not_null())
            .or(snapshot::claimed_by.eq(worker.0.to_string()).assume_not_null());
        // Null, of one that nobody held yet, comes first.
        let found: Option<SnapshotRow> = snapshot::table
            .filter(snapshot::finished_at.is_null())
            .filter(is_free)
            .order(snapshot::claimed_until)
            .select(COLUMNS)
            .first(connection)
            .optional()?;
        let Some(found) = found.map(read).transpose()? else { return Ok(None) };
        diesel::update(snapshot::table.filter(snapshot::id.eq(found.id.0.to_string())))
            .set((
                snapshot::claimed_by.eq(worker.0.to_string()),
                snapshot::claimed_until.eq(now.saturating_add(values::duration_millis(lease))),
            ))
            .execute(connection)?;
        Ok(Some(found))
    })
}

pub(super) fn advance(
    connection: &mut SqliteConnection,
    worker: WorkerId,
    progress: &SnapshotProgress,
) -> Result<bool, Failure> {
    connection.immediate_transaction(|connection| {
        let moved = go_on(connection, worker, progress)?;
        if moved {
            tell(connection, progress)?;
        }
        Ok(moved)
    })
}

fn go_on(
    connection: &mut SqliteConnection,
    worker: WorkerId,
    progress: &SnapshotProgress,
) -> Result<bool, Failure> {
    let after = &progress.after;
    let PositionColumns { phase, after_group, after_id } = snapshot_row::position_columns(after.position);
    let moved = diesel::update(snapshot::table)
        .filter(snapshot::id.eq(after.id.0.to_string()))
        .filter(snapshot::claimed_by.eq(worker.0.to_string()))
        .filter(snapshot::chunks.eq(snapshot_row::chunks_before(progress.number)))
        .filter(snapshot::finished_at.is_null())
        .set((
            snapshot::phase.eq(phase),
            snapshot::after_group.eq(after_group.map(|id| id.to_string())),
            snapshot::after_id.eq(after_id.map(|id| id.to_string())),
            snapshot::chunks.eq(snapshot_row::stored(after.told.chunks)),
            snapshot::users.eq(snapshot_row::stored(after.told.users)),
            snapshot::groups.eq(snapshot_row::stored(after.told.groups)),
            snapshot::members.eq(snapshot_row::stored_long(after.told.members)),
            snapshot::finished_at.eq(after.finished.map(values::millis)),
        ))
        .execute(connection)?;
    Ok(moved == 1)
}

fn tell(connection: &mut SqliteConnection, progress: &SnapshotProgress) -> Result<(), Failure> {
    let SnapshotProgress { after, number, event, at } = progress;
    let epoch: i32 = source_epoch::table.select(source_epoch::epoch).first(connection)?;
    diesel::insert_into(event_log::table)
        .values((
            event_log::event_id.eq(event.id.0.to_string()),
            event_log::integration_id.eq(after.integration.0.to_string()),
            event_log::event_type.eq(event.event_type.as_str()),
            event_log::subject_kind.eq(event.subject.kind.as_str()),
            event_log::subject_id.eq(event.subject.id.to_string()),
            event_log::epoch.eq(epoch),
            event_log::incarnation.eq(1),
            event_log::version.eq(i64::from(*number)),
            event_log::data.eq(&event.data),
            event_log::txn.eq(after.id.0.to_string()),
            event_log::committed_at.eq(values::millis(*at)),
        ))
        .execute(connection)?;
    outbox::put(connection, &[event.id])?;
    Ok(())
}

type SnapshotRow = (
    (String, String, String, i64),
    (Option<String>, Option<String>),
    (String, Option<String>, Option<String>),
    (i32, i32, i32, i64),
    Option<i64>,
);

type ColumnNames = (
    (snapshot::id, snapshot::integration_id, snapshot::requested_by, snapshot::began_at),
    (snapshot::only_kind, snapshot::only_id),
    (snapshot::phase, snapshot::after_group, snapshot::after_id),
    (snapshot::chunks, snapshot::users, snapshot::groups, snapshot::members),
    snapshot::finished_at,
);

const COLUMNS: ColumnNames = (
    (snapshot::id, snapshot::integration_id, snapshot::requested_by, snapshot::began_at),
    (snapshot::only_kind, snapshot::only_id),
    (snapshot::phase, snapshot::after_group, snapshot::after_id),
    (snapshot::chunks, snapshot::users, snapshot::groups, snapshot::members),
    snapshot::finished_at,
);

fn read((identity, only, position, told, finished): SnapshotRow) -> Result<Snapshot, Failure> {
    let (id, integration, requested_by, began) = identity;
    let (phase, after_group, after_id) = position;
    let id_of = |text: Option<String>| text.as_deref().map(values::uuid).transpose();
    let columns = SnapshotColumns {
        id: values::uuid(&id)?,
        integration: values::uuid(&integration)?,
        only: (only.0, id_of(only.1)?),
        requested_by,
        began: values::time(began)?,
        position: PositionColumns { phase, after_group: id_of(after_group)?, after_id: id_of(after_id)? },
        told,
        finished: finished.map(values::time).transpose()?,
    };
    Ok(snapshot_row::snapshot(columns)?)
}
