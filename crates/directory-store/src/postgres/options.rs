use postgres_pool::Timeouts;

/// Plans must be right for a directory without statistics that grows from nothing. A plan made while it was small would
/// be kept; and a bitmap would read a whole tenant for a page that its index holds in order. Compiling a filter to
/// machine code takes longer than evaluating it for as many resources as a query may look at.
const PLANNING: [(&str, &str); 3] =
    [("plan_cache_mode", "force_custom_plan"), ("enable_bitmapscan", "off"), ("jit", "off")];

/// Integration that a session works for; the tables' policies read it.
const SCOPE_SETTING: &str = "illuxi.integration";

/// Connections for integrations and credentials: the questions are few and short.
const REGISTRY_POOL_SIZE: usize = 2;

pub(super) const APPLICATION_NAME: &str = "illuxi-scim-gateway";

/// How the store connects, as far as a service may choose.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// Connections at most, apart from those of the relay.
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
    /// Connections that serve integrations.
    pub(super) fn of_service(&self) -> postgres_pool::PostgresOptions {
        self.of_pool(self.pool_size, self.role.clone())
    }

    /// Connections that serve nobody in particular.
    pub(super) fn of_registry(&self) -> postgres_pool::PostgresOptions {
        self.of_pool(REGISTRY_POOL_SIZE, self.role.clone())
    }

    /// Connections that look for work in all integrations.
    pub(super) fn of_relay(&self) -> postgres_pool::PostgresOptions {
        self.of_pool(self.relay_pool_size, self.relay_role.clone())
    }

    fn of_pool(&self, pool_size: usize, role: Option<String>) -> postgres_pool::PostgresOptions {
        postgres_pool::PostgresOptions {
            pool_size,
            timeouts: self.timeouts.clone(),
            session_settings: PLANNING.to_vec(),
            scope_setting: SCOPE_SETTING,
            ..postgres_pool::PostgresOptions::new(APPLICATION_NAME, role)
        }
    }
}
