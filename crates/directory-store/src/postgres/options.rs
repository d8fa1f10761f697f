use std::time::Duration;

use postgres_pool::Timeouts;

/// A bitmap would read a whole tenant for a page that its index holds in order. Compiling a filter to machine code takes
/// longer than evaluating it for as many resources as a query may look at.
const PLANNING: [(&str, &str); 2] = [("enable_bitmapscan", "off"), ("jit", "off")];

/// For statements of a known form: to plan one takes longer than to carry it out, and no value makes another plan better.
/// An index leads to the rows of each, also where a value is thought to be that of many, as a group where there are few.
const PLANNED_ONCE: [(&str, &str); 2] =
    [("plan_cache_mode", "force_generic_plan"), ("enable_seqscan", "off")];

/// How long such a plan is kept. One that was made while the directory was small may read all of it, and nobody tells
/// the session that it has grown since.
const PLANS_LAST: Duration = Duration::from_secs(1);

/// For what looks at many rows by conditions that nobody foresaw, and for what is asked seldom.
const PLANNED_ANEW: [(&str, &str); 1] = [("plan_cache_mode", "force_custom_plan")];

/// Whoever looks at many rows takes them in the order of an index, and ends when a page is full: the planner would read and sort
/// a whole table for the newest 50,000 entries of an outcome.
const IN_ORDER: [(&str, &str); 1] = [("enable_seqscan", "off")];

/// One connection in as many may be looking at all resources of a tenant.
const SCANS_SHARE: usize = 4;

/// Questions about the provisioning log at the same time.
pub(super) const LOG_QUESTIONS: usize = 1;

/// Statements at the same time at most that ask for few users in one thread that serves. Two, so that an integration whose
/// question takes long, of which one is under way, does not hold up the others that the thread serves.
pub(super) const QUESTIONS_OF_A_THREAD: usize = 2;

/// Integration that a session works for; the tables' policies read it.
const SCOPE_SETTING: &str = "illuxi.integration";

/// Connections for integrations and credentials: the questions are few and short.
const REGISTRY_POOL_SIZE: usize = 2;

pub(super) const APPLICATION_NAME: &str = "illuxi-scim-gateway";

/// How the store connects, as far as a service may choose.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// Connections at most, apart from those of the relay, of the registry and of the threads that serve; four are the least.
    pub pool_size: usize,
    /// Role that every connection works as, apart from those of the relay; `None` keeps the role that signed in.
    pub role: Option<String>,
    /// Connections of the relay at most: those that look for work in all integrations.
    pub relay_pool_size: usize,
    /// Role of the relay's connections; `None` keeps the role that signed in.
    pub relay_role: Option<String>,
    /// How long anything is waited for.
    pub timeouts: Timeouts,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            pool_size: 16,
            role: Some("illuxi_gateway".to_owned()),
            relay_pool_size: 2,
            relay_role: Some("illuxi_relay".to_owned()),
            timeouts: Timeouts::default(),
        }
    }
}

impl PostgresOptions {
    /// Queries at the same time at most that look at all resources of a tenant.
    pub(super) fn scans(&self) -> usize {
        (self.pool_size / SCANS_SHARE).max(1)
    }

    /// Connections for those queries, one for questions about the log, and one that is left for searches by name.
    fn searches(&self) -> usize {
        self.scans() + LOG_QUESTIONS + 1
    }

    fn service(&self) -> usize {
        self.pool_size.saturating_sub(self.searches()).max(1)
    }

    /// Statements at the same time at most that ask for few users: the other half of the connections is for changes.
    pub(super) fn questions(&self) -> usize {
        (self.service() / 2).max(1)
    }

    /// Connections that serve integrations.
    pub(super) fn of_service(&self) -> postgres_pool::PostgresOptions {
        postgres_pool::PostgresOptions {
            plans_last: Some(PLANS_LAST),
            ..of_pool(self, self.service(), self.role.clone(), &PLANNED_ONCE)
        }
    }

    /// Connections that look for what no index leads to.
    pub(super) fn of_searches(&self) -> postgres_pool::PostgresOptions {
        of_pool(self, self.searches(), self.role.clone(), &[&PLANNED_ANEW[..], &IN_ORDER].concat())
    }

    /// Connections that serve nobody in particular.
    pub(super) fn of_registry(&self) -> postgres_pool::PostgresOptions {
        of_pool(self, REGISTRY_POOL_SIZE, self.role.clone(), &PLANNED_ANEW)
    }

    /// Connections that look for work in all integrations.
    pub(super) fn of_relay(&self) -> postgres_pool::PostgresOptions {
        of_pool(self, self.relay_pool_size, self.relay_role.clone(), &PLANNED_ANEW)
    }
}

fn of_pool(
    options: &PostgresOptions,
    pool_size: usize,
    role: Option<String>,
    planning: &[(&'static str, &'static str)],
) -> postgres_pool::PostgresOptions {
    postgres_pool::PostgresOptions {
        pool_size,
        timeouts: options.timeouts.clone(),
        session_settings: [&PLANNING, planning].concat(),
        scope_setting: SCOPE_SETTING,
        ..postgres_pool::PostgresOptions::new(APPLICATION_NAME, role)
    }
}
