//! What an operator can set. Defaults and their reasons: `defaults.toml` beside this crate's manifest.

use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use actix_web::http::Uri;
use ipnet::IpNet;
use platform::settings::{
    ActsSettings, AdminSettings, BrokerSettings, DatabaseSettings, PrivateSettings, SettingsError,
    ShutdownSettings,
};
use platform::telemetry::{LogSettings, TraceSettings};
use secrecy::{ExposeSecret, SecretString};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::relay_task::RelayTaskSettings;
use crate::snapshot_task::SnapshotTaskSettings;
use crate::{Limits, networks};

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
    /// The log of events.
    pub events: EventsSettings,
    /// Snapshots.
    pub snapshot: SnapshotTaskSettings,
    /// What a request may cost.
    pub limits: Limits,
    /// Access tokens of ours.
    pub oauth: OauthSettings,
    /// Tokens and assertions of Entra.
    pub federation: FederationSettings,
    /// The record of what administrators asked for.
    pub acts: ActsSettings,
    /// Administrators' tokens.
    pub admin: AdminSettings,
    /// A first integration, made at the start.
    pub bootstrap: Option<BootstrapSettings>,
    /// The end of the process.
    pub shutdown: ShutdownSettings,
    /// Logs.
    pub log: LogSettings,
    /// Traces.
    pub traces: TraceSettings,
}

impl Settings {
    /// What can be told without asking anybody.
    ///
    /// # Errors
    /// Names the setting that cannot be, and what is needed.
    pub fn check(&self) -> anyhow::Result<()> {
        PublicSettings::parse_base_url(&self.public.base_url)
            .map_err(|needed| anyhow::anyhow!("setting `public.base_url`: {needed}"))?;
        anyhow::ensure!(
            self.oauth.key.expose_secret() != self.admin.key.expose_secret(),
            "setting `oauth.key`: another than `admin.key` is needed"
        );
        Ok(())
    }
}

/// The public listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicSettings {
    /// Address and port where Entra comes in.
    pub listen: String,
    /// Address (URL) that clients use, without a slash at the end; it stands in every `meta.location`.
    pub base_url: String,
    /// Threads that serve requests; 0: one a core.
    pub workers: usize,
    /// Proxies that are believed what they say of a client in `X-Forwarded-For`, which is passed over from all others.
    #[serde(default, deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
}

impl PublicSettings {
    /// The address, when it is one of the web.
    ///
    /// # Errors
    /// What is needed, in words.
    pub fn parse_base_url(text: &str) -> Result<String, &'static str> {
        let is_of_web =
            |url: &Uri| matches!(url.scheme_str(), Some("https" | "http")) && url.host().is_some();
        let is_usable = text.parse().is_ok_and(|url| is_of_web(&url));
        is_usable.then(|| text.to_owned()).ok_or("an address such as https://scim.example is needed")
    }
}

/// The log of events.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsSettings {
    /// For how long published events are kept; those that were not published are kept in any case.
    pub retention_days: NonZeroU16,
}

/// Access tokens of ours.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OauthSettings {
    /// Signs access tokens of ours; 32 bytes or more, the same on every replica, another than `admin.key`.
    pub key: SecretString,
    /// Life of an access token; 300 to 21600.
    pub token_seconds: u32,
}

/// Tokens and assertions of Entra: who signs them, and where the keys are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FederationSettings {
    /// Address (URL, https) of Entra's authority, where its keys are; nothing else is fetched for signing in.
    pub authority: String,
    /// Beginning of the issuer in assertions of workload identity federation.
    pub assertion_issuer: String,
    /// Beginning of the issuer in Entra's own access tokens (version 1.0).
    pub token_issuer: String,
    /// Lets `federation.authority` be plain http on a loopback address; for development.
    pub plain_http_on_loopback: bool,
}

impl Default for FederationSettings {
    /// Microsoft Entra ID of the global cloud.
    fn default() -> Self {
        Self {
            authority: "https://login.microsoftonline.com".to_owned(),
            assertion_issuer: "https://login.microsoftonline.com".to_owned(),
            token_issuer: "https://sts.windows.net".to_owned(),
            plain_http_on_loopback: false,
        }
    }
}

/// A first integration, made at the start.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BootstrapSettings {
    /// Gets addresses and tokens of a first integration, readable for its owner alone.
    pub file: PathBuf,
    /// Its name in addresses, a slug.
    pub integration: String,
    /// Code of the portal that it feeds.
    pub portal: String,
    /// The environment that it feeds: `production` or `staging`.
    pub environment: String,
    /// Address (URL) of the private listener of user-sync.
    pub admin_url: String,
    /// Address (URL) of the private listener of the gateway, when it is another than `bootstrap.admin_url`.
    pub gateway_admin_url: Option<String>,
    /// Address (URL) of the administrators' console.
    pub console_url: Option<String>,
    /// How its requests are read, at every start: `entra` or `strict`. When not set, a new integration is read as
    /// Entra's, and one that exists stays as it is.
    pub profile: Option<String>,
}

/// Reads the settings.
///
/// # Errors
/// Names the key that is unknown, missing or of the wrong type.
pub fn load(file: Option<&Path>) -> Result<Settings, SettingsError> {
    platform::settings::load(DEFAULTS, file)
}

/// A list, or, as an environment variable has it, a text with commas.
fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        List(Vec<String>),
        Text(String),
    }
    let texts = match Written::deserialize(deserializer)? {
        Written::List(texts) => texts,
        Written::Text(text) => text.split(',').map(str::to_owned).collect(),
    };
    let given = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    given.map(|text| networks::parse(text).map_err(D::Error::custom)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn proxies(value: Option<&str>) -> Result<Vec<IpNet>, SettingsError> {
        let required =
            [("DATABASE__URL", "x"), ("BROKER__URL", "x"), ("ADMIN__KEY", "x"), ("OAUTH__KEY", "x")];
        let mut environment: HashMap<String, String> =
            required.map(|(name, value)| (format!("ILLUXI__{name}"), value.to_owned())).into();
        if let Some(value) = value {
            environment.insert("ILLUXI__PUBLIC__TRUSTED_PROXIES".to_owned(), value.to_owned());
        }
        platform::settings::load_from(DEFAULTS, None, environment)
            .map(|settings: Settings| settings.public.trusted_proxies)
    }

    #[test]
    fn networks_of_proxies_may_come_from_the_environment() {
        assert_eq!(proxies(None).unwrap(), []);
        let networks = ["10.0.0.0/8", "2001:db8::/32"].map(|text| text.parse().unwrap());
        assert_eq!(proxies(Some("10.0.0.0/8, 2001:db8::/32")).unwrap(), networks);
        assert!(proxies(Some("nonsense")).unwrap_err().to_string().contains("public.trusted_proxies"));
    }
}
