use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use crate::address::parse_address;
use crate::open::open;
use crate::{PoolError, Timeouts};

type MigrationConnection = AsyncConnectionWrapper<AsyncPgConnection>;
type MigrationError = Box<dyn std::error::Error + Send + Sync>;

/// The migrations of one service, which may share its database with others.
pub struct Migrations {
    /// Name that administrators see in `pg_stat_activity` while they run.
    pub application_name: &'static str,
    /// Schema of the service, made when it is missing. The list of what has run stands there, and stays when all is
    /// reverted; a migration must therefore not drop the schema.
    pub schema: &'static str,
    /// Number of the advisory lock at which replicas that start together wait for each other.
    pub lock: i64,
    /// The migrations themselves.
    pub embedded: EmbeddedMigrations,
}

impl Migrations {
    /// Brings the database to this program's version, as the role that the address names.
    ///
    /// # Errors
    /// `Address`; `Away` when the server cannot be reached; `Migration` when it refuses.
    ///
    /// # Guarantees
    /// Replicas may run it at once, and other services of the same database too.
    pub async fn run(self, url: &str) -> Result<(), PoolError> {
        let connection = self.lock_and_prepare(url).await?;
        work(connection, |connection| connection.run_pending_migrations(self.embedded).map(|_| ())).await
    }

    /// Takes everything back that the migrations made, and with it all data.
    ///
    /// # Errors
    /// As [`Migrations::run`].
    pub async fn revert(self, url: &str) -> Result<(), PoolError> {
        let connection = self.lock_and_prepare(url).await?;
        work(connection, |connection| connection.revert_all_migrations(self.embedded).map(|_| ())).await
    }

    /// The lock goes with the session. The list is looked for along the search path.
    async fn lock_and_prepare(&self, url: &str) -> Result<AsyncPgConnection, PoolError> {
        let config = parse_address(url, self.application_name, &Timeouts::default())?;
        let mut connection = open(&config).await.map_err(|error| PoolError::Away(Box::new(error)))?;
        let Self { schema, lock, .. } = self;
        let prepare = format!(
            r#"select pg_advisory_lock({lock});
               create schema if not exists "{schema}";
               set search_path = "{schema}";"#
        );
        connection.batch_execute(&prepare).await.map_err(|error| PoolError::Migration(Box::new(error)))?;
        Ok(connection)
    }
}

/// diesel's harness blocks.
async fn work(
    connection: AsyncPgConnection,
    migrate: impl FnOnce(&mut MigrationConnection) -> Result<(), MigrationError> + Send + 'static,
) -> Result<(), PoolError> {
    tokio::task::spawn_blocking(move || migrate(&mut MigrationConnection::from(connection)))
        .await
        .map_err(|error| PoolError::Migration(Box::new(error)))?
        .map_err(PoolError::Migration)
}
