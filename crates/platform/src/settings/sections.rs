use secrecy::SecretString;
use serde::Deserialize;

/// The private listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivateSettings {
    /// Address and port to listen on. Never reachable from outside.
    pub listen: String,
}

/// A service's database in PostgreSQL.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// `postgres://user:password@host:port/database`.
    pub url: SecretString,
    /// The same for a role that may change the schema. When set, migrations run at the start.
    pub migration_url: Option<SecretString>,
    /// Role that every connection takes on.
    pub role: String,
    /// Connections at most.
    pub pool_size: usize,
}

/// The broker.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrokerSettings {
    /// `amqp://user:password@host:port/vhost`, or `amqps://`.
    pub url: SecretString,
    /// Put before the names of exchanges and queues, so that several deployments can share a virtual host.
    pub name_prefix: String,
}

/// Administrators' tokens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminSettings {
    /// Key that signs them, at least 32 bytes, the same in every process.
    pub key: SecretString,
}
