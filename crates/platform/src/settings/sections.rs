use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::{SettingsError, load_only};
use crate::telemetry::LogSettings;

/// The private listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivateSettings {
    /// Address and port to listen on. Never reachable from outside.
    pub listen: String,
}

/// The end of the process.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShutdownSettings {
    /// How long to serve on, and to say that it is not ready, once it was told to end, in seconds.
    pub drain_seconds: u16,
}

impl ShutdownSettings {
    /// The time between the announcement and the end.
    pub fn drain(self) -> Duration {
        Duration::from_secs(self.drain_seconds.into())
    }
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

/// What a process needs to know in order to migrate its database, and no more.
#[derive(Debug, Deserialize)]
pub struct MigrationSettings {
    /// The database.
    pub database: MigrationDatabase,
    /// Logs.
    pub log: LogSettings,
}

impl MigrationSettings {
    /// Reads them and no other setting: whoever migrates needs no secret of the service.
    ///
    /// # Errors
    /// Names the key that is missing or of the wrong type.
    pub fn load(defaults: &str, file: Option<&Path>) -> Result<Self, SettingsError> {
        load_only(defaults, file, &["database.migration_url", "log"])
    }
}

/// A database to be migrated.
#[derive(Debug, Deserialize)]
pub struct MigrationDatabase {
    /// `postgres://owner:password@host:port/database`: a role that may change the schema.
    pub migration_url: SecretString,
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

/// Not even a setting forgets what an administrator did less than so many days ago: the databases do not let the services.
const LEAST_DAYS: u16 = 30;

/// The record of what administrators asked for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActsSettings {
    /// Days for which it is kept; 30 at least.
    #[serde(deserialize_with = "days_of_acts")]
    pub retention_days: u16,
}

fn days_of_acts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let days = u16::deserialize(deserializer)?;
    match days {
        LEAST_DAYS.. => Ok(days),
        _ => Err(D::Error::custom(format!("must be {LEAST_DAYS} or more"))),
    }
}

/// Who administers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminSettings {
    /// Key that signs administrators' tokens, at least 32 bytes, the same in every process.
    pub key: SecretString,
    /// An OpenID provider whose tokens are taken too.
    pub oidc: Option<OidcSettings>,
}

/// An OpenID provider of administrators.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcSettings {
    /// Its name, as the claim `iss` has it, letter by letter.
    pub issuer: String,
    /// The name of this application there, as the claim `aud` has it.
    pub audience: String,
    /// Where its keys are, over HTTPS.
    pub jwks_url: String,
    /// Claim that holds the roles: an array of strings.
    #[serde(default = "default_roles_claim")]
    pub roles_claim: String,
    /// What stands before each of them; roles without it are not ours.
    #[serde(default)]
    pub role_prefix: String,
    /// Lets the keys come over plain HTTP from this machine. For development.
    #[serde(default)]
    pub plain_http_on_loopback: bool,
}

fn default_roles_claim() -> String {
    "roles".to_owned()
}
