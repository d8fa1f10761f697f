use chrono::{DateTime, SubsecRound, Utc};
use events::Subject;
use uuid::Uuid;

use crate::caller::derived_id;
use crate::{
    IntegrationSlug, IntegrationState, IntegrationStore, Snapshot, SnapshotId, Snapshots, StoreError,
};

/// Name under which the schedule asks.
const SCHEDULE: &str = "schedule";

/// A snapshot was not begun, or not found.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// There is no such integration.
    #[error("there is no such integration")]
    NoIntegration,
    /// It was detached: the LMS follows it no more.
    #[error("the integration is detached, which is for ever")]
    Detached,
    /// The integration has no such snapshot.
    #[error("there is no such snapshot")]
    NoSnapshot,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Begins to tell the state of an integration again, or that of one user or group. While the same is being told, answers
/// that one.
///
/// # Errors
/// [`SnapshotError::NoIntegration`], [`SnapshotError::Detached`].
pub async fn request_snapshot(
    integrations: &dyn IntegrationStore,
    snapshots: &dyn Snapshots,
    slug: &IntegrationSlug,
    only: Option<Subject>,
    requested_by: &str,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Snapshot, SnapshotError> {
    let integration = integrations.integration(slug).await?.ok_or(SnapshotError::NoIntegration)?;
    if integration.state == IntegrationState::Detached {
        return Err(SnapshotError::Detached);
    }
    let began = now.trunc_subsecs(3);
    let whole = Snapshot::new(SnapshotId(id), integration.id, requested_by.to_owned(), began);
    let wanted = match only {
        Some(subject) => whole.of_one(subject),
        None => whole,
    };
    Ok(snapshots.begin(&wanted).await?)
}

/// Begins a snapshot of every enabled integration whose last one began longer ago than `every`, and answers them. The
/// making of an integration counts as one: there was nothing to tell.
///
/// Replicas that do so at the same moment begin one, because there is one at a time. `run` makes the ids.
///
/// # Errors
/// When the store fails; the others come with the next call.
pub async fn request_due_snapshots(
    integrations: &dyn IntegrationStore,
    snapshots: &dyn Snapshots,
    every: chrono::Duration,
    run: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<IntegrationSlug>, SnapshotError> {
    let due = snapshots.integrations_without(now - every).await?;
    for (n, slug) in (0..).zip(&due) {
        request_snapshot(integrations, snapshots, slug, None, SCHEDULE, derived_id(run, now, n), now).await?;
    }
    Ok(due)
}
