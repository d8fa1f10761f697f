use super::{RulesError, RulesStore, RulesSummary, SavedRules};
use crate::{IntegrationSlug, Page, RulesVersion};

/// Reads the rules in force, with nothing left unsaid.
///
/// # Errors
/// `UnknownIntegration`.
pub async fn rules_in_force(
    store: &dyn RulesStore,
    integration: &IntegrationSlug,
) -> Result<SavedRules, RulesError> {
    let saved = store.rules_in_force(integration).await?.ok_or(RulesError::UnknownIntegration)?;
    Ok(saved.complete())
}

/// Reads a version that was in force once, or the defaults as version 0.
///
/// # Errors
/// `UnknownIntegration`, `UnknownVersion`.
pub async fn rules_version(
    store: &dyn RulesStore,
    integration: &IntegrationSlug,
    version: RulesVersion,
) -> Result<SavedRules, RulesError> {
    let in_force = rules_in_force(store, integration).await?;
    if in_force.version == version {
        return Ok(in_force);
    }
    if version == RulesVersion(0) {
        return Ok(SavedRules::defaults().complete());
    }
    let saved = store.rules_version(integration, version).await?.ok_or(RulesError::UnknownVersion)?;
    Ok(saved.complete())
}

/// Lists the versions that were saved, the newest first.
///
/// # Errors
/// `UnknownIntegration`.
pub async fn rules_versions(
    store: &dyn RulesStore,
    integration: &IntegrationSlug,
    page: Page<RulesVersion>,
) -> Result<Vec<RulesSummary>, RulesError> {
    rules_in_force(store, integration).await?;
    Ok(store.rules_versions(integration, page).await?)
}
