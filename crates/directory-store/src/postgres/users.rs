//! Reading users.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use directory::{IntegrationId, Selected, UserId, UserKey, UserRecord, UserSelection, Version};
use scim::ResourceType;
use serde_json::Value;
use uuid::Uuid;

use super::error::QueryFailure;
use super::schema::scim_user;
use crate::row;

type UserColumns = (Uuid, i64, DateTime<Utc>, DateTime<Utc>, Value);

pub(super) async fn find(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    id: UserId,
) -> Result<Option<UserRecord>, QueryFailure> {
    let found: Option<UserColumns> = scim_user::table
        .filter(scim_user::integration_id.eq(of.0))
        .filter(scim_user::id.eq(id.0))
        .filter(scim_user::live)
        .select(columns())
        .first(connection)
        .await
        .optional()?;
    found.map(record).transpose()
}

pub(super) async fn select(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    selection: &UserSelection,
) -> Result<Selected<UserRecord>, QueryFailure> {
    let page = selection.page;
    let rows: Vec<UserColumns> = live(of, &selection.key)
        .order(scim_user::id)
        .offset(page.offset.into())
        .limit(page.limit.into())
        .select(columns())
        .load(connection)
        .await?;
    let total = match row::total_by_page(page, rows.len()) {
        Some(total) => total,
        None => {
            let count: i64 = live(of, &selection.key).count().get_result(connection).await?;
            count.unsigned_abs()
        }
    };
    let items = rows.into_iter().map(record).collect::<Result<_, _>>()?;
    Ok(Selected { total, items })
}

/// Every condition has an index of its own.
fn live(of: IntegrationId, key: &UserKey) -> scim_user::BoxedQuery<'_, Pg> {
    let users =
        scim_user::table.filter(scim_user::integration_id.eq(of.0)).filter(scim_user::live).into_boxed();
    match key {
        UserKey::All => users,
        UserKey::Id(id) => users.filter(scim_user::id.eq(id.0)),
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

fn record((id, version, created, last_modified, resource): UserColumns) -> Result<UserRecord, QueryFailure> {
    let resource = row::resource(ResourceType::User, resource)?;
    Ok(UserRecord { id: UserId(id), version: Version(version), created, last_modified, resource })
}
