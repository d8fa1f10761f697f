//! Snapshots on their way out.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{IntegrationId, IntegrationSlug, Snapshot, SnapshotId, SnapshotProgress, WorkerId};
use uuid::Uuid;

use super::error::QueryFailure;
use super::outbox::INTO_OUTBOX;
use super::schema::{integration, snapshot};
use crate::row::{self, RowError};
use crate::snapshot_row::{self, PositionColumns, SnapshotColumns};

pub(super) async fn begin(
    connection: &mut AsyncPgConnection,
    wanted: &Snapshot,
) -> Result<Snapshot, QueryFailure> {
    let only = wanted.only.map(|subject| subject.id);
    let PositionColumns { phase, after_group, after_id } = snapshot_row::position_columns(wanted.position);
    diesel::insert_into(snapshot::table)
        .values((
            snapshot::id.eq(wanted.id.0),
            snapshot::integration_id.eq(wanted.integration.0),
            snapshot::only_kind.eq(wanted.only.map(|subject| subject.kind.as_str())),
            snapshot::only_id.eq(&only),
            snapshot::requested_by.eq(&wanted.requested_by),
            snapshot::began_at.eq(wanted.began),
            snapshot::phase.eq(phase),
            snapshot::after_group.eq(after_group),
            snapshot::after_id.eq(after_id),
        ))
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    // When it was not added, one that runs is in the way, or was until just now.
    let found: SnapshotRow = snapshot::table
        .filter(snapshot::integration_id.eq(wanted.integration.0))
        .filter(snapshot::only_id.is_not_distinct_from(only))
        .order((snapshot::finished_at.is_null().desc(), snapshot::began_at.desc()))
        .select(COLUMNS)
        .first(connection)
        .await?;
    Ok(read(found)?)
}

pub(super) async fn find(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    id: SnapshotId,
) -> Result<Option<Snapshot>, QueryFailure> {
    let found: Option<SnapshotRow> = snapshot::table
        .filter(snapshot::integration_id.eq(of.0))
        .filter(snapshot::id.eq(id.0))
        .select(COLUMNS)
        .first(connection)
        .await
        .optional()?;
    Ok(found.map(read).transpose()?)
}

pub(super) async fn latest(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    limit: u32,
) -> Result<Vec<Snapshot>, QueryFailure> {
    let found: Vec<SnapshotRow> = snapshot::table
        .filter(snapshot::integration_id.eq(of.0))
        .order((snapshot::began_at.desc(), snapshot::id.desc()))
        .limit(limit.into())
        .select(COLUMNS)
        .load(connection)
        .await?;
    Ok(found.into_iter().map(read).collect::<Result<_, _>>()?)
}

pub(super) async fn integrations_without(
    connection: &mut AsyncPgConnection,
    since: DateTime<Utc>,
) -> Result<Vec<IntegrationSlug>, QueryFailure> {
    let begun = snapshot::table
        .filter(snapshot::only_id.is_null())
        .filter(snapshot::integration_id.eq(integration::id))
        .filter(snapshot::began_at.ge(since));
    let slugs: Vec<String> = integration::table
        .filter(integration::state.eq("enabled"))
        .filter(integration::created_at.lt(since))
        .filter(not(exists(begun)))
        .order(integration::slug)
        .select(integration::slug)
        .load(connection)
        .await?;
    Ok(slugs.iter().map(|text| row::slug(text)).collect::<Result<_, _>>()?)
}

pub(super) async fn claim_next(
    connection: &mut AsyncPgConnection,
    worker: WorkerId,
    lease: Duration,
) -> Result<Option<Snapshot>, QueryFailure> {
    let lease_millis = i64::try_from(lease.as_millis()).unwrap_or(i64::MAX);
    let claimed: Option<Uuid> =
        Claim { worker: worker.0, lease_millis }.get_result(connection).await.optional()?;
    let Some(id) = claimed else { return Ok(None) };
    // Nobody else moves it now; if somebody does all the same, `advance` finds out.
    let found: SnapshotRow =
        snapshot::table.filter(snapshot::id.eq(id)).select(COLUMNS).first(connection).await?;
    Ok(Some(read(found)?))
}

