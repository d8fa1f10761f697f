//! Reading users.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{IntegrationId, Query, Selected, UserId, UserRecord, UserView, Version};
use scim::ResourceKind;
use serde_json::Value;
use uuid::Uuid;

use super::error::QueryFailure;
use super::schema::scim_user;
use super::selected;
use crate::query_sql::{Dialect, Postgres, Sql, raw, sql};
use crate::row::{self, RowError};

pub(super) type UserSql = (SqlUuid, BigInt, Timestamptz, Timestamptz, Jsonb, Nullable<Jsonb>);
pub(super) type UserColumns = (Uuid, i64, DateTime<Utc>, DateTime<Utc>, Value, Option<Value>);

/// Those that are answered as they are: nobody takes them apart.
type PageSql = (SqlUuid, BigInt, Timestamptz, Timestamptz, Text, Nullable<Jsonb>);
type PageColumns = (Uuid, i64, DateTime<Utc>, DateTime<Utc>, String, Option<Value>);

pub(super) async fn select(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    query: &Query,
    with_groups: bool,
) -> Result<Option<Selected<UserView>>, QueryFailure> {
    let groups = groups(of, with_groups);
    let columns = sql("r.id, r.version, r.created_at, r.last_modified, r.resource::text, ?", [&groups]);
    selected::select::<PageSql, _, _>(connection, (ResourceKind::User, of), query, &columns, listed).await
}

fn listed(
    (id, version, created, last_modified, resource, groups): PageColumns,
) -> Result<UserView, RowError> {
    let resource = row::resource_text(ResourceKind::User, resource)?;
    let user = UserRecord { id: UserId(id), version: Version(version), created, last_modified, resource };
    Ok(UserView { user, groups: row::group_links(groups)? })
}

pub(super) async fn count(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    ids: &[UserId],
) -> Result<u64, QueryFailure> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let count: i64 = scim_user::table
        .filter(scim_user::integration_id.eq(of.0))
        .filter(scim_user::id.eq_any(ids))
        .filter(scim_user::live)
        .count()
        .get_result(connection)
        .await?;
    Ok(count.unsigned_abs())
}

pub(super) fn columns(of: IntegrationId, with_groups: bool) -> Sql {
    sql("r.id, r.version, r.created_at, r.last_modified, r.resource, ?", [&groups(of, with_groups)])
}

pub(super) fn groups(of: IntegrationId, with_groups: bool) -> Sql {
    if with_groups { Postgres.groups_of_user(of) } else { raw(Postgres.no_groups()) }
}

pub(super) fn view(
    (id, version, created, last_modified, resource, groups): UserColumns,
) -> Result<UserView, RowError> {
    let resource = row::resource(ResourceKind::User, resource)?;
    let user = UserRecord { id: UserId(id), version: Version(version), created, last_modified, resource };
    Ok(UserView { user, groups: row::group_links(groups)? })
}
