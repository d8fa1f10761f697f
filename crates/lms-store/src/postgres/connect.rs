//! Connections to PostgreSQL, and the pool that hands them out.

use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use lms::StoreError;
use tokio::runtime::Handle;
use tokio_postgres::NoTls;
use tokio_postgres::config::{Config, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::OpenError;
use crate::error::unavailable;

/// How a PostgreSQL store connects and how long it waits.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// Connections at most.
    pub pool_size: usize,
    /// Wait for a connection, the opening of a new one included.
    pub acquire_timeout: Duration,
    /// Wait for the server to take a connection.
    pub connect_timeout: Duration,
    /// Wait for the answer to one call of the store, longer than `statement_timeout`.
    pub answer_timeout: Duration,
    /// The server's limit for one statement.
    pub statement_timeout: Duration,
    /// The server's limit for the wait for one lock.
    pub lock_timeout: Duration,
    /// The server's limit for a transaction in which nothing happens.
    pub idle_in_transaction_timeout: Duration,
    /// Idle time after which TCP asks whether the server is still there.
    pub keepalive: Duration,
    /// Time after which sent bytes that nobody acknowledged end a connection.
    pub tcp_user_timeout: Duration,
    /// Name that administrators see in `pg_stat_activity`.
    pub application_name: String,
    /// Role that every connection works as; `None` keeps the role that signed in.
    pub role: Option<String>,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            pool_size: 10,
            acquire_timeout: Duration::from_secs(2),
            connect_timeout: Duration::from_secs(2),
            answer_timeout: Duration::from_secs(30),
            statement_timeout: Duration::from_secs(10),
            lock_timeout: Duration::from_secs(3),
            idle_in_transaction_timeout: Duration::from_secs(30),
            keepalive: Duration::from_secs(30),
            tcp_user_timeout: Duration::from_secs(15),
            application_name: "illuxi-user-sync".to_owned(),
            role: Some("illuxi_user_sync".to_owned()),
        }
    }
}

/// A pool whose connections live on the runtime that made it, whichever thread asks for one.
#[derive(Clone)]
pub(super) struct PostgresPool {
    pool: Pool<AsyncPgConnection>,
    acquire_timeout: Duration,
    answer_timeout: Duration,
}

impl PostgresPool {
    /// Connects to nothing yet.
    pub(super) fn new(url: &str, options: PostgresOptions, runtime: Handle) -> Result<Self, OpenError> {
        let config = configuration(url, &options)?;
        let setup = session_setup(&options);
        let mut manager = ManagerConfig::default();
        // A broken connection is recognised without a question to the server.
        manager.recycling_method = RecyclingMethod::Fast;
        manager.custom_setup = Box::new(move |_| {
            let (config, setup) = (config.clone(), setup.clone());
            let opening = runtime.spawn(async move { open_session(&config, &setup).await });
            Box::pin(async move {
                opening.await.unwrap_or_else(|error| Err(ConnectionError::BadConnection(error.to_string())))
            })
        });
        let pool = Pool::builder(AsyncDieselConnectionManager::new_with_config(url, manager))
            .max_size(options.pool_size)
            .build()
            .map_err(|error| OpenError::Database(Box::new(error)))?;
        Ok(Self { pool, acquire_timeout: options.acquire_timeout, answer_timeout: options.answer_timeout })
    }

    pub(super) async fn acquire(&self) -> Result<Object<AsyncPgConnection>, StoreError> {
        match tokio::time::timeout(self.acquire_timeout, self.pool.get()).await {
            Ok(acquired) => acquired.map_err(unavailable),
            Err(elapsed) => Err(unavailable(elapsed)),
        }
    }

    pub(super) fn answer_timeout(&self) -> Duration {
        self.answer_timeout
    }
}