pub(super) async fn advance(
    connection: &mut AsyncPgConnection,
    worker: WorkerId,
    progress: &SnapshotProgress,
) -> Result<bool, QueryFailure> {
    let after = &progress.after;
    let PositionColumns { phase, after_group, after_id } = snapshot_row::position_columns(after.position);
    let moved = diesel::update(snapshot::table)
        .filter(snapshot::id.eq(after.id.0))
        .filter(snapshot::claimed_by.eq(worker.0))
        .filter(snapshot::chunks.eq(snapshot_row::chunks_before(progress.number)))
        .filter(snapshot::finished_at.is_null())
        .set((
            snapshot::phase.eq(phase),
            snapshot::after_group.eq(after_group),
            snapshot::after_id.eq(after_id),
            snapshot::chunks.eq(snapshot_row::stored(after.told.chunks)),
            snapshot::users.eq(snapshot_row::stored(after.told.users)),
            snapshot::groups.eq(snapshot_row::stored(after.told.groups)),
            snapshot::members.eq(snapshot_row::stored_long(after.told.members)),
            snapshot::finished_at.eq(after.finished),
        ))
        .returning(snapshot::integration_id);
    // Read to the end: the first row comes before the commit.
    let told: Vec<Uuid> = Tell::new(moved, progress).load(connection).await?;
    Ok(!told.is_empty())
}

#[derive(QueryId)]
struct Claim {
    worker: Uuid,
    lease_millis: i64,
}

impl Query for Claim {
    type SqlType = SqlUuid;
}

impl QueryFragment<Pg> for Claim {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("update directory.snapshot set claimed_by = ");
        out.push_bind_param::<SqlUuid, _>(&self.worker)?;
        out.push_sql(", claimed_until = now() + ");
        out.push_bind_param::<BigInt, _>(&self.lease_millis)?;
        out.push_sql(
            " * interval '1 millisecond' where id = (
                select id from directory.snapshot
                where finished_at is null and (claimed_until is null or claimed_until < now() or claimed_by = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.worker)?;
        out.push_sql(") order by claimed_until nulls first limit 1 for update skip locked) returning id");
        Ok(())
    }
}

/// Moves the snapshot and tells the event, as one statement.
struct Tell<'a, M> {
    moved: M,
    progress: &'a SnapshotProgress,
    event_type: &'static str,
    subject_kind: &'static str,
    version: i64,
}

impl<'a, M> Tell<'a, M> {
    fn new(moved: M, progress: &'a SnapshotProgress) -> Self {
        let (event_type, subject_kind) =
            (progress.event.event_type.as_str(), progress.event.subject.kind.as_str());
        Self { moved, progress, event_type, subject_kind, version: progress.number.into() }
    }
}

impl<M: QueryId> QueryId for Tell<'_, M> {
    type QueryId = Tell<'static, M::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = M::HAS_STATIC_QUERY_ID;
}

impl<M> Query for Tell<'_, M> {
    type SqlType = SqlUuid;
}

impl<M: QueryFragment<Pg>> QueryFragment<Pg> for Tell<'_, M> {
    /// As for [`super::cached::Cached`].
    fn is_safe_to_cache_prepared(&self, _backend: &Pg) -> QueryResult<bool> {
        Ok(true)
    }

    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Self { progress, .. } = self;
        out.push_sql("with moved as (");
        self.moved.walk_ast(out.reborrow())?;
        out.push_sql(
            "), told as (
                insert into directory.event_log (
                    integration_id, epoch, incarnation, event_id, event_type, subject_kind, subject_id, version, data,
                    txn, committed_at)
                select moved.integration_id, (select epoch from directory.source_epoch), 1, ",
        );
        out.push_bind_param::<SqlUuid, _>(&progress.event.id.0)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.event_type)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.subject_kind)?;
        out.push_sql(", ");
        out.push_bind_param::<SqlUuid, _>(&progress.event.subject.id)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.version)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&progress.event.data)?;
        out.push_sql(", ");
        out.push_bind_param::<SqlUuid, _>(&progress.after.id.0)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamptz, _>(&progress.at)?;
        out.push_sql(" from moved");
        out.push_sql(INTO_OUTBOX);
        out.push_sql(" select integration_id from moved");
        Ok(())
    }
}

type SnapshotRow = (
    (Uuid, Uuid, String, DateTime<Utc>),
    (Option<String>, Option<Uuid>),
    (String, Option<Uuid>, Option<Uuid>),
    (i32, i32, i32, i64),
    Option<DateTime<Utc>>,
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

fn read((identity, only, position, told, finished): SnapshotRow) -> Result<Snapshot, RowError> {
    let (id, integration, requested_by, began) = identity;
    let (phase, after_group, after_id) = position;
    let position = PositionColumns { phase, after_group, after_id };
    snapshot_row::snapshot(SnapshotColumns {
        id,
        integration,
        only,
        requested_by,
        began,
        position,
        told,
        finished,
    })
}
