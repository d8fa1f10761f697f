//! Reading users.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::sqlite::SqliteConnection;
use directory::{IntegrationId, Query, Selected, UserId, UserRecord, UserView, Version};
use scim::ResourceKind;

use super::error::Failure;
use super::selected;
use super::values;
use crate::query_sql::{Bind, Dialect, Sql, Sqlite, Statement, bind, raw, sql};
use crate::row;

pub(super) type UserSql = (Text, BigInt, BigInt, BigInt, Text, Nullable<Text>);
pub(super) type UserColumns = (String, i64, i64, i64, String, Option<String>);

pub(super) fn find(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    id: UserId,
    with_groups: bool,
) -> Result<Option<UserView>, Failure> {
    let query = sql(
        "select ? from scim_user as r where r.integration_id = ? and r.id = ? and r.deleted_at is null",
        [&columns(of, with_groups), &bind(Sqlite.id(of.0)), &bind(Sqlite.id(id.0))],
    );
    let found: Option<UserColumns> = Statement::<UserSql>::cached(query).get_result(connection).optional()?;
    found.map(view).transpose()
}

pub(super) fn select(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    query: &Query,
    with_groups: bool,
) -> Result<Option<Selected<UserView>>, Failure> {
    let columns = columns(of, with_groups);
    selected::select::<UserSql, _, _>(connection, (ResourceKind::User, of), query, &columns, view)
}

/// A list of ids is one JSON parameter.
pub(super) fn count(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    ids: &[UserId],
) -> Result<u64, Failure> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let count = sql(
        "select count(*) from scim_user where integration_id = ? and deleted_at is null
            and id in (select value from json_each(?))",
        [&bind(Sqlite.id(of.0)), &bind(Bind::Text(serde_json::to_string(&ids)?))],
    );
    Ok(selected::number(connection, Statement::cached(count))?.unsigned_abs())
}

pub(super) fn columns(of: IntegrationId, with_groups: bool) -> Sql {
    let groups = if with_groups { Sqlite.groups_of_user(of) } else { raw(Sqlite.no_groups()) };
    sql("r.id, r.version, r.created_at, r.last_modified, r.resource, ?", [&groups])
}

pub(super) fn view(
    (id, version, created, last_modified, resource, groups): UserColumns,
) -> Result<UserView, Failure> {
    let user = UserRecord {
        id: UserId(values::uuid(&id)?),
        version: Version(version),
        created: values::time(created)?,
        last_modified: values::time(last_modified)?,
        resource: row::resource(ResourceKind::User, values::document(&resource)?)?,
    };
    let groups = groups.as_deref().map(values::document).transpose()?;
    Ok(UserView { user, groups: row::group_links(groups)? })
}
