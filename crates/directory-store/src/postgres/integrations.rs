//! Integrations.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use directory::{Integration, IntegrationEvent, IntegrationSlug};
use serde_json::Value;
use uuid::Uuid;

use super::error::QueryFailure;
use super::outbox::Told;
use super::schema::{event_log, integration, registry_version, source_epoch};
use crate::row::{self, IntegrationColumns};

pub(super) async fn find(
    connection: &mut AsyncPgConnection,
    slug: &IntegrationSlug,
) -> Result<Option<Integration>, QueryFailure> {
    let found: Option<IntegrationRow> = integration::table
        .filter(integration::slug.eq(slug.as_str()))
        .select(columns())
        .first(connection)
        .await
        .optional()?;
    Ok(found.map(integration_of).transpose()?)
}

pub(super) async fn list(
    connection: &mut AsyncPgConnection,
    portals: Option<&[String]>,
    after: Option<&IntegrationSlug>,
    limit: u32,
) -> Result<Vec<Integration>, QueryFailure> {
    let mut query =
        integration::table.order(integration::slug).limit(limit.into()).select(columns()).into_boxed();
    if let Some(portals) = portals {
        query = query.filter(integration::portal.eq_any(portals));
    }
    if let Some(after) = after {
        query = query.filter(integration::slug.gt(after.as_str()));
    }
    let found: Vec<IntegrationRow> = query.load(connection).await?;
    Ok(found.into_iter().map(integration_of).collect::<Result<_, _>>()?)
}

pub(super) async fn registry_version(connection: &mut AsyncPgConnection) -> Result<i64, QueryFailure> {
    Ok(registry_version::table.select(registry_version::version).first(connection).await?)
}

pub(super) async fn add(
    connection: &mut AsyncPgConnection,
    added: &Integration,
    event: Option<&IntegrationEvent>,
    at: DateTime<Utc>,
) -> Result<bool, QueryFailure> {
    let settings = row::settings(added)?;
    let insert = diesel::insert_into(integration::table)
        .values((
            integration::id.eq(added.id.0),
            integration::slug.eq(added.slug.as_str()),
            integration::portal.eq(&added.portal),
            integration::environment.eq(added.environment.as_str()),
            integration::state.eq(added.state.as_str()),
            integration::profile.eq(added.profile.as_str()),
            integration::user_extensions.eq(row::definitions(&added.user_extensions)),
            integration::settings.eq(settings),
            integration::version.eq(i64::from(added.version)),
            integration::created_at.eq(at),
        ))
        .on_conflict_do_nothing();
    connection
        .transaction(async |connection| {
            let is_added = insert.execute(connection).await? == 1;
            if let (true, Some(event)) = (is_added, event) {
                tell(connection, added, event).await?;
            }
            Ok(is_added)
        })
        .await
}

pub(super) async fn change(
    connection: &mut AsyncPgConnection,
    changed: &Integration,
    event: Option<&IntegrationEvent>,
) -> Result<bool, QueryFailure> {
    let unchanged = integration::table
        .filter(integration::id.eq(changed.id.0))
        .filter(integration::version.eq(i64::from(changed.version) - 1));
    let update = diesel::update(unchanged).set((
        integration::state.eq(changed.state.as_str()),
        integration::profile.eq(changed.profile.as_str()),
        integration::user_extensions.eq(row::definitions(&changed.user_extensions)),
        integration::settings.eq(row::settings(changed)?),
        integration::version.eq(i64::from(changed.version)),
    ));
    connection
        .transaction(async |connection| {
            let is_changed = update.execute(connection).await? == 1;
            if let (true, Some(event)) = (is_changed, event) {
                tell(connection, changed, event).await?;
            }
            Ok(is_changed)
        })
        .await
}

async fn tell(
    connection: &mut AsyncPgConnection,
    integration: &Integration,
    IntegrationEvent { event, at, txn }: &IntegrationEvent,
) -> Result<(), QueryFailure> {
    let epoch: i32 = source_epoch::table.select(source_epoch::epoch).first(connection).await?;
    let insert = diesel::insert_into(event_log::table).values((
        event_log::event_id.eq(event.id.0),
        event_log::integration_id.eq(integration.id.0),
        event_log::event_type.eq(event.event_type.as_str()),
        event_log::subject_kind.eq(event.subject.kind.as_str()),
        event_log::subject_id.eq(event.subject.id),
        event_log::epoch.eq(epoch),
        event_log::incarnation.eq(1),
        event_log::version.eq(i64::from(integration.version)),
        event_log::data.eq(&event.data),
        event_log::txn.eq(txn),
        event_log::committed_at.eq(at),
    ));
    Told(insert).execute(connection).await?;
    Ok(())
}

pub(super) type IntegrationRow = (Uuid, String, String, String, String, String, Value, Value, i64);
pub(super) type IntegrationColumnNames = (
    integration::id,
    integration::slug,
    integration::portal,
    integration::environment,
    integration::state,
    integration::profile,
    integration::user_extensions,
    integration::settings,
    integration::version,
);

pub(super) fn columns() -> IntegrationColumnNames {
    (
        integration::id,
        integration::slug,
        integration::portal,
        integration::environment,
        integration::state,
        integration::profile,
        integration::user_extensions,
        integration::settings,
        integration::version,
    )
}

pub(super) fn integration_of(
    (id, slug, portal, environment, state, profile, user_extensions, settings, version): IntegrationRow,
) -> Result<Integration, row::RowError> {
    row::integration(IntegrationColumns {
        id,
        slug,
        portal,
        environment,
        state,
        profile,
        user_extensions,
        settings,
        version,
    })
}
