use std::time::Duration;

use postgres_pool::Timeouts;

/// A plan made while a table was empty would be kept, and read the whole table for every batch after it has grown.
/// Planning anew costs little beside a batch.
const PLAN_ANEW: (&str, &str) = ("plan_cache_mode", "force_custom_plan");

/// Integrations that a session works for; the tables' policies read it.
const SCOPE_SETTING: &str = "illuxi.integrations";

pub(super) const APPLICATION_NAME: &str = "illuxi-user-sync";

/// How the store connects, as far as a service may choose.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// Connections at most, apart from those of the caretaker.
    pub pool_size: usize,
    /// Role that every connection works as, apart from those of the caretaker; `None` keeps the role that signed in.
    pub role: Option<String>,
    /// Connections of the caretaker at most: those that look for what is due in all integrations, and keep the record
    /// of acts.
    pub caretaker_pool_size: usize,
    /// Role of the caretaker's connections; `None` keeps the role that signed in.
    pub caretaker_role: Option<String>,
    /// How long anything is waited for.
    pub timeouts: Timeouts,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            pool_size: 10,
            role: Some("illuxi_user_sync".to_owned()),
            caretaker_pool_size: 3,
            caretaker_role: Some("illuxi_caretaker".to_owned()),
            timeouts: Timeouts { answer: Duration::from_secs(30), ..Timeouts::default() },
        }
    }
}

impl PostgresOptions {
    /// Connections that serve integrations.
    pub(super) fn of_service(&self) -> postgres_pool::PostgresOptions {
        self.of_pool(self.pool_size, self.role.clone())
    }

    /// Connections that look for what is due in all integrations.
    pub(super) fn of_caretaker(&self) -> postgres_pool::PostgresOptions {
        self.of_pool(self.caretaker_pool_size, self.caretaker_role.clone())
    }

    fn of_pool(&self, pool_size: usize, role: Option<String>) -> postgres_pool::PostgresOptions {
        postgres_pool::PostgresOptions {
            pool_size,
            timeouts: self.timeouts.clone(),
            session_settings: vec![PLAN_ANEW],
            scope_setting: SCOPE_SETTING,
            ..postgres_pool::PostgresOptions::new(APPLICATION_NAME, role)
        }
    }
}
