use postgres_pool::Timeouts;

/// Plans must be right for a directory without statistics that grows from nothing. A plan made while it was small would
/// be kept; and a bitmap would read a whole tenant for a page that its index holds in order. Compiling a filter to
/// machine code takes longer than evaluating it for as many resources as a query may look at.
const PLANNING: [(&str, &str); 3] =
    [("plan_cache_mode", "force_custom_plan"), ("enable_bitmapscan", "off"), ("jit", "off")];

pub(super) const APPLICATION_NAME: &str = "illuxi-scim-gateway";

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
        Self { pool_size: 16, role: Some("illuxi_gateway".to_owned()), timeouts: Timeouts::default() }
    }
}

impl From<PostgresOptions> for postgres_pool::PostgresOptions {
    fn from(options: PostgresOptions) -> Self {
        Self {
            pool_size: options.pool_size,
            timeouts: options.timeouts,
            session_settings: PLANNING.to_vec(),
            ..Self::new(APPLICATION_NAME, options.role)
        }
    }
}
