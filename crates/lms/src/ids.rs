use std::fmt;

use events::{Environment, EventId, Sequence, SubjectKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ResourceKey;

/// Under it lie the ids that this crate derives. Never change it: a repeated event must meet the same learner.
const NAMESPACE: Uuid = Uuid::from_u128(0x6c6d_7300_0000_5000_8000_0000_0000_0001);

/// Identity of a learner within the LMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LearnerId(pub Uuid);

/// Identity of a cohort within the LMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CohortId(pub Uuid);

/// Identity of a hold of the mass-change guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HoldId(pub Uuid);

/// Number of a version of an integration's rules: 0 are the defaults, then from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RulesVersion(pub i32);

/// Identity of a portal in one environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PortalId(pub Uuid);

/// Identity of a resource within the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScimId(pub Uuid);

/// Name of an integration: the tenant that every row belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct IntegrationSlug(pub String);

impl IntegrationSlug {
    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IntegrationSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl LearnerId {
    /// The id of the learner that the first sight of a SCIM user creates.
    ///
    /// Derived, so that a commit whose outcome is unknown can be repeated and two replicas agree.
    pub fn of_user(integration: &IntegrationSlug, user: ScimId) -> Self {
        Self(derive(&format!("{integration}/{}/{}", SubjectKind::User.as_str(), user.0)))
    }
}

impl CohortId {
    /// The id of the cohort that the first sight of a SCIM group creates.
    pub fn of_group(integration: &IntegrationSlug, group: ScimId) -> Self {
        Self(derive(&format!("{integration}/{}/{}", SubjectKind::Group.as_str(), group.0)))
    }
}

impl HoldId {
    /// The id of the hold that a commit opens: each raises the revision of the integration.
    pub(crate) fn opened_at(integration: &IntegrationSlug, revision: i64) -> Self {
        Self(derive(&format!("{integration}/hold/{revision}")))
    }
}

impl PortalId {
    /// The id that a portal gets when an event names it before the LMS knows it.
    pub fn of_portal(code: &str, environment: Environment) -> Self {
        Self(derive(&format!("portal/{}/{code}", environment.as_str())))
    }
}

/// The id of the event that carries one resource of a part of a snapshot: the same in every snapshot that tells the same.
pub(crate) fn piece_id(key: &ResourceKey, sequence: Sequence) -> EventId {
    EventId(derive(&format!("{}/piece/{}/{sequence}", key.integration, key.scim_id.0)))
}

fn derive(name: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}
