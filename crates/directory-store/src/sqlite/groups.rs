//! Reading groups and their members.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use diesel::sqlite::SqliteConnection;
use directory::{GroupId, GroupRecord, IntegrationId, Member, Query, Selected, UserId, Version};
use scim::ResourceKind;

use super::error::Failure;
use super::schema::{group_member, scim_user};
use super::selected;
use super::values;
use crate::query_sql::{Dialect, Sql, Sqlite, Statement, bind, raw, sql};
use crate::row;

pub(super) type GroupSql = (Text, BigInt, BigInt, BigInt, Text, Integer);
pub(super) type GroupColumns = (String, i64, i64, i64, String, i32);

pub(super) fn find(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    id: GroupId,
) -> Result<Option<GroupRecord>, Failure> {
    let query = sql(
        "select ? from scim_group as r where r.integration_id = ? and r.id = ? and r.deleted_at is null",
        [&columns(), &bind(Sqlite.id(of.0)), &bind(Sqlite.id(id.0))],
    );
    let found: Option<GroupColumns> =
        Statement::<GroupSql>::cached(query).get_result(connection).optional()?;
    found.map(record).transpose()
}

pub(super) fn select(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    query: &Query,
) -> Result<Option<Selected<GroupRecord>>, Failure> {
    selected::select::<GroupSql, _, _>(connection, (ResourceKind::Group, of), query, &columns(), record)
}

pub(super) fn members(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    groups: &[GroupId],
) -> Result<Vec<(GroupId, Member)>, Failure> {
    let groups: Vec<String> = groups.iter().map(ToString::to_string).collect();
    let is_that_user = scim_user::integration_id
        .eq(group_member::integration_id)
        .and(scim_user::id.eq(group_member::user_id));
    let rows: Vec<(String, String, Option<String>)> = group_member::table
        .inner_join(scim_user::table.on(is_that_user))
        .filter(group_member::integration_id.eq(of.0.to_string()))
        .filter(group_member::group_id.eq_any(groups))
        .order((group_member::group_id, group_member::user_id))
        .select((group_member::group_id, group_member::user_id, scim_user::display_name))
        .load(connection)?;
    let member = |(group, id, display): (String, String, Option<String>)| {
        Ok((GroupId(values::uuid(&group)?), Member { id: UserId(values::uuid(&id)?), display }))
    };
    rows.into_iter().map(member).collect()
}

pub(super) fn columns() -> Sql {
    raw("r.id, r.version, r.created_at, r.last_modified, r.resource, r.member_count")
}

pub(super) fn record(
    (id, version, created, last_modified, resource, member_count): GroupColumns,
) -> Result<GroupRecord, Failure> {
    Ok(GroupRecord {
        id: GroupId(values::uuid(&id)?),
        version: Version(version),
        created: values::time(created)?,
        last_modified: values::time(last_modified)?,
        resource: row::resource(ResourceKind::Group, values::document(&resource)?)?,
        member_count: member_count.unsigned_abs(),
    })
}
