//! One connection that writes and a few that read; every call is one piece of work on one of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::migration::{Migration, MigrationSource};
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sqlite::Sqlite;
use diesel::{Connection, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SqliteConnection};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use directory::StoreError;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::task::JoinError;

use super::error::store_error;
use super::functions;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const READERS: usize = 3;

/// The time-out first: changing the journal may have to wait for another process.
const SETUP: &str = "
    pragma busy_timeout = 5000;
    pragma journal_mode = WAL;
    pragma synchronous = FULL;
    pragma foreign_keys = ON;
";

type SharedConnection = Arc<Mutex<SyncConnectionWrapper<SqliteConnection>>>;

#[derive(Clone)]
pub(super) struct Connections {
    writer: SharedConnection,
    readers: Arc<[SharedConnection]>,
    next_reader: Arc<AtomicUsize>,
    /// `None` in memory, where a second connection would be a second database.
    path: Option<PathBuf>,
    /// Where all work runs: a caller that goes away must not drop it half done.
    runtime: Handle,
}

impl Connections {
    pub(super) async fn open(path: Option<PathBuf>) -> Result<Self, StoreError> {
        let runtime = Handle::current();
        let opening = path.clone();
        let (writer, readers) = runtime
            .spawn_blocking(move || open_all(opening.as_deref()))
            .await
            .map_err(|error| StoreError::Unexpected(Box::new(error)))??;
        let share = |connection| Arc::new(Mutex::new(SyncConnectionWrapper::new(connection)));
        let writer = share(writer);
        let mut readers: Vec<SharedConnection> = readers.into_iter().map(share).collect();
        if readers.is_empty() {
            readers.push(Arc::clone(&writer));
        }
        Ok(Self { writer, readers: readers.into(), next_reader: Arc::default(), path, runtime })
    }

    /// Runs work on the connection that writes.
    pub(super) async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (connection, path) = (Arc::clone(&self.writer), self.path.clone());
        let work = move |connection: &mut SqliteConnection| {
            replace_broken(connection, path.as_deref());
            work(connection)
        };
        self.run(connection, work).await
    }

    /// Runs work on one of the connections that read.
    pub(super) async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let turn = self.next_reader.fetch_add(1, Ordering::Relaxed);
        let reader = self.readers.iter().cycle().nth(turn % READERS).unwrap_or(&self.writer);
        self.run(Arc::clone(reader), work).await
    }

    /// Runs a task where all work runs.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(task);
    }

    async fn run<T, E>(
        &self,
        connection: SharedConnection,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let task = async move {
            let mut connection = connection.lock_owned().await;
            connection.spawn_blocking(move |connection| Ok(work(connection))).await?
        };
        self.runtime.spawn(task).await.unwrap_or_else(|ended| Err(not_finished(&ended).into()))
    }
}

fn not_finished(ended: &JoinError) -> Error {
    Error::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new(ended.to_string()))
}

fn open_all(path: Option<&Path>) -> Result<(SqliteConnection, Vec<SqliteConnection>), StoreError> {
    let Some(path) = path else {
        return Ok((migrated(establish(":memory:")?)?, vec![]));
    };
    let address = path.to_string_lossy();
    let writer = migrated(establish(&address)?)?;
    let readers = (0..READERS).map(|_| establish(&address)).collect::<Result<_, _>>()?;
    Ok((writer, readers))
}

fn establish(address: &str) -> Result<SqliteConnection, StoreError> {
    let mut connection = SqliteConnection::establish(address)
        .map_err(|error| StoreError::Unavailable { outcome_unknown: false, source: Box::new(error) })?;
    connection.batch_execute(SETUP).map_err(store_error)?;
    functions::register(&mut connection).map_err(store_error)?;
    Ok(connection)
}

fn migrated(mut connection: SqliteConnection) -> Result<SqliteConnection, StoreError> {
    connection.run_pending_migrations(MIGRATIONS).map_err(StoreError::Unexpected)?;
    check_floor(&mut connection)?;
    Ok(connection)
}

diesel::table! {
    schema_floor (migration) { migration -> Text, }
}

/// A migration of a later program took away what this one may use.
#[derive(Debug, thiserror::Error)]
#[error(
    "the file is newer than this program, and is for programs that know migration {0}: start the version that used it last"
)]
struct Newer(String);

/// Migrations that this program does not know do no harm but those that say so.
fn check_floor(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let known: Vec<Box<dyn Migration<Sqlite>>> = MIGRATIONS.migrations().map_err(StoreError::Unexpected)?;
    let known: Vec<String> = known.iter().map(|migration| migration.name().version().to_string()).collect();
    let unknown = schema_floor::table
        .select(schema_floor::migration)
        .filter(schema_floor::migration.ne_all(known))
        .first(connection)
        .optional()
        .map_err(store_error)?;
    unknown.map_or(Ok(()), |migration| Err(StoreError::Unexpected(Box::new(Newer(migration)))))
}

/// SQLite ends a transaction by itself when the disk is full, and diesel then gives the connection up.
fn replace_broken(connection: &mut SqliteConnection, path: Option<&Path>) {
    if !AnsiTransactionManager::is_broken_transaction_manager(connection) {
        return;
    }
    let Some(path) = path else { return };
    // While that fails the connection answers that it is broken, and the next call tries again.
    if let Ok(fresh) = establish(&path.to_string_lossy()) {
        *connection = fresh;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_a_later_program_took_something_from_is_left_alone() {
        let mut connection = migrated(establish(":memory:").unwrap()).unwrap();
        connection
            .batch_execute("insert into __diesel_schema_migrations (version) values ('20990101000000')")
            .unwrap();
        let mut connection = migrated(connection).unwrap();
        connection.batch_execute("insert into schema_floor values ('20990101000000')").unwrap();
        let StoreError::Unexpected(refused) = migrated(connection).err().unwrap() else { panic!() };
        assert_eq!(
            refused.to_string(),
            "the file is newer than this program, and is for programs that know migration 20990101000000: start the \
             version that used it last"
        );
    }

    #[test]
    fn migrations_can_be_taken_back() {
        let mut connection = migrated(establish(":memory:").unwrap()).unwrap();
        connection.revert_all_migrations(MIGRATIONS).unwrap();
        connection.run_pending_migrations(MIGRATIONS).unwrap();
    }
}
