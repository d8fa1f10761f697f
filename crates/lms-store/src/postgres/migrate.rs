use diesel_async::{AsyncMigrationHarness, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::PostgresOptions;
use super::connect::{configuration, open};
use crate::OpenError;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");
/// Keeps replicas that start together from migrating at once. The connection's end releases it.
const LOCK: &str = "select pg_advisory_lock(7811887354621)";

/// Brings a database to this version, as the role that signs in, who must own it.
///
/// # Panics
/// On a current-thread runtime of tokio.
///
/// # Errors
/// `Migration` leaves the database at the last version that succeeded.
pub async fn migrate(url: &str) -> Result<(), OpenError> {
    let config = configuration(url, &PostgresOptions::default())?;
    let mut connection = open(&config).await.map_err(|error| OpenError::Database(Box::new(error)))?;
    connection.batch_execute(LOCK).await.map_err(|error| OpenError::Database(Box::new(error)))?;
    AsyncMigrationHarness::new(connection)
        .run_pending_migrations(MIGRATIONS)
        .map_err(OpenError::Migration)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use testkit::postgres::TestDatabase;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_way_back_leaves_nothing_behind() {
        let database = TestDatabase::create().await;
        migrate(database.url()).await.unwrap();
        let config = configuration(database.url(), &PostgresOptions::default()).unwrap();
        let mut harness = AsyncMigrationHarness::new(open(&config).await.unwrap());
        harness.revert_all_migrations(MIGRATIONS).unwrap();
        let left = "select count(*) from information_schema.schemata where schema_name in ('lms', 'sync')";
        assert_eq!(database.query_i64(left).await, 0);
        harness.run_pending_migrations(MIGRATIONS).unwrap();
    }
}
