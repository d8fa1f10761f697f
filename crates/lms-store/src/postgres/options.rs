use std::time::Duration;

use postgres_pool::Timeouts;

/// A plan made while a table was empty would be kept, and read the whole table for every batch after it has grown.
/// Planning anew costs little beside a batch.
const PLAN_ANEW: (&str, &str) = ("plan_cache_mode", "force_custom_plan");

pub(super) const APPLICATION_NAME: &str = "illuxi-user-sync";

/// How the store connects, as far as a service may choose.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// Connections at most.
    pub pool_size: usize,
    /// Role that every connection works as; `None` keeps the role that signed in.
    pub role: Option<String>,
    /// How long anything is waited for.
    pub timeouts: Timeouts,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            pool_size: 10,
            role: Some("illuxi_user_sync".to_owned()),
            timeouts: Timeouts { answer: Duration::from_secs(30), ..Timeouts::default() },
        }
    }
}

impl From<PostgresOptions> for postgres_pool::PostgresOptions {
    fn from(options: PostgresOptions) -> Self {
        Self {
            pool_size: options.pool_size,
            timeouts: options.timeouts,
            session_settings: vec![PLAN_ANEW],
            ..Self::new(APPLICATION_NAME, options.role)
        }
    }
}
