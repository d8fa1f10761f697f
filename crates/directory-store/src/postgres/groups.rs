//! Reading groups and their members.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{
    GroupId, GroupKey, GroupRecord, GroupSelection, IntegrationId, Member, Selected, UserId, Version,
};
use scim::ResourceType;
use serde_json::Value;
use uuid::Uuid;

use super::error::QueryFailure;
use super::schema::{group_member, scim_group, scim_user};
use crate::row;

type GroupColumns = (Uuid, i64, DateTime<Utc>, DateTime<Utc>, Value);

pub(super) async fn find(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    id: GroupId,
) -> Result<Option<GroupRecord>, QueryFailure> {
    let found: Option<GroupColumns> = scim_group::table
        .filter(scim_group::integration_id.eq(of.0))
        .filter(scim_group::id.eq(id.0))
        .filter(scim_group::live)
        .select(columns())
        .first(connection)
        .await
        .optional()?;
    found.map(record).transpose()
}

pub(super) async fn select(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    selection: &GroupSelection,
) -> Result<Selected<GroupRecord>, QueryFailure> {
    let page = selection.page;
    let rows: Vec<GroupColumns> = live(of, selection)
        .order(scim_group::id)
        .offset(page.offset.into())
        .limit(page.limit.into())
        .select(columns())
        .load(connection)
        .await?;
    let total = match row::total_by_page(page, rows.len()) {
        Some(total) => total,
        None => {
            let count: i64 = live(of, selection).count().get_result(connection).await?;
            count.unsigned_abs()
        }
    };
    let items = rows.into_iter().map(record).collect::<Result<_, _>>()?;
    Ok(Selected { total, items })
}

pub(super) async fn members(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    group: GroupId,
) -> Result<Vec<Member>, QueryFailure> {
    // A lookup for each, and no join, which goes wrong while the statistics are older than the group.
    let display_name = scim_user::table
        .filter(scim_user::integration_id.eq(group_member::integration_id))
        .filter(scim_user::id.eq(group_member::user_id))
        .select(scim_user::display_name)
        .single_value();
    let rows: Vec<(Uuid, Option<String>)> = group_member::table
        .filter(group_member::integration_id.eq(of.0))
        .filter(group_member::group_id.eq(group.0))
        .order(group_member::user_id)
        .select((group_member::user_id, display_name))
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(|(id, display)| Member { id: UserId(id), display }).collect())
}

/// Every condition has an index of its own.
fn live(of: IntegrationId, selection: &GroupSelection) -> scim_group::BoxedQuery<'_, Pg> {
    let groups =
        scim_group::table.filter(scim_group::integration_id.eq(of.0)).filter(scim_group::live).into_boxed();
    let groups = match &selection.key {
        GroupKey::All => groups,
        GroupKey::Id(id) => groups.filter(scim_group::id.eq(id.0)),
        GroupKey::ExternalId(id) => groups.filter(scim_group::external_id.eq(id)),
        GroupKey::DisplayName(name) => groups.filter(scim_group::display_name_folded.eq(name)),
    };
    let Some(member) = selection.with_member else {
        return groups;
    };
    let edge = group_member::table
        .filter(group_member::integration_id.eq(scim_group::integration_id))
        .filter(group_member::group_id.eq(scim_group::id))
        .filter(group_member::user_id.eq(member.0));
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

fn record(
    (id, version, created, last_modified, resource): GroupColumns,
) -> Result<GroupRecord, QueryFailure> {
    let resource = row::resource(ResourceType::Group, resource)?;
    Ok(GroupRecord { id: GroupId(id), version: Version(version), created, last_modified, resource })
}
