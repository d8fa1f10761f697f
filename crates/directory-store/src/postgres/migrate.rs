//! Migrations, embedded in the program.

use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use directory::StoreError;

use super::connect::{PostgresOptions, configuration, open};
use super::error::unavailable;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Replicas that start together wait for each other here. The number is arbitrary and ours. The lock goes with the
/// session. The list of migrations stands in the schema too, apart from that of other services in the same database.
const LOCK_AND_PREPARE: &str = "
    select pg_advisory_lock(7165318246250);
    create schema if not exists directory;
    set search_path = directory;
";

type MigrationConnection = AsyncConnectionWrapper<AsyncPgConnection>;
type MigrationError = Box<dyn std::error::Error + Send + Sync>;

/// Brings the schema to this program's version, as the role that the address names.
///
/// # Errors
/// [`StoreError::Unavailable`] when the server cannot be reached, [`StoreError::Unexpected`] when it refuses.
pub async fn migrate(url: &str) -> Result<(), StoreError> {
    run(url, |connection| connection.run_pending_migrations(MIGRATIONS).map(|_| ())).await
}

/// Takes every table away, and with them all data.
///
/// # Errors
/// As [`migrate`].
pub async fn revert_migrations(url: &str) -> Result<(), StoreError> {
    run(url, |connection| connection.revert_all_migrations(MIGRATIONS).map(|_| ())).await
}

async fn run(
    url: &str,
    migrate: impl FnOnce(&mut MigrationConnection) -> Result<(), MigrationError> + Send + 'static,
) -> Result<(), StoreError> {
    let config = configuration(url, &PostgresOptions::default())
        .map_err(|error| StoreError::Unexpected(Box::new(error)))?;
    let mut connection = open(&config).await.map_err(unavailable)?;
    connection.batch_execute(LOCK_AND_PREPARE).await.map_err(|e| StoreError::Unexpected(Box::new(e)))?;
    // diesel's harness blocks.
    tokio::task::spawn_blocking(move || migrate(&mut MigrationConnection::from(connection)))
        .await
        .map_err(|error| StoreError::Unexpected(Box::new(error)))?
        .map_err(StoreError::Unexpected)
}
