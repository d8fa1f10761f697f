use async_trait::async_trait;
use chrono::{DateTime, Utc};
use events::Subject;

use crate::{IntegrationId, StoreError};

/// What was published, for as long as it is kept.
///
/// Both walk over the log a part at a time: no call looks at more than `limit` events, whosever they are.
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Has published events of an integration published once more, from the newest to the oldest. Snapshots are left out.
    ///
    /// # Guarantees
    /// An event keeps its id, its sequence and its content, and comes behind all that was never published. One that
    /// waits already stays as it is, so that a call may be repeated.
    async fn replay(
        &self,
        of: IntegrationId,
        wanted: &Replay,
        before: Option<LogPosition>,
        limit: u32,
    ) -> Result<LogStep, StoreError>;

    /// The instant by the store's clock. By it is judged what is deleted for good: a process whose own clock is wrong must
    /// not delete what is young.
    async fn now(&self) -> Result<DateTime<Utc>, StoreError>;

    /// Forgets events that were committed before an instant, from the oldest on. One that was not published stays.
    async fn forget_events(
        &self,
        before: DateTime<Utc>,
        after: Option<LogPosition>,
        limit: u32,
    ) -> Result<LogStep, StoreError>;
}

/// Which events to publish once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replay {
    /// Those committed since; `None`: all that are kept.
    pub since: Option<DateTime<Utc>>,
    /// Those about one resource.
    pub subject: Option<Subject>,
}

/// A place in the event log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogPosition(pub i64);

/// A part of the log was walked over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogStep {
    /// Events that it was done to.
    pub events: u64,
    /// Where to go on; `None` at the end.
    pub next: Option<LogPosition>,
}