pub(super) fn configuration(url: &str, options: &PostgresOptions) -> Result<Config, OpenError> {
    // The driver does not know these two. Ours verifies certificate and host name whenever TLS is required.
    let url =
        url.replace("sslmode=verify-full", "sslmode=require").replace("sslmode=verify-ca", "sslmode=require");
    let mut config: Config = url.parse().map_err(|error| OpenError::Address(Box::new(error)))?;
    config
        .application_name(&options.application_name)
        .connect_timeout(options.connect_timeout)
        .keepalives(true)
        .keepalives_idle(options.keepalive)
        .tcp_user_timeout(options.tcp_user_timeout);
    Ok(config)
}

/// Opens a connection: with TLS and a verified certificate where the address requires it, else without.
pub(super) async fn open(config: &Config) -> ConnectionResult<AsyncPgConnection> {
    if config.get_ssl_mode() == SslMode::Require {
        let (client, connection) = config.connect(verified_tls()?).await.map_err(refused)?;
        return AsyncPgConnection::try_from_client_and_connection(client, connection).await;
    }
    let (client, connection) = config.connect(NoTls).await.map_err(refused)?;
    AsyncPgConnection::try_from_client_and_connection(client, connection).await
}

async fn open_session(config: &Config, setup: &str) -> ConnectionResult<AsyncPgConnection> {
    let mut connection = open(config).await?;
    connection.batch_execute(setup).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

fn verified_tls() -> ConnectionResult<MakeRustlsConnect> {
    // Fails when the process has chosen a provider before: that one is used.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let (tls, _unreadable) = MakeRustlsConnect::with_native_certs().map_err(|errors| {
        let reasons: Vec<String> = errors.iter().map(ToString::to_string).collect();
        ConnectionError::BadConnection(format!("no root certificates: {}", reasons.join(", ")))
    })?;
    Ok(tls)
}

fn refused(error: tokio_postgres::Error) -> ConnectionError {
    // The driver keeps the reason ("connection refused") out of its own text.
    let sources = std::iter::successors(std::error::Error::source(&error), |source| source.source());
    ConnectionError::BadConnection(
        sources.fold(error.to_string(), |text, source| format!("{text}: {source}")),
    )
}

fn session_setup(options: &PostgresOptions) -> String {
    let mut setup = format!(
        "set statement_timeout = {}; set lock_timeout = {}; set idle_in_transaction_session_timeout = {};",
        options.statement_timeout.as_millis(),
        options.lock_timeout.as_millis(),
        options.idle_in_transaction_timeout.as_millis(),
    );
    // An acknowledged event is durable, also where the server's default is weaker. A stronger default stays.
    setup.push_str(
        "select set_config('synchronous_commit', 'on', false)
         where current_setting('synchronous_commit') in ('off', 'local');",
    );
    // A plan made while a table was empty would be kept, and read the whole table for every batch after it has grown.
    // Planning anew costs little beside a batch.
    setup.push_str("set plan_cache_mode = force_custom_plan;");
    if let Some(role) = &options.role {
        setup.push_str(&format!("set role \"{}\";", role.replace('"', "\"\"")));
    }
    setup
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_limited_and_works_as_the_role() {
        let options = PostgresOptions { role: Some("a\"b".to_owned()), ..PostgresOptions::default() };
        let setup = session_setup(&options);
        for part in ["statement_timeout = 10000;", "lock_timeout = 3000;", "set role \"a\"\"b\";"] {
            assert!(setup.contains(part), "{part}: {setup}");
        }
    }

    #[test]
    fn every_verifying_mode_requires_tls() {
        for (mode, expected) in [
            ("disable", SslMode::Disable),
            ("require", SslMode::Require),
            ("verify-ca", SslMode::Require),
            ("verify-full", SslMode::Require),
        ] {
            let url = format!("postgres://lms@db.example/lms?sslmode={mode}");
            let config = configuration(&url, &PostgresOptions::default()).unwrap();
            assert_eq!(config.get_ssl_mode(), expected, "{mode}");
        }
    }
}
