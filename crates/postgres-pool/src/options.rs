use std::time::Duration;

/// How a pool connects, and what its sessions may do.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// Name that administrators see in `pg_stat_activity`.
    pub application_name: String,
    /// Role that every connection works as; `None` keeps the role that signed in.
    pub role: Option<String>,
    /// Connections at most.
    pub pool_size: usize,
    /// How long anything is waited for.
    pub timeouts: Timeouts,
    /// Further settings of every session: name and value.
    pub session_settings: Vec<(&'static str, &'static str)>,
    /// How long the plans that a session keeps are used before they are made anew; `None` for as long as it lasts.
    pub plans_last: Option<Duration>,
    /// Statement that a session executes before it makes its plans anew.
    pub before_planning: Option<&'static str>,
    /// Setting that says for whom a session works, for policies of tables to read; see
    /// [`PostgresPool::acquire_for`](crate::PostgresPool::acquire_for).
    pub scope_setting: &'static str,
}

impl PostgresOptions {
    /// Ten connections, the usual timeouts, no further settings.
    pub fn new(application_name: &str, role: Option<String>) -> Self {
        Self {
            application_name: application_name.to_owned(),
            role,
            pool_size: 10,
            timeouts: Timeouts::default(),
            session_settings: Vec::new(),
            plans_last: None,
            before_planning: None,
            scope_setting: "pool.scope",
        }
    }
}

/// How long anything is waited for.
#[derive(Clone, Debug)]
pub struct Timeouts {
    /// Wait for a connection, the opening of a new one included.
    pub acquire: Duration,
    /// Wait for the server to take a connection.
    pub connect: Duration,
    /// Wait for the answer to one call of a store, longer than `statement`: a server that hangs altogether must not
    /// keep connections for ever. The store keeps to it.
    pub answer: Duration,
    /// The server's limit for one statement.
    pub statement: Duration,
    /// The server's limit for the wait for one lock.
    pub lock: Duration,
    /// The server's limit for a transaction in which nothing happens.
    pub idle_in_transaction: Duration,
    /// Idle time after which TCP asks whether the server is still there.
    pub keepalive: Duration,
    /// Time after which sent bytes that nobody acknowledged end a connection.
    pub tcp_user: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            acquire: Duration::from_secs(2),
            connect: Duration::from_secs(2),
            answer: Duration::from_secs(15),
            statement: Duration::from_secs(10),
            lock: Duration::from_secs(3),
            idle_in_transaction: Duration::from_secs(30),
            keepalive: Duration::from_secs(30),
            tcp_user: Duration::from_secs(15),
        }
    }
}
