use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
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
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use diesel::dsl::sql;
    use diesel::sql_types::BigInt;
    use diesel::{QueryDsl, RunQueryDsl};

    use super::*;

    diesel::table! {
        sqlite_master (name) { name -> Text, }
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
