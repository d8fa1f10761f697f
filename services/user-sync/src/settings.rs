//! What an operator can set. Defaults and their reasons: `defaults.toml` beside this crate's manifest.

use std::path::Path;

use platform::settings::SettingsError;
use platform::telemetry::LogSettings;
use secrecy::SecretString;
use serde::Deserialize;

/// Built-in defaults, as TOML.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// Settings of the user-sync process.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where operators and administrators come in.
    pub private: PrivateSettings,
    /// PostgreSQL database of the LMS.
    pub database: DatabaseSettings,
    /// RabbitMQ.
    pub broker: BrokerSettings,
    /// How events are taken from the queue.
    pub consumer: ConsumerSettings,
    /// Administrators' tokens.
    pub admin: AdminSettings,
    /// Logs.
    pub log: LogSettings,
}

/// The private listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivateSettings {
    /// Address and port to listen on. Never reachable from outside.
    pub listen: String,
}

/// The LMS database.
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

/// How events are taken from the queue.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsumerSettings {
    /// Messages that the broker hands out before one is acknowledged.
    pub prefetch: u16,
    /// Messages applied in one transaction at most.
    pub batch: usize,
    /// How long to let messages gather once there is one, in milliseconds.
    pub linger_milliseconds: u64,
    /// Pause between two looks whether an unavailable LMS database is back, in seconds.
    pub probe_seconds: u64,
}

/// Administrators' tokens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminSettings {
    /// Key that signs them, at least 32 bytes, the same in every process.
    pub key: SecretString,
}

/// Reads the settings.
///
/// # Errors
/// Names the key that is unknown, missing or of the wrong type.
pub fn load(file: Option<&Path>) -> Result<Settings, SettingsError> {
    platform::settings::load(DEFAULTS, file)
}
