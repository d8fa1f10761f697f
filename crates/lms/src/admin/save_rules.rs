use serde_json::Value;

use super::read_rules::{rules_in_force, rules_version};
use super::{RulesChange, RulesError, RulesStore, SavedRules};
use crate::{
    CohortAction, Footprint, IntegrationSlug, IntegrationState, KnownIntegration, LmsStore, PortalId,
    Question, RuleError, Rules, RulesVersion, StoreError,
};

/// Rules that somebody wants in force.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The version that the person has seen.
    pub expected: RulesVersion,
    /// The rules as a JSON document.
    pub rules: Value,
    /// Who.
    pub saved_by: String,
    /// Why.
    pub comment: String,
}

/// Puts rules in force, and answers those in force afterwards.
///
/// They are stored complete, so that another default of a later program changes nothing that an administrator has seen.
/// Rules that say what those in force say make no new version.
///
/// # Errors
/// `UnknownIntegration`; `Detached`; `Outdated` when another version than the expected one is in force; `Invalid`.
pub async fn save_rules(
    store: &dyn RulesStore,
    lms: &dyn LmsStore,
    integration: &IntegrationSlug,
    proposal: Proposal,
) -> Result<SavedRules, RulesError> {
    let portal = require_attached(lms, integration).await?.portal;
    let present = rules_in_force(store, integration).await?;
    if present.version != proposal.expected {
        return Err(RulesError::Outdated { present: present.version });
    }
    let rules = Rules::read(proposal.rules).map_err(RulesError::Invalid)?.complete();
    if rules == present.rules {
        return Ok(present);
    }
    check_linked_cohorts(lms, portal, &rules).await?;
    let change = RulesChange {
        integration: integration.clone(),
        version: RulesVersion(present.version.0.saturating_add(1)),
        affects_users: affects_users(&present.rules, &rules),
        affects_groups: present.rules.cohorts != rules.cohorts,
        rules,
        saved_by: proposal.saved_by,
        comment: proposal.comment,
    };
    match store.save_rules(&change).await {
        Ok(()) => rules_version(store, integration, change.version).await,
        Err(StoreError::Clash) => {
            let present = rules_in_force(store, integration).await?.version;
            Err(RulesError::Outdated { present })
        }
        Err(error) => Err(error.into()),
    }
}

/// The integration, if it still follows a directory: the rules of another are nobody's, and an example for nobody.
///
/// # Errors
/// `UnknownIntegration`; `Detached`.
pub async fn require_attached(
    lms: &dyn LmsStore,
    integration: &IntegrationSlug,
) -> Result<KnownIntegration, RulesError> {
    let footprint = Footprint { integrations: [integration.clone()].into(), ..Footprint::default() };
    let known = lms.load(&footprint).await?.integrations.remove(integration);
    let known = known.ok_or(RulesError::UnknownIntegration)?;
    match known.state.state {
        IntegrationState::Detached => Err(RulesError::Detached(integration.clone())),
        IntegrationState::Enabled | IntegrationState::Paused | IntegrationState::Disabled => Ok(known),
    }
}

fn affects_users(before: &Rules, after: &Rules) -> bool {
    before.ownership != after.ownership
        || before.mapping != after.mapping
        || before.adoption != after.adoption
}

/// Groups can only feed cohorts that the LMS keeps in the portal: another portal has others.
async fn check_linked_cohorts(lms: &dyn LmsStore, portal: PortalId, rules: &Rules) -> Result<(), RulesError> {
    let question = Question { cohorts: rules.cohorts.linked().collect(), ..Question::default() };
    if question.is_empty() {
        return Ok(());
    }
    let kept = lms.supplement(&question).await?.cohorts;
    let is_kept = |id| {
        kept.iter().any(|stored| {
            let cohort = &stored.row;
            cohort.id.0 == id && cohort.source.is_none() && cohort.portal == portal
        })
    };
    let linked = rules.cohorts.rules().iter().enumerate();
    let errors: Vec<RuleError> = linked
        .filter(|(_, rule)| matches!(rule.then, CohortAction::Link { cohort } if !is_kept(cohort)))
        .map(|(index, _)| {
            let place = ["cohorts", &index.to_string(), "then", "link", "cohort"];
            RuleError::at(place, "Name a cohort that the LMS itself keeps in the integration's portal.")
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(RulesError::Invalid(errors)) }
}
