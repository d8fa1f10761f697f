//! Migrations, embedded in the program.

use diesel_migrations::embed_migrations;
use postgres_pool::{Migrations, PoolError};

use super::options::{APPLICATION_NAME, PostgresOptions};

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
/// As [`Migrations::run`].
pub async fn migrate(url: &str) -> Result<(), PoolError> {
    MIGRATIONS.run(url).await
}

/// Takes every table away, and with them all data.
///
/// # Errors
/// As [`Migrations::revert`].
pub async fn revert_migrations(url: &str) -> Result<(), PoolError> {
    MIGRATIONS.revert(url).await
}

/// Asks whether a store can work there: whether the server lets it in, as its roles, and has a schema for it.
///
/// # Errors
/// As [`Migrations::check`].
pub async fn check(url: &str, options: &PostgresOptions) -> Result<(), PoolError> {
    let roles: Vec<&str> =
        [&options.role, &options.relay_role].into_iter().flatten().map(String::as_str).collect();
    MIGRATIONS.check(url, &roles).await
}
