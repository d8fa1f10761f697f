//! Migrations, embedded in the program.

use diesel_migrations::embed_migrations;
use directory::StoreError;
use postgres_pool::Migrations;

use super::error::pool_error;
use super::options::APPLICATION_NAME;

const MIGRATIONS: Migrations = Migrations {
    application_name: APPLICATION_NAME,
    schema: "directory",
    // Arbitrary and ours.
    lock: 7_165_318_246_250,
    embedded: embed_migrations!("migrations/postgres"),
};

/// Brings the schema to this program's version, as the role that the address names.
///
/// # Errors
/// [`StoreError::Unavailable`] when the server cannot be reached, [`StoreError::Unexpected`] when it refuses.
pub async fn migrate(url: &str) -> Result<(), StoreError> {
    MIGRATIONS.run(url).await.map_err(pool_error)
}

/// Takes every table away, and with them all data.
///
/// # Errors
/// As [`migrate`].
pub async fn revert_migrations(url: &str) -> Result<(), StoreError> {
    MIGRATIONS.revert(url).await.map_err(pool_error)
}
