use std::collections::BTreeSet;

use diesel::{ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::RunQueryDsl;
use events::EventId;
use lms::{Footprint, IntegrationSlug, ResourceKey, Snapshot, StoreError};

use super::SqliteLink;
use super::error::classify;
use super::schema::{cohort, inbox, integration, learner, link, portal};
use crate::id::Id;
use crate::rows::{IntegrationRow, LinkRow, SnapshotRows};

const USER: &str = "user";
const GROUP: &str = "group";

/// Reads a footprint. The lists of a filter are not paired: a row of another pair is harmless, and as rare as two
/// integrations that share an id.
pub(super) async fn snapshot(
    connection: &mut SqliteLink,
    footprint: &Footprint,
) -> Result<Snapshot, StoreError> {
    let slugs: Vec<&str> = footprint.integrations.iter().map(IntegrationSlug::as_str).collect();
    let mut rows = SnapshotRows {
        handled: load_handled(connection, &footprint.events).await.map_err(classify)?,
        integrations: load_integrations(connection, &slugs).await.map_err(classify)?,
        ..SnapshotRows::default()
    };
    if !footprint.users.is_empty() {
        load_users(connection, footprint, &slugs, &mut rows).await.map_err(classify)?;
    }
    if !footprint.groups.is_empty() {
        load_groups(connection, footprint, &slugs, &mut rows).await.map_err(classify)?;
    }
    rows.into_snapshot()
}

async fn load_handled(connection: &mut SqliteLink, events: &BTreeSet<EventId>) -> QueryResult<Vec<Id>> {
    let events: Vec<String> = events.iter().map(|event| event.0.to_string()).collect();
    inbox::table.filter(inbox::event_id.eq_any(events)).select(inbox::event_id).load(connection).await
}

async fn load_integrations(connection: &mut SqliteLink, slugs: &[&str]) -> QueryResult<Vec<IntegrationRow>> {
    integration::table
        .inner_join(portal::table)
        .filter(integration::slug.eq_any(slugs))
        .select((integration::slug, portal::portal_id, portal::code, integration::environment))
        .load(connection)
        .await
}

async fn load_users(
    connection: &mut SqliteLink,
    footprint: &Footprint,
    slugs: &[&str],
    rows: &mut SnapshotRows,
) -> QueryResult<()> {
    rows.user_links = load_links(connection, USER, slugs, scim_ids(&footprint.users)).await?;
    let linked: Vec<String> =
        rows.user_links.iter().filter_map(LinkRow::learner_id).map(|id| id.to_string()).collect();
    let external_ids: Vec<&str> = footprint.user_external_ids.iter().map(|(_, id)| id.as_str()).collect();
    let by_id = learner::table
        .filter(learner::integration.eq_any(slugs))
        .filter(learner::learner_id.eq_any(linked))
        .select(learner::all_columns);
    rows.learners = by_id.load(connection).await?;
    // Apart from those by id: one filter with `or` would read the whole integration.
    let by_external_id = learner::table
        .filter(learner::integration.eq_any(slugs))
        .filter(learner::source_object_id.eq_any(external_ids))
        .select(learner::all_columns);
    rows.learners.extend(by_external_id.load(connection).await?);
    let current = rows.learners.iter().map(|row| row.scim_id().to_string()).collect();
    rows.user_links.extend(load_links(connection, USER, slugs, current).await?);
    Ok(())
}

async fn load_groups(
    connection: &mut SqliteLink,
    footprint: &Footprint,
    slugs: &[&str],
    rows: &mut SnapshotRows,
) -> QueryResult<()> {
    rows.group_links = load_links(connection, GROUP, slugs, scim_ids(&footprint.groups)).await?;
    let linked: Vec<String> =
        rows.group_links.iter().filter_map(LinkRow::cohort_id).map(|id| id.to_string()).collect();
    let external_ids: Vec<&str> = footprint.group_external_ids.iter().map(|(_, id)| id.as_str()).collect();
    let by_id = cohort::table
        .filter(cohort::integration.eq_any(slugs))
        .filter(cohort::cohort_id.eq_any(linked))
        .select(cohort::all_columns);
    rows.cohorts = by_id.load(connection).await?;
    // Apart from those by id: one filter with `or` would read the whole integration.
    let by_external_id = cohort::table
        .filter(cohort::integration.eq_any(slugs))
        .filter(cohort::source_object_id.eq_any(external_ids))
        .select(cohort::all_columns);
    rows.cohorts.extend(by_external_id.load(connection).await?);
    let current = rows.cohorts.iter().map(|row| row.scim_id().to_string()).collect();
    rows.group_links.extend(load_links(connection, GROUP, slugs, current).await?);
    Ok(())
}

async fn load_links(
    connection: &mut SqliteLink,
    kind: &str,
    slugs: &[&str],
    scim_ids: Vec<String>,
) -> QueryResult<Vec<LinkRow>> {
    link::table
        .filter(link::integration.eq_any(slugs))
        .filter(link::kind.eq(kind))
        .filter(link::scim_id.eq_any(scim_ids))
        .select((
            link::integration,
            link::scim_id,
            link::learner_id,
            link::cohort_id,
            link::epoch,
            link::incarnation,
            link::version,
            link::tombstoned,
        ))
        .load(connection)
        .await
}

fn scim_ids(keys: &BTreeSet<ResourceKey>) -> Vec<String> {
    keys.iter().map(|key| key.scim_id.0.to_string()).collect()
}
