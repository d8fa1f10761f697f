//! What an operator can set. Defaults and their reasons: `defaults.toml` beside this crate's manifest.

use std::num::NonZeroU16;
use std::path::Path;

use platform::settings::{
    ActsSettings, AdminSettings, BrokerSettings, DatabaseSettings, PrivateSettings, SettingsError,
    ShutdownSettings,
};
use platform::telemetry::{LogSettings, TraceSettings};
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
    /// What is told of the effects of events.
    pub effects: EffectsSettings,
    /// Which events were handled.
    pub inbox: InboxSettings,
    /// The record of what administrators asked for.
    pub acts: ActsSettings,
    /// Administrators' tokens.
    pub admin: AdminSettings,
    /// The end of the process.
    pub shutdown: ShutdownSettings,
    /// Logs.
    pub log: LogSettings,
    /// Traces.
    pub traces: TraceSettings,
}

/// What is told of the effects of events.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EffectsSettings {
    /// For how long it is kept what each event did to the LMS.
    pub retention_days: u16,
}

/// Which events were handled.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboxSettings {
    /// For how long it is remembered which events were handled.
    pub retention_days: NonZeroU16,
}

/// How events are taken from the queue.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsumerSettings {
    /// Messages of each lane that the broker hands out before one is acknowledged.
    pub prefetch: u16,
    /// Messages applied in one transaction at most.
    pub batch: usize,
    /// How long to let messages gather once there is one, while many come.
    pub linger_milliseconds: u64,
    /// Pause between two looks whether an unavailable LMS database is back.
    pub probe_seconds: u64,
}

/// Reads the settings.
///
/// # Errors
/// Names the key that is unknown, missing or of the wrong type.
pub fn load(file: Option<&Path>) -> Result<Settings, SettingsError> {
    platform::settings::load(DEFAULTS, file)
}
