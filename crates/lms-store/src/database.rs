use diesel::QueryResult;
use lms::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{TransactionError, unavailable, unreadable};
use crate::statement::{Dialect, RowSet, Statement};

/// A connection to either database, as far as one text serves both.
pub(crate) trait Database: Send {
    /// Which one it is.
    const DIALECT: Dialect;

    /// Executes a statement; answers how many rows it wrote.
    fn execute(
        &mut self,
        statement: &'static Statement,
        rows: &RowSet,
    ) -> impl Future<Output = QueryResult<usize>> + Send;

    /// Executes a statement that answers one JSON object in each row.
    fn query(
        &mut self,
        statement: &'static Statement,
        rows: &RowSet,
    ) -> impl Future<Output = QueryResult<Vec<String>>> + Send;

    /// Lets one commit of an integration in at a time, across replicas.
    ///
    /// Without it, one transaction that adds an edge and another that links its user would not see each other, and
    /// neither would write the membership. Ordered, so that commits of several integrations cannot deadlock.
    fn lock(&mut self, integrations: &RowSet) -> impl Future<Output = QueryResult<()>> + Send;

    /// What an error means here.
    fn classify(error: diesel::result::Error) -> StoreError;
}

/// Reads rows.
pub(crate) async fn read<D: Database, P: Serialize + Sync, R: DeserializeOwned>(
    database: &mut D,
    statement: &'static Statement,
    parameters: &[P],
) -> Result<Vec<R>, StoreError> {
    let parameters = RowSet::new(parameters).map_err(unavailable)?;
    let rows = database.query(statement, &parameters).await.map_err(D::classify)?;
    rows.iter().map(|row| serde_json::from_str(row).map_err(unreadable)).collect()
}

/// Reads rows for some parameters, or nothing for none.
pub(crate) async fn read_for<D: Database, P: Serialize + Sync, R: DeserializeOwned>(
    database: &mut D,
    statement: &'static Statement,
    parameters: &[P],
) -> Result<Vec<R>, StoreError> {
    if parameters.is_empty() { Ok(Vec::new()) } else { read(database, statement, parameters).await }
}

/// Writes rows, if there are any.
pub(crate) async fn write<D: Database>(
    database: &mut D,
    statement: &'static Statement,
    rows: &RowSet,
) -> Result<usize, TransactionError> {
    if rows.is_empty() { Ok(0) } else { Ok(database.execute(statement, rows).await?) }
}

/// Writes rows. Fails when one was not written, because someone else wrote it first.
pub(crate) async fn write_each<D: Database>(
    database: &mut D,
    statement: &'static Statement,
    rows: &RowSet,
) -> Result<(), TransactionError> {
    let written = write(database, statement, rows).await?;
    if written == rows.len() { Ok(()) } else { Err(TransactionError::Clash) }
}

#[cfg(feature = "postgres")]
impl Database for diesel_async::AsyncPgConnection {
    const DIALECT: Dialect = Dialect::Postgres;

    async fn execute(&mut self, statement: &'static Statement, rows: &RowSet) -> QueryResult<usize> {
        diesel_async::RunQueryDsl::execute(statement.over(Self::DIALECT, rows), self).await
    }

    async fn query(&mut self, statement: &'static Statement, rows: &RowSet) -> QueryResult<Vec<String>> {
        diesel_async::RunQueryDsl::load(statement.over(Self::DIALECT, rows), self).await
    }

    async fn lock(&mut self, integrations: &RowSet) -> QueryResult<()> {
        if !integrations.is_empty() {
            self.query(&LOCK_INTEGRATIONS, integrations).await?;
        }
        Ok(())
    }

    fn classify(error: diesel::result::Error) -> StoreError {
        crate::postgres::classify(error)
    }
}

#[cfg(feature = "sqlite")]
impl Database for crate::sqlite::SqliteLink {
    const DIALECT: Dialect = Dialect::Sqlite;

    async fn execute(&mut self, statement: &'static Statement, rows: &RowSet) -> QueryResult<usize> {
        let rows = rows.clone();
        let work = move |connection: &mut diesel::SqliteConnection| {
            diesel::RunQueryDsl::execute(statement.over(Self::DIALECT, &rows), connection)
        };
        self.run(work).await
    }

    async fn query(&mut self, statement: &'static Statement, rows: &RowSet) -> QueryResult<Vec<String>> {
        let rows = rows.clone();
        let work = move |connection: &mut diesel::SqliteConnection| {
            diesel::RunQueryDsl::load(statement.over(Self::DIALECT, &rows), connection)
        };
        self.run(work).await
    }

    /// Nobody else writes beside a transaction of SQLite.
    async fn lock(&mut self, _: &RowSet) -> QueryResult<()> {
        Ok(())
    }

    fn classify(error: diesel::result::Error) -> StoreError {
        crate::sqlite::classify(error)
    }
}

#[cfg(feature = "postgres")]
static LOCK_INTEGRATIONS: Statement = Statement::new(
    "select integration.slug from sync.integration as integration
     where integration.slug in (select slug from {rows: slug text})
     order by integration.slug
     for no key update",
);
