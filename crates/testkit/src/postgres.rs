//! Throw-away PostgreSQL databases.

use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use crate::cleanup::run_to_end;

const DEFAULT_SERVER: &str = "postgres://postgres@127.0.0.1:5432/postgres";

/// An empty database of the test's own, dropped with it.
#[derive(Debug)]
pub struct TestDatabase {
    server: String,
    name: String,
    url: String,
}

impl TestDatabase {
    /// Creates it on the server that `DATABASE_URL` names.
    ///
    /// # Panics
    /// When no server answers there, or the role may not create databases.
    pub async fn create() -> Self {
        Self::create_at(&std::env::var("DATABASE_URL").unwrap_or_else(|_| DEFAULT_SERVER.to_owned())).await
    }

    /// Creates it on a server, a `postgres://` address.
    ///
    /// # Panics
    /// When no server answers there, or the role may not create databases.
    pub async fn create_at(server: &str) -> Self {
        let server = server.to_owned();
        let name = format!("illuxi_test_{}", Uuid::new_v4().simple());
        let url = with_database(&server, &name);
        // Made first, so that a failure half way is cleaned up too.
        let database = Self { server, name, url };
        let client = connect(&database.server).await;
        // From template0: nobody can be connected to it, so that parallel tests never block each other.
        let create = format!("create database {} template template0", database.name);
        client.batch_execute(&create).await.unwrap_or_else(|error| panic!("{create}: {error:?}"));
        database
    }

    /// Address for the code under test.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs statements.
    ///
    /// # Panics
    /// When PostgreSQL refuses them.
    pub async fn execute(&self, sql: &str) {
        let client = connect(&self.url).await;
        client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    /// Answers the one number that a `select` of one row and one column gives.
    ///
    /// # Panics
    /// When it gives none, more than one row, or something that is no number.
    pub async fn query_i64(&self, select: &str) -> i64 {
        self.query_one(&format!("select value::bigint from ({select}) as answer(value)")).await
    }

    /// Answers the one text that a `select` of one row and one column gives; any type is written as text.
    ///
    /// # Panics
    /// When it gives none or more than one row, or null.
    pub async fn query_text(&self, select: &str) -> String {
        self.query_one(&format!("select value::text from ({select}) as answer(value)")).await
    }

    async fn query_one<T>(&self, sql: &str) -> T
    where
        T: for<'a> tokio_postgres::types::FromSql<'a>,
    {
        let client = connect(&self.url).await;
        let row = client.query_one(sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        row.try_get(0).unwrap_or_else(|error| panic!("{sql}: {error:?}"))
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let server = self.server.clone();
        let drop = format!("drop database if exists {} with (force)", self.name);
        run_to_end(&self.name, async move {
            let client = try_connect(&server).await.map_err(|error| error.to_string())?;
            client.batch_execute(&drop).await.map_err(|error| error.to_string())
        });
    }
}

async fn connect(url: &str) -> Client {
    try_connect(url).await.unwrap_or_else(|error| {
        panic!(
            "this test needs PostgreSQL, and none answers at {url} ({error}): start one, or name it in DATABASE_URL"
        )
    })
}

pub(crate) async fn try_connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Replaces the database in the address of a server.
fn with_database(server: &str, name: &str) -> String {
    let (address, query) = match server.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (server, String::new()),
    };
    let authority_start = address.find("://").map_or(0, |scheme_end| scheme_end + 3);
    let authority_end =
        address[authority_start..].find('/').map_or(address.len(), |slash| authority_start + slash);
    format!("{}/{name}{query}", &address[..authority_end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_replaced_and_the_rest_of_the_address_kept() {
        assert_eq!(with_database("postgres://a:b@h:1/old", "new"), "postgres://a:b@h:1/new");
        assert_eq!(with_database("postgres://h", "new"), "postgres://h/new");
        assert_eq!(
            with_database("postgresql://h/old?sslmode=disable", "new"),
            "postgresql://h/new?sslmode=disable"
        );
    }

    #[tokio::test]
    async fn a_database_is_empty_and_gone_after_a_panic() {
        let database = TestDatabase::create().await;
        database.execute("create table learner (id int); insert into learner values (1), (2)").await;
        assert_eq!(database.query_i64("select count(*) from learner").await, 2);
        assert_eq!(database.query_text("select max(id) from learner").await, "2");

        let name = database.name.clone();
        let witness = TestDatabase::create().await;
        let failed_test = tokio::spawn(async move {
            let _connected = connect(&database.url).await;
            panic!("a test fails while connected to {}", database.name);
        });
        assert!(failed_test.await.unwrap_err().is_panic());
        let left = format!("select count(*) from pg_database where datname = '{name}'");
        assert_eq!(witness.query_i64(&left).await, 0);
    }
}
