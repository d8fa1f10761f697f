//! Throw-away databases and broker names on the servers that the environment names.

use anyhow::Context;
use lapin::options::{ExchangeDeleteOptions, QueueDeleteOptions};
use lapin::{Channel, Connection, ConnectionProperties};
use tokio_postgres::{Client, NoTls};

/// Lanes of user-sync's events.
const LANES: usize = 8;

/// The servers, and what a run has made there.
pub(crate) struct Surroundings {
    server: String,
    broker: String,
    name: String,
    databases: Vec<String>,
    prefixes: Vec<String>,
}

/// An empty database of the run.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    pub(crate) name: String,
    pub(crate) url: String,
}

impl Surroundings {
    /// The servers that `DATABASE_URL` and `AMQP_URL` name.
    pub(crate) fn from_environment() -> anyhow::Result<Self> {
        let named = |name: &str| {
            std::env::var(name).with_context(|| format!("{name} is not set: start with `make bench`"))
        };
        Ok(Self {
            server: named("DATABASE_URL")?,
            broker: named("AMQP_URL")?,
            name: format!("illuxi_bench_{}", std::process::id()),
            databases: Vec::new(),
            prefixes: Vec::new(),
        })
    }

    /// Makes an empty database.
    pub(crate) async fn database(&mut self, purpose: &str) -> anyhow::Result<Database> {
        let name = format!("{}_{purpose}", self.name);
        let server = connect(&self.server).await?;
        server.batch_execute(&format!("create database {name}")).await?;
        self.databases.push(name.clone());
        Ok(Database { url: with_database(&self.server, &name), name })
    }

    /// Address of the broker.
    pub(crate) fn broker(&self) -> &str {
        &self.broker
    }

    /// What stands before the names that services use on the broker.
    pub(crate) fn prefix(&mut self, purpose: &str) -> String {
        let prefix = format!("{}_{purpose}.", self.name);
        self.prefixes.push(prefix.clone());
        prefix
    }

    /// A session on the server, in no database of the run.
    pub(crate) async fn session(&self) -> anyhow::Result<Client> {
        connect(&self.server).await
    }

    /// Removes what the run has made.
    pub(crate) async fn remove(self) -> anyhow::Result<()> {
        let server = connect(&self.server).await?;
        for name in &self.databases {
            server.batch_execute(&format!("drop database if exists {name} with (force)")).await?;
        }
        let (_connection, channel) = open_channel(&self.broker).await?;
        for prefix in &self.prefixes {
            let lanes = (0..LANES).map(|lane| format!("lms.sync.{lane}"));
            for queue in lanes.chain(["lms.sync".to_owned(), "lms.parked".to_owned()]) {
                let name = format!("{prefix}{queue}");
                channel.queue_delete(name.as_str().into(), QueueDeleteOptions::default()).await?;
            }
            for exchange in ["scim.events", "lms.sync", "lms.sync.rest", "scim.parked"] {
                let name = format!("{prefix}{exchange}");
                channel.exchange_delete(name.as_str().into(), ExchangeDeleteOptions::default()).await?;
            }
        }
        Ok(())
    }
}

/// Opens a session of PostgreSQL.
pub(crate) async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.context("no PostgreSQL")?;
    tokio::spawn(connection);
    Ok(client)
}

/// Opens a channel of RabbitMQ, which lives as long as its connection.
pub(crate) async fn open_channel(url: &str) -> anyhow::Result<(Connection, Channel)> {
    let connection =
        Connection::connect(url, ConnectionProperties::default()).await.context("no RabbitMQ")?;
    let channel = connection.create_channel().await?;
    Ok((connection, channel))
}

/// Replaces the database in the address of a server.
fn with_database(server: &str, name: &str) -> String {
    let (address, query) = match server.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (server, String::new()),
    };
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
    let authority = rest.split('/').next().unwrap_or_default();
    format!("{scheme}://{authority}/{name}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_replaced_and_the_rest_of_the_address_kept() {
        assert_eq!(with_database("postgres://a:b@h:1/old", "new"), "postgres://a:b@h:1/new");
        assert_eq!(with_database("postgres://h?sslmode=disable", "new"), "postgres://h/new?sslmode=disable");
    }
}
