use async_trait::async_trait;
use chrono::{DateTime, Utc};
use scim::Resource;

use crate::{Activity, IntegrationId, Milestones, StoreError, UserId};

/// What an administrator looks at first.
///
/// # Guarantees
/// All of it is found by few looks into indexes: however much is logged, waits or lives, it costs no more.
#[async_trait]
pub trait Overview: Send + Sync {
    /// What came of late. Problems are counted since an instant; what is counted, up to `limit`.
    async fn activity(
        &self,
        of: IntegrationId,
        since: DateTime<Utc>,
        limit: u32,
    ) -> Result<Activity, StoreError>;

    /// What came for the first time.
    async fn milestones(&self, of: IntegrationId) -> Result<Milestones, StoreError>;

    /// The live users that were created last, the newest first.
    async fn newest_users(
        &self,
        of: IntegrationId,
        limit: u32,
    ) -> Result<Vec<(UserId, Resource)>, StoreError>;
}
