use testkit::proxy::CuttingProxy;
use tokio_postgres::types::FromSqlOwned;
use tokio_postgres::{Client, NoTls, Row};

/// A database as a superuser sees it, past proxies and row-level security.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    url: String,
}

impl Database {
    pub(crate) fn new(url: &str) -> Self {
        Self { url: url.to_owned() }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn name(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or_default()
    }

    /// Its address behind a proxy.
    pub(crate) fn through(&self, proxy: &CuttingProxy) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{}", proxy.port(), self.name())
    }

    /// Opens a session of its own.
    pub(crate) async fn connect(&self) -> anyhow::Result<Client> {
        let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Ends all sessions of others in this database.
    pub(crate) async fn end_sessions(&self) -> anyhow::Result<()> {
        self.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid()",
        )
        .await
    }

    /// For sessions that begin from now on.
    pub(crate) async fn set_read_only(&self, is_read_only: bool) -> anyhow::Result<()> {
        let name = self.name();
        let client = self.connect().await?;
        // By itself: several statements at once are one transaction, which would be read-only already.
        client.batch_execute("set default_transaction_read_only = off").await?;
        let alter = format!("alter database {name} set default_transaction_read_only = {is_read_only}");
        Ok(client.batch_execute(&alter).await?)
    }

    pub(crate) async fn execute(&self, sql: &str) -> anyhow::Result<()> {
        Ok(self.connect().await?.batch_execute(sql).await?)
    }

    /// Rows of a query whose only parameter is a slug.
    pub(crate) async fn rows_of(&self, sql: &str, slug: &str) -> anyhow::Result<Vec<Row>> {
        Ok(self.connect().await?.query(sql, &[&slug]).await?)
    }

    /// First column of every row.
    pub(crate) async fn column<T: FromSqlOwned>(&self, sql: &str) -> anyhow::Result<Vec<T>> {
        let rows = self.connect().await?.query(sql, &[]).await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }

    /// The one number that a query gives.
    pub(crate) async fn number(&self, sql: &str) -> anyhow::Result<i64> {
        Ok(self.connect().await?.query_one(sql, &[]).await?.try_get(0)?)
    }
}
