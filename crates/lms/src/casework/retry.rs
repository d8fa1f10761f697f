use events::EventId;

use super::{Backlog, Case, CaseError};
use crate::{IntegrationSlug, ScimId};

/// Has a parked event tried again in the next round of [`DirectorySync::retry_parked`](crate::DirectorySync::retry_parked).
///
/// It is not tried here: rounds come twice a minute, and one that runs already would only get in the way.
///
/// # Errors
/// `NotFound` when the integration has no such parked event.
pub async fn retry_parked_event(
    backlog: &dyn Backlog,
    integration: &IntegrationSlug,
    event: EventId,
) -> Result<(), CaseError> {
    let is_found = backlog.retry_one(integration, event).await?;
    if is_found { Ok(()) } else { Err(CaseError::NotFound(Case::ParkedEvent)) }
}

/// Has all parked events tried again, or all of a reason; answers how many.
///
/// # Errors
/// When the database is away.
pub async fn retry_parked_events(
    backlog: &dyn Backlog,
    integration: &IntegrationSlug,
    reason: Option<&str>,
) -> Result<u64, CaseError> {
    Ok(backlog.retry_all(integration, reason).await?)
}

/// Forgets a parked event: what it says is done without. The newest event of the same resource makes up for it.
///
/// # Errors
/// `NotFound` when the integration has no such parked event.
pub async fn discard_parked_event(
    backlog: &dyn Backlog,
    integration: &IntegrationSlug,
    event: EventId,
) -> Result<(), CaseError> {
    let is_found = backlog.discard(integration, event).await?;
    if is_found { Ok(()) } else { Err(CaseError::NotFound(Case::ParkedEvent)) }
}

/// Has a resource that could not be decided anew tried again at once.
///
/// # Errors
/// `NotFound` when the integration has no such resource.
pub async fn retry_stuck(
    backlog: &dyn Backlog,
    integration: &IntegrationSlug,
    resource: ScimId,
) -> Result<(), CaseError> {
    let is_found = backlog.retry_stuck(integration, resource).await?;
    if is_found { Ok(()) } else { Err(CaseError::NotFound(Case::StuckResource)) }
}
