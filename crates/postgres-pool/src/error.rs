type Cause = Box<dyn std::error::Error + Send + Sync>;

/// There is no connection, or no schema of this version.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// The address cannot be used, and will not be until somebody corrects it.
    #[error("the address of the database cannot be used")]
    Address(#[source] Cause),
    /// No connection came about in time. It may heal.
    #[error("the database gave no connection")]
    Away(#[source] Cause),
    /// The schema stays at the last version that succeeded.
    #[error("the migrations did not run to their end")]
    Migration(#[source] Cause),
}
