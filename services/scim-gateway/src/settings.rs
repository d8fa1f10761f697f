//! What an operator can set. Defaults and their reasons: `defaults.toml` beside this crate's manifest.

use std::path::{Path, PathBuf};

use platform::settings::{AdminSettings, BrokerSettings, DatabaseSettings, PrivateSettings, SettingsError};
use platform::telemetry::LogSettings;
use serde::Deserialize;

use crate::Limits;
use crate::relay_task::RelayTaskSettings;
use crate::snapshot_task::SnapshotTaskSettings;

/// Built-in defaults, as TOML.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// Settings of the scim-gateway process.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where Entra comes in.
    pub public: PublicSettings,
    /// Where operators and administrators come in.
    pub private: PrivateSettings,
    /// PostgreSQL database of the directory.
    pub database: DatabaseSettings,
    /// RabbitMQ.
    pub broker: BrokerSettings,
    /// The relay of this replica.
    pub relay: RelayTaskSettings,
    /// Snapshots.
    pub snapshot: SnapshotTaskSettings,
    /// What a request may cost.
    pub limits: Limits,
    /// Administrators' tokens.
    pub admin: AdminSettings,
    /// A first integration, made at the start.
    pub bootstrap: Option<BootstrapSettings>,
    /// Logs.
    pub log: LogSettings,
}

/// The public listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicSettings {
    /// Address and port to listen on.
    pub listen: String,
    /// Address that clients use, without a slash at the end.
    pub base_url: String,
    /// Threads that serve requests; 0 for one a core.
    pub workers: usize,
}

/// A first integration, made at the start.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BootstrapSettings {
    /// File that gets the address and the tokens; readable for its owner alone.
    pub file: PathBuf,
    /// Name of the integration in addresses.
    pub integration: String,
    /// Code of the portal.
    pub portal: String,
    /// `production` or `staging`.
    pub environment: String,
    /// Address of the private listener that serves learners and cohorts.
    pub admin_url: String,
    /// How its requests are read, `entra` or `strict`. When not set, a new integration is read as Entra's, and one that
    /// exists stays as it is.
    pub profile: Option<String>,
}

/// Reads the settings.
///
/// # Errors
/// Names the key that is unknown, missing or of the wrong type.
pub fn load(file: Option<&Path>) -> Result<Settings, SettingsError> {
    platform::settings::load(DEFAULTS, file)
}
