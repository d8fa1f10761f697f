//! A snapshot as both back ends store it.

use chrono::{DateTime, Utc};
use directory::{
    GroupId, IntegrationId, MemberPosition, Snapshot, SnapshotId, SnapshotPosition, Told, UserId,
};
use events::{Subject, SubjectKind};
use uuid::Uuid;

use crate::row::RowError;

/// A snapshot's columns.
pub(crate) struct SnapshotColumns {
    pub(crate) id: Uuid,
    pub(crate) integration: Uuid,
    pub(crate) only: (Option<String>, Option<Uuid>),
    pub(crate) requested_by: String,
    pub(crate) began: DateTime<Utc>,
    pub(crate) position: PositionColumns<String>,
    pub(crate) told: (i32, i32, i32, i64),
    pub(crate) finished: Option<DateTime<Utc>>,
}

/// Where a snapshot goes on: behind `after_id` of the phase's kind, which for members is one of `after_group`.
pub(crate) struct PositionColumns<T> {
    pub(crate) phase: T,
    pub(crate) after_group: Option<Uuid>,
    pub(crate) after_id: Option<Uuid>,
}

pub(crate) fn snapshot(columns: SnapshotColumns) -> Result<Snapshot, RowError> {
    let (chunks, users, groups, members) = columns.told;
    Ok(Snapshot {
        id: SnapshotId(columns.id),
        integration: IntegrationId(columns.integration),
        only: only(columns.only)?,
        requested_by: columns.requested_by,
        began: columns.began,
        position: position(&columns.position)?,
        told: Told {
            chunks: chunks.unsigned_abs(),
            users: users.unsigned_abs(),
            groups: groups.unsigned_abs(),
            members: members.unsigned_abs(),
        },
        finished: columns.finished,
    })
}

fn only((kind, id): (Option<String>, Option<Uuid>)) -> Result<Option<Subject>, RowError> {
    let (Some(kind), Some(id)) = (kind, id) else { return Ok(None) };
    let known = [SubjectKind::User, SubjectKind::Group].into_iter().find(|known| known.as_str() == kind);
    let kind = known.ok_or(RowError::Unknown { column: "only_kind", value: kind })?;
    Ok(Some(Subject { kind, id }))
}

pub(crate) fn position_columns(position: SnapshotPosition) -> PositionColumns<&'static str> {
    let columns = |phase, after_group, after_id| PositionColumns { phase, after_group, after_id };
    match position {
        SnapshotPosition::Users { after } => columns("users", None, after.map(|user| user.0)),
        SnapshotPosition::Groups { after } => columns("groups", None, after.map(|group| group.0)),
        SnapshotPosition::Members(MemberPosition::FirstGroup) => columns("members", None, None),
        SnapshotPosition::Members(MemberPosition::GroupAfter(group)) => {
            columns("members", Some(group.0), None)
        }
        SnapshotPosition::Members(MemberPosition::Rest { group, after }) => {
            columns("members", Some(group.0), Some(after.0))
        }
    }
}

fn position(columns: &PositionColumns<String>) -> Result<SnapshotPosition, RowError> {
    let after = columns.after_id;
    let group = columns.after_group.map(GroupId);
    Ok(match columns.phase.as_str() {
        "users" => SnapshotPosition::Users { after: after.map(UserId) },
        "groups" => SnapshotPosition::Groups { after: after.map(GroupId) },
        "members" => SnapshotPosition::Members(match (group, after.map(UserId)) {
            (None, _) => MemberPosition::FirstGroup,
            (Some(group), None) => MemberPosition::GroupAfter(group),
            (Some(group), Some(after)) => MemberPosition::Rest { group, after },
        }),
        other => return Err(RowError::Unknown { column: "phase", value: other.to_owned() }),
    })
}

/// A count as a column holds it.
pub(crate) fn stored(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

pub(crate) fn stored_long(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Chunks that were told before the event of that number.
pub(crate) fn chunks_before(number: u32) -> i32 {
    stored(number.saturating_sub(1))
}
