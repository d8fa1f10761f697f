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
    /// Address and port of health, figures and, in services that have one, the administrators' API. Never reachable
    /// from outside.
    pub listen: String,
}

/// The end of the process.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShutdownSettings {
    /// How long to serve on once it was told to end; `/health/ready` answers 503 meanwhile. Longer than a load
    /// balancer takes to notice.
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
    /// `postgres://user:password@host:port/database`; `?sslmode=verify-full` (or `require`: the same) for TLS with a
    /// verified certificate; without it, or with `disable`, plain text.
    pub url: SecretString,
    /// The same for a role that may change the schema. When set, migrations run at the start; the only setting that
    /// `migrate` needs.
    pub migration_url: Option<SecretString>,
    /// Role that every connection takes on, but for those of the relay (`illuxi_relay`) in scim-gateway and of the
    /// caretaker (`illuxi_caretaker`) in user-sync.
    pub role: String,
    /// Connections at most. In scim-gateway besides two of the relay, two that look for credentials, and three of each
    /// thread that serves (four where there is one alone); four are the least, and a quarter of them and one are for
    /// queries that no index answers. In user-sync besides three of the caretaker; each of the eight lanes uses one at a
    /// time, what is done in the background three, and administrators the rest.
    #[serde(deserialize_with = "connections")]
    pub pool_size: usize,
}

/// One for each kind of work of scim-gateway: what it serves, scans, questions about the log, searches by name.
const LEAST_CONNECTIONS: usize = 4;

fn connections<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    match usize::deserialize(deserializer)? {
        size @ LEAST_CONNECTIONS.. => Ok(size),
        _ => Err(D::Error::custom(format!("must be {LEAST_CONNECTIONS} or more"))),
    }
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
    /// `amqp://user:password@host:port/vhost`; `amqps://` for TLS.
    pub url: SecretString,
    /// Put before the names of exchanges and queues, so that several deployments can share a virtual host; the same
    /// in both services.
    pub name_prefix: String,
}

/// Not even a setting forgets what an administrator did less than so many days ago: the databases do not let the services.
const LEAST_DAYS: u16 = 30;

/// The record of what administrators asked for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActsSettings {
    /// For how long it is kept what administrators asked for; 30 or more: the database lets the service forget
    /// nothing that is younger.
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
    /// Signs administrators' tokens; 32 bytes or more, the same in every process.
    pub key: SecretString,
    /// An OpenID provider whose tokens are taken too.
    pub oidc: Option<OidcSettings>,
}

/// An OpenID provider of administrators.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcSettings {
    /// An OpenID provider whose tokens administrators may use too: its `iss`, letter by letter.
    pub issuer: String,
    /// The `aud` of these tokens: the name of this application there.
    pub audience: String,
    /// Address (URL, https) of its keys; they are fetched once an hour, and are good for a day while it is away.
    pub jwks_url: String,
    /// The claim with the roles, an array of `ROLE` or `PORTAL:ROLE`; ROLE is `viewer`, `operator` or `owner`.
    #[serde(default = "default_roles_claim")]
    pub roles_claim: String,
    /// What stands before each role there; roles without it are ignored.
    #[serde(default)]
    pub role_prefix: String,
    /// Lets `admin.oidc.jwks_url` be plain http on a loopback address; for development.
    #[serde(default)]
    pub plain_http_on_loopback: bool,
}

fn default_roles_claim() -> String {
    "roles".to_owned()
}
