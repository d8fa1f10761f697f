//! Integrations.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use directory::{Integration, IntegrationEvent, IntegrationSlug};

use super::error::Failure;
use super::outbox;
use super::schema::{event_log, integration, registry_version, source_epoch};
use super::values;
use crate::row::{self, IntegrationColumns};

pub(super) fn find(
    connection: &mut SqliteConnection,
    slug: &IntegrationSlug,
) -> Result<Option<Integration>, Failure> {
    let found: Option<IntegrationRow> = integration::table
        .filter(integration::slug.eq(slug.as_str()))
        .select(columns())
        .first(connection)
        .optional()?;
    found.map(integration_of).transpose()
}

pub(super) fn list(
    connection: &mut SqliteConnection,
    portals: Option<&[String]>,
    after: Option<&IntegrationSlug>,
    limit: u32,
) -> Result<Vec<Integration>, Failure> {
    let mut query =
        integration::table.order(integration::slug).limit(limit.into()).select(columns()).into_boxed();
    if let Some(portals) = portals {
        query = query.filter(integration::portal.eq_any(portals));
    }
    if let Some(after) = after {
        query = query.filter(integration::slug.gt(after.as_str()));
    }
    let found: Vec<IntegrationRow> = query.load(connection)?;
    found.into_iter().map(integration_of).collect()
}

pub(super) fn registry_version(connection: &mut SqliteConnection) -> Result<i64, Failure> {
    Ok(registry_version::table.select(registry_version::version).first(connection)?)
}

pub(super) fn add(
    connection: &mut SqliteConnection,
    added: &Integration,
    event: Option<&IntegrationEvent>,
    at: DateTime<Utc>,
) -> Result<bool, Failure> {
    let insert = diesel::insert_or_ignore_into(integration::table).values((
        integration::id.eq(added.id.0.to_string()),
        integration::slug.eq(added.slug.as_str()),
        integration::portal.eq(&added.portal),
        integration::environment.eq(added.environment.as_str()),
        integration::state.eq(added.state.as_str()),
        integration::profile.eq(added.profile.as_str()),
        integration::user_extensions.eq(row::definitions(&added.user_extensions).to_string()),
        integration::settings.eq(row::settings(added)?.to_string()),
        integration::version.eq(i64::from(added.version)),
        integration::created_at.eq(values::millis(at)),
    ));
    connection.immediate_transaction(|connection| {
        let is_added = insert.execute(connection)? == 1;
        if let (true, Some(event)) = (is_added, event) {
            tell(connection, added, event)?;
        }
        Ok(is_added)
    })
}

pub(super) fn change(
    connection: &mut SqliteConnection,
    changed: &Integration,
    event: Option<&IntegrationEvent>,
) -> Result<bool, Failure> {
    let unchanged = integration::table
        .filter(integration::id.eq(changed.id.0.to_string()))
        .filter(integration::version.eq(i64::from(changed.version) - 1));
    let update = diesel::update(unchanged).set((
        integration::state.eq(changed.state.as_str()),
        integration::profile.eq(changed.profile.as_str()),
        integration::user_extensions.eq(row::definitions(&changed.user_extensions).to_string()),
        integration::settings.eq(row::settings(changed)?.to_string()),
        integration::version.eq(i64::from(changed.version)),
    ));
    connection.immediate_transaction(|connection| {
        let is_changed = update.execute(connection)? == 1;
        if let (true, Some(event)) = (is_changed, event) {
            tell(connection, changed, event)?;
        }
        Ok(is_changed)
    })
}

fn tell(
    connection: &mut SqliteConnection,
    integration: &Integration,
    IntegrationEvent { event, at, txn }: &IntegrationEvent,
) -> Result<(), Failure> {
    let epoch: i32 = source_epoch::table.select(source_epoch::epoch).first(connection)?;
    diesel::insert_into(event_log::table)
        .values((
            event_log::event_id.eq(event.id.0.to_string()),
            event_log::integration_id.eq(integration.id.0.to_string()),
            event_log::event_type.eq(event.event_type.as_str()),
            event_log::subject_kind.eq(event.subject.kind.as_str()),
            event_log::subject_id.eq(event.subject.id.to_string()),
            event_log::epoch.eq(epoch),
            event_log::incarnation.eq(1),
            event_log::version.eq(i64::from(integration.version)),
            event_log::data.eq(&event.data),
            event_log::txn.eq(txn.to_string()),
            event_log::committed_at.eq(values::millis(*at)),
        ))
        .execute(connection)?;
    outbox::put(connection, &[event.id])?;
    Ok(())
}

pub(super) type IntegrationRow = (String, String, String, String, String, String, String, String, i64);
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
) -> Result<Integration, Failure> {
    Ok(row::integration(IntegrationColumns {
        id: values::uuid(&id)?,
        slug,
        portal,
        environment,
        state,
        profile,
        user_extensions: values::document(&user_extensions)?,
        settings: values::document(&settings)?,
        version,
    })?)
}
