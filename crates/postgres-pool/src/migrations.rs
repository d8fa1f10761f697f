use std::collections::BTreeSet;

use diesel::dsl::sql;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::result::Error;
use diesel::sql_types::{Array, Bool, Text};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use crate::address::parse_address;
use crate::open::open;
use crate::{PoolError, Refusal, SchemaError, Timeouts, trouble};

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
    /// The migrations themselves. One of them makes the table `schema_floor`, and lets the roles of the service read it and
    /// the list; see [`Migrations::check`].
    pub embedded: EmbeddedMigrations,
}

impl Migrations {
    /// Brings the database to this program's version, as the role that the address names.
    ///
    /// # Errors
    /// `Address`; `Refused`; `Away` when the server cannot be reached; `Migration` when it refuses.
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

    /// Asks a server, at the start of a program, whether the program can work there: whether it lets it in, as each of
    /// the roles, and has a schema for it.
    ///
    /// A schema is for a program when every migration of the program has run, and the program knows every migration that
    /// `schema_floor` names. Migrations that the program does not know do no harm otherwise: they only added something.
    /// A migration that takes away what older programs use names there one that these do not know.
    ///
    /// # Errors
    /// `Address`, `Refused` and `Schema` wait for a person; `Away` may heal.
    pub async fn check(self, url: &str, roles: &[&str]) -> Result<(), PoolError> {
        let timeouts = Timeouts::default();
        let config = parse_address(url, self.application_name, &timeouts)?;
        let asking = async {
            let mut connection = open(&config).await?;
            self.find_list(&mut connection).await?;
            for role in roles {
                take_on(&mut connection, role).await?;
            }
            self.compare(&mut connection).await
        };
        tokio::time::timeout(timeouts.answer, asking)
            .await
            .unwrap_or_else(|elapsed| Err(PoolError::Away(Box::new(elapsed))))
    }

    /// The catalogue is there for everybody; the tables may not be.
    async fn find_list(&self, connection: &mut AsyncPgConnection) -> Result<(), PoolError> {
        let Self { schema, .. } = self;
        let has = |table: &str| {
            sql::<Bool>(&format!(
                "exists (select from pg_catalog.pg_tables where schemaname = '{schema}' and tablename = '{table}')"
            ))
        };
        let (has_list, has_floor): (bool, bool) =
            diesel::select((has("__diesel_schema_migrations"), has("schema_floor")))
                .get_result(connection)
                .await
                .map_err(unanswered)?;
        if !has_list {
            return Err(SchemaError::Missing { schema }.into());
        }
        if !has_floor {
            let lacks = self.versions()?.pop_last().unwrap_or_default();
            return Err(SchemaError::Older { schema, lacks }.into());
        }
        Ok(())
    }

    async fn compare(&self, connection: &mut AsyncPgConnection) -> Result<(), PoolError> {
        let Self { schema, .. } = self;
        let all = |column: &str, table: &str| {
            sql::<Array<Text>>(&format!(r#"array(select {column}::text from "{schema}".{table})"#))
        };
        let (applied, floor): (Vec<String>, Vec<String>) =
            diesel::select((all("version", "__diesel_schema_migrations"), all("migration", "schema_floor")))
                .get_result(connection)
                .await
                .map_err(unanswered)?;
        let known = self.versions()?;
        if let Some(lacks) = known.iter().find(|version| !applied.contains(version)) {
            return Err(SchemaError::Older { schema, lacks: lacks.clone() }.into());
        }
        if let Some(needs) = floor.into_iter().find(|migration| !known.contains(migration)) {
            return Err(SchemaError::Newer { schema, needs }.into());
        }
        Ok(())
    }

    fn versions(&self) -> Result<BTreeSet<String>, PoolError> {
        let migrations: Vec<Box<dyn Migration<Pg>>> =
            self.embedded.migrations().map_err(PoolError::Migration)?;
        Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
    }

    /// The lock goes with the session. The list is looked for along the search path.
    async fn lock_and_prepare(&self, url: &str) -> Result<AsyncPgConnection, PoolError> {
        let config = parse_address(url, self.application_name, &Timeouts::default())?;
        let mut connection = open(&config).await?;
        let Self { schema, lock, .. } = self;
        let prepare = format!(
            r#"select pg_advisory_lock({lock});
               create schema if not exists "{schema}";
               set search_path = "{schema}";"#
        );
        connection.batch_execute(&prepare).await.map_err(|error| match trouble(&error) {
            Some(_) => PoolError::Away(Box::new(error)),
            None => PoolError::Migration(Box::new(error)),
        })?;
        Ok(connection)
    }
}

async fn take_on(connection: &mut AsyncPgConnection, role: &str) -> Result<(), PoolError> {
    let taking = format!("set role \"{}\"", role.replace('"', "\"\""));
    connection
        .batch_execute(&taking)
        .await
        .map_err(|error| unless_away(error, Refusal::Role(role.to_owned())))
}

fn unanswered(error: Error) -> PoolError {
    unless_away(error, Refusal::NoRight)
}

/// A refusal only where the server speaks of rights: whoever is told to grant one for something else looks in vain.
fn unless_away(error: Error, refusal: Refusal) -> PoolError {
    if trouble(&error).is_some() {
        return PoolError::Away(Box::new(error));
    }
    // Its SQLSTATE is not passed on.
    let words = error.to_string();
    if words.starts_with("permission denied") || is_about_no_role(&words) {
        return PoolError::Refused { refusal, answer: Box::new(error) };
    }
    PoolError::Unexpected(Box::new(error))
}

fn is_about_no_role(words: &str) -> bool {
    words.starts_with("role \"") && words.ends_with("\" does not exist")
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
