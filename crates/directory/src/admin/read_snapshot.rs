use super::request_snapshot::SnapshotError;
use crate::{Integration, IntegrationSlug, IntegrationStore, Snapshot, SnapshotId, Snapshots};

/// Snapshots in a list at most.
const LISTED: u32 = 20;

/// Finds a snapshot of an integration.
///
/// # Errors
/// [`SnapshotError::NoIntegration`]; [`SnapshotError::NoSnapshot`], also for one of another integration.
pub async fn snapshot(
    integrations: &dyn IntegrationStore,
    snapshots: &dyn Snapshots,
    slug: &IntegrationSlug,
    id: SnapshotId,
) -> Result<Snapshot, SnapshotError> {
    let integration = find(integrations, slug).await?;
    snapshots.snapshot(integration.id, id).await?.ok_or(SnapshotError::NoSnapshot)
}

/// Lists the last snapshots of an integration, newest first.
///
/// # Errors
/// [`SnapshotError::NoIntegration`].
pub async fn last_snapshots(
    integrations: &dyn IntegrationStore,
    snapshots: &dyn Snapshots,
    slug: &IntegrationSlug,
) -> Result<Vec<Snapshot>, SnapshotError> {
    let integration = find(integrations, slug).await?;
    Ok(snapshots.latest(integration.id, LISTED).await?)
}

async fn find(
    integrations: &dyn IntegrationStore,
    slug: &IntegrationSlug,
) -> Result<Integration, SnapshotError> {
    integrations.integration(slug).await?.ok_or(SnapshotError::NoIntegration)
}
