//! Reading groups and their members.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Jsonb, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{GroupId, GroupRecord, IntegrationId, Member, Query, Selected, UserId, Version};
use scim::ResourceKind;
use serde_json::Value;
use uuid::Uuid;

use super::error::QueryFailure;
use super::schema::{group_member, scim_user};
use super::selected;
use crate::query_sql::{Bind, Sql, Statement, bind, raw, sql};
use crate::row::{self, RowError};

pub(super) type GroupSql = (SqlUuid, BigInt, Timestamptz, Timestamptz, Jsonb, Integer);
pub(super) type GroupColumns = (Uuid, i64, DateTime<Utc>, DateTime<Utc>, Value, i32);

pub(super) async fn find(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    id: GroupId,
) -> Result<Option<GroupRecord>, QueryFailure> {
    let query = sql(
        "select ? from directory.scim_group as r where r.integration_id = ? and r.id = ? and r.live",
        [&columns(), &bind(Bind::Uuid(of.0)), &bind(Bind::Uuid(id.0))],
    );
    let found: Option<GroupColumns> =
        Statement::<GroupSql>::cached(query).get_result(connection).await.optional()?;
    Ok(found.map(record).transpose()?)
}

pub(super) async fn select(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    query: &Query,
) -> Result<Option<Selected<GroupRecord>>, QueryFailure> {
    let kind = ResourceKind::Group;
    selected::select::<GroupSql, _, _>(connection, (kind, of), query, &columns(), record).await
}

pub(super) async fn members(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    groups: &[GroupId],
) -> Result<Vec<(GroupId, Member)>, QueryFailure> {
    let groups: Vec<Uuid> = groups.iter().map(|group| group.0).collect();
    // A lookup for each, and no join, which goes wrong while the statistics are older than the group.
    let display_name = scim_user::table
        .filter(scim_user::integration_id.eq(group_member::integration_id))
        .filter(scim_user::id.eq(group_member::user_id))
        .select(scim_user::display_name)
        .single_value();
    let rows: Vec<(Uuid, Uuid, Option<String>)> = group_member::table
        .filter(group_member::integration_id.eq(of.0))
        .filter(group_member::group_id.eq_any(groups))
        .order((group_member::group_id, group_member::user_id))
        .select((group_member::group_id, group_member::user_id, display_name))
        .load(connection)
        .await?;
    let member = |(group, id, display)| (GroupId(group), Member { id: UserId(id), display });
    Ok(rows.into_iter().map(member).collect())
}

pub(super) fn columns() -> Sql {
    raw("r.id, r.version, r.created_at, r.last_modified, r.resource, r.member_count")
}

pub(super) fn record(
    (id, version, created, last_modified, resource, member_count): GroupColumns,
) -> Result<GroupRecord, RowError> {
    Ok(GroupRecord {
        id: GroupId(id),
        version: Version(version),
        created,
        last_modified,
        resource: row::resource(ResourceKind::Group, resource)?,
        member_count: member_count.unsigned_abs(),
    })
}
