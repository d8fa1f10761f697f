use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Act, ActOutcome, RecordedAct};

/// The record of acts was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The database cannot work now. The same call may succeed later, and may even have succeeded.
    #[error("the record of acts is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database answered what nobody expects. A fault of this program or of its schema.
    #[error("the record of acts failed")]
    Unexpected(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The record of what administrators asked for, and of how it ended.
///
/// An act is never changed but to add the integration that it made and its outcome, and never removed but by age.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Records an act that is about to be done. When this fails, it must not be done.
    ///
    /// # Errors
    /// When it is not on record for certain.
    async fn begin(&self, act: &Act) -> Result<(), AuditError>;

    /// Says which integration the act `id` is about, when its address named none. Does nothing when it did, or when the act
    /// has an outcome.
    ///
    /// # Errors
    /// When it could not be said.
    async fn assign(&self, id: Uuid, integration: &str) -> Result<(), AuditError>;

    /// Adds the outcome of the act `id`. Does nothing when it has one.
    ///
    /// # Errors
    /// When it could not be added.
    async fn finish(&self, id: Uuid, outcome: &ActOutcome) -> Result<(), AuditError>;

    /// Acts, newest first: those on an integration, or all; those before a [`RecordedAct::cursor`], or from the newest.
    ///
    /// # Errors
    /// When they cannot be read.
    async fn acts(
        &self,
        integration: Option<&str>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<RecordedAct>, AuditError>;

    /// Forgets some of the acts that were asked for before an instant, the oldest first, so many at most; answers how many.
    ///
    /// # Errors
    /// When they are not forgotten.
    async fn forget_acts(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, AuditError>;
}
