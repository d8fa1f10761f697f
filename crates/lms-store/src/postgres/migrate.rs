use diesel_migrations::embed_migrations;
use postgres_pool::{Migrations, PoolError};

use super::options::{APPLICATION_NAME, PostgresOptions};

const MIGRATIONS: Migrations = Migrations {
    application_name: APPLICATION_NAME,
    schema: "sync",
    // Arbitrary and ours.
    lock: 7_811_887_354_621,
    embedded: embed_migrations!("migrations/postgres"),
};

/// Brings a database to this version, as the role that signs in, who must own it.
///
/// # Errors
/// As [`Migrations::run`].
pub async fn migrate(url: &str) -> Result<(), PoolError> {
    MIGRATIONS.run(url).await
}

/// Asks whether a store can work there: whether the server lets it in, as its roles, and has a schema for it.
///
/// # Errors
/// As [`Migrations::check`].
pub async fn check(url: &str, options: &PostgresOptions) -> Result<(), PoolError> {
    let roles: Vec<&str> =
        [&options.role, &options.caretaker_role].into_iter().flatten().map(String::as_str).collect();
    MIGRATIONS.check(url, &roles).await
}

#[cfg(test)]
mod tests {
    use testkit::postgres::TestDatabase;

    use super::*;

    const LISTS: &str =
        "select string_agg(schemaname, ',') from pg_tables where tablename like '\\_\\_diesel%'";

    #[tokio::test(flavor = "multi_thread")]
    async fn the_way_back_leaves_nothing_behind_but_the_list() {
        let database = TestDatabase::create().await;
        migrate(database.url()).await.unwrap();
        MIGRATIONS.revert(database.url()).await.unwrap();
        let left = "select count(*) from pg_class
            join pg_namespace on pg_namespace.oid = relnamespace
            where nspname in ('lms', 'sync') and relname not like '\\_\\_diesel%'";
        assert_eq!(database.query_i64(left).await, 0);
        let functions = "select count(*) from pg_proc
            join pg_namespace on pg_namespace.oid = pronamespace where nspname in ('lms', 'sync')";
        assert_eq!(database.query_i64(functions).await, 0);
        assert_eq!(database.query_i64("select count(*) from pg_namespace where nspname = 'lms'").await, 0);
        let grants = "select count(*) from pg_shdepend
            where refobjid in ('illuxi_user_sync'::regrole, 'illuxi_caretaker'::regrole)
            and dbid = (select oid from pg_database where datname = current_database())";
        assert_eq!(database.query_i64(grants).await, 0);
        migrate(database.url()).await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_list_of_migrations_stands_in_a_schema_of_the_service() {
        let database = TestDatabase::create().await;
        migrate(database.url()).await.unwrap();
        assert_eq!(database.query_text(LISTS).await, "sync");
    }
}
