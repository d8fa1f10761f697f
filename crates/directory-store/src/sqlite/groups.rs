//! Reading groups and their members.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use directory::{
    GroupId, GroupKey, GroupRecord, GroupSelection, IntegrationId, Member, Selected, UserId, Version,
};
use scim::ResourceType;

use super::error::Failure;
use super::schema::{group_member, scim_group, scim_user};
use super::values;
use crate::row;

type GroupColumns = (String, i64, i64, i64, String);

pub(super) fn find(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    id: GroupId,
) -> Result<Option<GroupRecord>, Failure> {
    let found: Option<GroupColumns> =
        live(of, &GroupKey::Id(id), None).select(columns()).first(connection).optional()?;
    found.map(record).transpose()
}

pub(super) fn select(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    selection: &GroupSelection,
) -> Result<Selected<GroupRecord>, Failure> {
    let page = selection.page;
    let rows: Vec<GroupColumns> = live(of, &selection.key, selection.with_member)
        .order(scim_group::id)
        .limit(page.limit.into())
        .offset(page.offset.into())
        .select(columns())
        .load(connection)?;
    let total = match row::total_by_page(page, rows.len()) {
        Some(total) => total,
        None => {
            let counted = live(of, &selection.key, selection.with_member).count();
            counted.get_result::<i64>(connection)?.unsigned_abs()
        }
    };
    let items = rows.into_iter().map(record).collect::<Result<_, _>>()?;
    Ok(Selected { total, items })
}

pub(super) fn members(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    group: GroupId,
) -> Result<Vec<Member>, Failure> {
    let is_that_user = scim_user::integration_id
        .eq(group_member::integration_id)
        .and(scim_user::id.eq(group_member::user_id));
    let rows: Vec<(String, Option<String>)> = group_member::table
        .inner_join(scim_user::table.on(is_that_user))
        .filter(group_member::integration_id.eq(of.0.to_string()))
        .filter(group_member::group_id.eq(group.0.to_string()))
        .order(group_member::user_id)
        .select((group_member::user_id, scim_user::display_name))
        .load(connection)?;
    rows.into_iter().map(|(id, display)| Ok(Member { id: UserId(values::uuid(&id)?), display })).collect()
}

/// Every condition has an index of its own.
fn live(
    of: IntegrationId,
    key: &GroupKey,
    with_member: Option<UserId>,
) -> scim_group::BoxedQuery<'_, Sqlite> {
    let groups = scim_group::table
        .filter(scim_group::integration_id.eq(of.0.to_string()))
        .filter(scim_group::deleted_at.is_null())
        .into_boxed();
    let groups = match key {
        GroupKey::All => groups,
        GroupKey::Id(id) => groups.filter(scim_group::id.eq(id.0.to_string())),
        GroupKey::ExternalId(id) => groups.filter(scim_group::external_id.eq(id)),
        GroupKey::DisplayName(name) => groups.filter(scim_group::display_name_folded.eq(name)),
    };
    let Some(member) = with_member else {
        return groups;
    };
    let edge = group_member::table
        .filter(group_member::integration_id.eq(scim_group::integration_id))
        .filter(group_member::group_id.eq(scim_group::id))
        .filter(group_member::user_id.eq(member.0.to_string()));
    groups.filter(exists(edge))
}

type GroupColumnNames = (
    scim_group::id,
    scim_group::version,
    scim_group::created_at,
    scim_group::last_modified,
    scim_group::resource,
);

fn columns() -> GroupColumnNames {
    (
        scim_group::id,
        scim_group::version,
        scim_group::created_at,
        scim_group::last_modified,
        scim_group::resource,
    )
}

fn record((id, version, created, last_modified, resource): GroupColumns) -> Result<GroupRecord, Failure> {
    Ok(GroupRecord {
        id: GroupId(values::uuid(&id)?),
        version: Version(version),
        created: values::time(created)?,
        last_modified: values::time(last_modified)?,
        resource: row::resource(ResourceType::Group, values::document(&resource)?)?,
    })
}
