use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Attribute, ConflictKind, IntegrationSlug, LearnerId, Page, ResourceKey, Rules, RulesVersion, ScimId,
    StoreError,
};

/// The rules of integrations, and what only those ask for who ask what rules do.
#[async_trait]
pub trait RulesStore: Send + Sync {
    /// The rules in force, which are the defaults while nobody saved any; none of an integration that is not known.
    async fn rules_in_force(&self, integration: &IntegrationSlug) -> Result<Option<SavedRules>, StoreError>;

    /// Rules that were saved once.
    async fn rules_version(
        &self,
        integration: &IntegrationSlug,
        version: RulesVersion,
    ) -> Result<Option<SavedRules>, StoreError>;

    /// Versions that were saved, the newest first, from below the cursor on.
    async fn rules_versions(
        &self,
        integration: &IntegrationSlug,
        page: Page<RulesVersion>,
    ) -> Result<Vec<RulesSummary>, StoreError>;

    /// Puts rules in force, and has decided anew whatever they can affect. All or nothing.
    ///
    /// # Errors
    /// `Clash` when the version before is not in force.
    async fn save_rules(&self, change: &RulesChange) -> Result<(), StoreError>;

    /// Groups that exist, in the order of their ids, after the cursor.
    async fn current_groups(
        &self,
        integration: &IntegrationSlug,
        page: Page<ScimId>,
    ) -> Result<Vec<ScimId>, StoreError>;

    /// The SCIM user whom a learner of the integration belongs to.
    async fn user_of(
        &self,
        integration: &IntegrationSlug,
        learner: LearnerId,
    ) -> Result<Option<ScimId>, StoreError>;

    /// What was noted about a learner, with so many of the last conflicts.
    async fn remarks(
        &self,
        user: &ResourceKey,
        learner: LearnerId,
        conflicts: u32,
    ) -> Result<Remarks, StoreError>;
}

/// Rules with how they came to be.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedRules {
    /// Which they are; 0 are the defaults.
    pub version: RulesVersion,
    /// Who saved them; nobody saved the defaults.
    pub saved_by: Option<String>,
    /// When.
    pub saved_at: Option<DateTime<Utc>>,
    /// Why, in the words of who saved them.
    pub comment: String,
    /// The rules.
    pub rules: Rules,
}

impl SavedRules {
    /// What is in force while nobody saved anything.
    pub fn defaults() -> Self {
        Self {
            version: RulesVersion(0),
            saved_by: None,
            saved_at: None,
            comment: String::new(),
            rules: Rules::default(),
        }
    }

    pub(super) fn complete(self) -> Self {
        Self { rules: self.rules.complete(), ..self }
    }
}

/// A version in the list of an integration's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RulesSummary {
    /// The version.
    pub version: RulesVersion,
    /// Who saved it.
    pub saved_by: String,
    /// When.
    pub saved_at: DateTime<Utc>,
    /// Why.
    pub comment: String,
}

/// Rules to be put in force.
#[derive(Clone, Debug, PartialEq)]
pub struct RulesChange {
    /// Whose.
    pub integration: IntegrationSlug,
    /// The version that they become: the one before it must be in force.
    pub version: RulesVersion,
    /// The rules.
    pub rules: Rules,
    /// Who saves them.
    pub saved_by: String,
    /// Why.
    pub comment: String,
    /// Every user is to be decided anew.
    pub affects_users: bool,
    /// Every group is to be decided anew.
    pub affects_groups: bool,
}

/// What was noted about a learner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// End of the exemption that holds now.
    pub exempt_until: Option<DateTime<Utc>>,
    /// Why the learner is exempt.
    pub exempt_because: Option<String>,
    /// The learner is to be decided anew.
    pub recheck: Option<PendingRecheck>,
    /// The last conflicts, the newest first.
    pub conflicts: Vec<NotedConflict>,
}

/// A learner is to be decided anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PendingRecheck {
    /// Since when.
    pub requested_at: DateTime<Utc>,
    /// Why it could not be done so far.
    pub problem: Option<String>,
}

/// A conflict that was noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotedConflict {
    /// Of which attribute; none of the status.
    pub attribute: Option<Attribute>,
    /// What was done.
    pub kind: ConflictKind,
    /// What the LMS had.
    pub lms_value: Option<String>,
    /// What the directory said.
    pub source_value: Option<String>,
    /// By which version of the rules.
    pub rules_version: RulesVersion,
    /// The event that the directory said it in.
    pub event_id: Uuid,
    /// The SCIM request behind the event.
    pub request_id: Uuid,
    /// When it was noted.
    pub noticed_at: DateTime<Utc>,
}
