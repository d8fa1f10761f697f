use std::time::Duration;

use postgres_pool::Timeouts;

/// How a session plans: from the rows that came with the statement, in the order in which it names the tables, by the index
/// that leads to each row that is asked for. The planner cannot know how many came, nor, in a directory that grows by
/// thousands a second, how many a table holds by now; what it would read from end to end it would read for every batch.
pub(super) const PLANNING: [(&str, &str); 9] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("join_collapse_limit", "1"),
    ("random_page_cost", "0.1"),
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_material", "off"),
    // A path that is off costs so much on paper that compiling it to machine code would seem worthwhile.
    ("jit", "off"),
];

/// What is looked for in all integrations is looked for every few seconds, and planned each time.
const PLAN_ANEW: (&str, &str) = ("plan_cache_mode", "force_custom_plan");

/// A plan that was made while a table was empty may take any index, and would do so after it has grown.
const PLANS_LAST: Duration = Duration::from_secs(1);

/// Counts the values of columns where a table has become twice as large. The server does so by itself, but only after a
/// minute; until then it takes two hundred integrations for granted, and the index over them for the most selective one.
pub(super) const RENEW_STATISTICS: &str = "select sync.renew_statistics()";

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
        postgres_pool::PostgresOptions {
            session_settings: PLANNING.to_vec(),
            plans_last: Some(PLANS_LAST),
            before_planning: Some(RENEW_STATISTICS),
            ..self.of_pool(self.pool_size, self.role.clone())
        }
    }

    /// Connections that look for what is due in all integrations.
    pub(super) fn of_caretaker(&self) -> postgres_pool::PostgresOptions {
        postgres_pool::PostgresOptions {
            session_settings: vec![PLAN_ANEW],
            ..self.of_pool(self.caretaker_pool_size, self.caretaker_role.clone())
        }
    }

    fn of_pool(&self, pool_size: usize, role: Option<String>) -> postgres_pool::PostgresOptions {
        postgres_pool::PostgresOptions {
            pool_size,
            timeouts: self.timeouts.clone(),
            scope_setting: SCOPE_SETTING,
            ..postgres_pool::PostgresOptions::new(APPLICATION_NAME, role)
        }
    }
}
