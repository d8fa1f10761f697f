use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::sqlite::Sqlite;
use diesel::{Connection, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::OpenError;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Settings of every connection. An acknowledged event is durable: SQLite syncs the log at each commit.
const SETTINGS: &str = "
    pragma busy_timeout = 5000;
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma foreign_keys = on;
";

/// Opens and migrates, away from the threads that serve others.
pub(super) async fn open(address: &str) -> Result<SqliteConnection, OpenError> {
    let address = address.to_owned();
    let opening = tokio::task::spawn_blocking(move || open_blocking(&address));
    opening.await.map_err(|error| OpenError::Database(Box::new(error)))?
}

fn open_blocking(address: &str) -> Result<SqliteConnection, OpenError> {
    let mut connection =
        SqliteConnection::establish(address).map_err(|error| OpenError::Database(Box::new(error)))?;
    connection.batch_execute(SETTINGS).map_err(|error| OpenError::Database(Box::new(error)))?;
    connection.run_pending_migrations(MIGRATIONS).map_err(OpenError::Migration)?;
    check_floor(&mut connection)?;
    Ok(connection)
}

diesel::table! {
    sync_schema_floor (migration) { migration -> Text, }
}

/// A migration of a later program took away what this one may use.
#[derive(Debug, thiserror::Error)]
#[error(
    "the file is newer than this program, and is for programs that know migration {0}: start the version that used it last"
)]
struct Newer(String);

/// Migrations that this program does not know do no harm but those that say so.
fn check_floor(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let known: Vec<Box<dyn Migration<Sqlite>>> = MIGRATIONS.migrations().map_err(OpenError::Migration)?;
    let known: Vec<String> = known.iter().map(|migration| migration.name().version().to_string()).collect();
    let unknown = sync_schema_floor::table
        .select(sync_schema_floor::migration)
        .filter(sync_schema_floor::migration.ne_all(known))
        .first(connection)
        .optional()
        .map_err(|error| OpenError::Database(Box::new(error)))?;
    unknown.map_or(Ok(()), |migration| Err(OpenError::Migration(Box::new(Newer(migration)))))
}

#[cfg(test)]
mod tests {
    use diesel::dsl::sql;
    use diesel::sql_types::BigInt;

    use super::*;

    diesel::table! {
        sqlite_master (name) { name -> Text, }
    }

    #[test]
    fn a_file_that_a_later_program_took_something_from_is_left_alone() {
        let mut connection = open_blocking(":memory:").unwrap();
        connection
            .batch_execute("insert into __diesel_schema_migrations (version) values ('20990101000000')")
            .unwrap();
        check_floor(&mut connection).unwrap();
        connection.batch_execute("insert into sync_schema_floor values ('20990101000000')").unwrap();
        let OpenError::Migration(refused) = check_floor(&mut connection).unwrap_err() else { panic!() };
        assert_eq!(
            refused.to_string(),
            "the file is newer than this program, and is for programs that know migration 20990101000000: start the \
             version that used it last"
        );
    }

    #[test]
    fn the_way_back_leaves_nothing_behind() {
        let mut connection = open_blocking(":memory:").unwrap();
        connection.revert_all_migrations(MIGRATIONS).unwrap();
        let left: i64 = sqlite_master::table
            .filter(sql::<diesel::sql_types::Bool>("name like 'lms_%' or name like 'sync_%'"))
            .select(sql::<BigInt>("count(*)"))
            .get_result(&mut connection)
            .unwrap();
        assert_eq!(left, 0);
        connection.run_pending_migrations(MIGRATIONS).unwrap();
    }
}
