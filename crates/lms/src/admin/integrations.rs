use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::LmsSummary;
use crate::{IntegrationSlug, IntegrationState, StoreError};

/// The integrations that the LMS has heard of.
#[async_trait]
pub trait Integrations: Send + Sync {
    /// One of them.
    async fn integration(&self, slug: &IntegrationSlug) -> Result<Option<HeardIntegration>, StoreError>;

    /// How one of them is doing.
    ///
    /// # Guarantees
    /// What it costs does not grow with what there is.
    async fn summary(&self, slug: &IntegrationSlug) -> Result<Option<LmsSummary>, StoreError>;

    /// What a detachment would leave to the LMS, or what it left when it came.
    ///
    /// # Guarantees
    /// Before the detachment at most `up_to` rows are counted of anything; active learners are counted as they change.
    async fn detachment(&self, slug: &IntegrationSlug, up_to: u32) -> Result<Option<Detachment>, StoreError>;
}

/// An integration that the LMS has heard of.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct HeardIntegration {
    /// Code of its portal.
    pub portal: String,
    /// Its state.
    pub state: IntegrationState,
}

/// Up to this much is counted of anything that a detachment would leave.
pub const DETACHMENT_COUNTED_UP_TO: u32 = 100_000;

/// What a detachment leaves to the LMS: all of it stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Detachment {
    /// State of the integration now.
    pub state: IntegrationState,
    /// When it was detached.
    pub detached_at: Option<DateTime<Utc>>,
    /// Whether all of it is the LMS's own by now.
    pub is_settled: bool,
    /// So far was counted: a number that has come to it stands for as many or more. The number of active learners is
    /// always exact. None once it is detached: all was counted when it was.
    pub counted_up_to: Option<u32>,
    /// How much there is, or was when it was detached.
    #[serde(flatten)]
    pub counts: DetachmentCounts,
}

/// How much an integration has in the LMS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DetachmentCounts {
    /// Its learners.
    pub learners: LearnerCounts,
    /// Cohorts that were made for groups.
    pub cohorts: u64,
    /// Memberships that the directory gives.
    pub memberships: u64,
    /// Roles that the directory gives.
    pub role_grants: u64,
    /// Deactivations that the mass-change guard holds.
    pub held: u64,
    /// Newcomers of whom nobody has said yet who they are.
    pub waiting_adoption: u64,
    /// Events that could not be applied.
    pub parked: u64,
}

/// Learners by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LearnerCounts {
    /// Those who are active.
    pub active: u64,
    /// Those who are not.
    pub inactive: u64,
}
