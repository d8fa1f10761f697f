//! Reading users.

use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use directory::{IntegrationId, Selected, UserId, UserKey, UserRecord, UserSelection, Version};
use scim::ResourceType;

use super::error::Failure;
use super::schema::scim_user;
use super::values;
use crate::row;

type UserColumns = (String, i64, i64, i64, String);

pub(super) fn find(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    id: UserId,
) -> Result<Option<UserRecord>, Failure> {
    let found: Option<UserColumns> =
        live(of, &UserKey::Id(id)).select(columns()).first(connection).optional()?;
    found.map(record).transpose()
}

pub(super) fn select(
    connection: &mut SqliteConnection,
    of: IntegrationId,
    selection: &UserSelection,
) -> Result<Selected<UserRecord>, Failure> {
    let page = selection.page;
    let rows: Vec<UserColumns> = live(of, &selection.key)
        .order(scim_user::id)
        .limit(page.limit.into())
        .offset(page.offset.into())
        .select(columns())
        .load(connection)?;
    let total = match row::total_by_page(page, rows.len()) {
        Some(total) => total,
        None => live(of, &selection.key).count().get_result::<i64>(connection)?.unsigned_abs(),
    };
    let items = rows.into_iter().map(record).collect::<Result<_, _>>()?;
    Ok(Selected { total, items })
}

/// Every condition has an index of its own.
fn live(of: IntegrationId, key: &UserKey) -> scim_user::BoxedQuery<'_, Sqlite> {
    let users = scim_user::table
        .filter(scim_user::integration_id.eq(of.0.to_string()))
        .filter(scim_user::deleted_at.is_null())
        .into_boxed();
    match key {
        UserKey::All => users,
        UserKey::Id(id) => users.filter(scim_user::id.eq(id.0.to_string())),
        UserKey::UserName(name) => users.filter(scim_user::user_name_folded.eq(name)),
        UserKey::ExternalId(id) => users.filter(scim_user::external_id.eq(id)),
        UserKey::WorkEmail(email) => users.filter(scim_user::work_email_folded.eq(email)),
        UserKey::DisplayName(name) => users.filter(scim_user::display_name_folded.eq(name)),
    }
}

type UserColumnNames =
    (scim_user::id, scim_user::version, scim_user::created_at, scim_user::last_modified, scim_user::resource);

fn columns() -> UserColumnNames {
    (scim_user::id, scim_user::version, scim_user::created_at, scim_user::last_modified, scim_user::resource)
}

fn record((id, version, created, last_modified, resource): UserColumns) -> Result<UserRecord, Failure> {
    Ok(UserRecord {
        id: UserId(values::uuid(&id)?),
        version: Version(version),
        created: values::time(created)?,
        last_modified: values::time(last_modified)?,
        resource: row::resource(ResourceType::User, values::document(&resource)?)?,
    })
}
