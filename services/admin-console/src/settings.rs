//! What an operator can set. Defaults and their reasons: `defaults.toml` beside this crate's manifest.

use std::num::NonZeroU16;
use std::path::Path;

use platform::settings::{PrivateSettings, SettingsError, ShutdownSettings};
use platform::telemetry::{LogSettings, TraceSettings};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

/// Built-in defaults, as TOML.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// Settings of the admin-console process.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where administrators come in.
    pub public: PublicSettings,
    /// Where operators come in.
    pub private: PrivateSettings,
    /// scim-gateway.
    pub gateway: ServiceSettings,
    /// user-sync.
    pub user_sync: ServiceSettings,
    /// The provider at which administrators sign in.
    pub oidc: Option<OidcSettings>,
    /// How long somebody stays signed in.
    pub session: SessionSettings,
    /// The end of the process.
    pub shutdown: ShutdownSettings,
    /// Logs.
    pub log: LogSettings,
    /// Traces.
    pub traces: TraceSettings,
}

/// The public listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicSettings {
    /// Address and port to listen on.
    pub listen: String,
    /// Address that administrators use, without a slash at the end.
    pub base_url: String,
}

/// A service whose administrators' API is asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceSettings {
    /// Its private listener.
    pub url: String,
}

/// How long somebody stays signed in.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionSettings {
    /// Minutes without a request after which a session ends.
    pub idle_minutes: NonZeroU16,
    /// Hours after which it ends in any case.
    pub absolute_hours: NonZeroU16,
}

/// The provider at which administrators sign in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcSettings {
    /// Its name, under which its configuration is found.
    pub issuer: String,
    /// The name of this application there: the audience that both services expect.
    pub client_id: String,
    /// The secret of this application; none for a public client.
    pub client_secret: Option<SecretString>,
    /// What is asked for beside `openid`.
    #[serde(default = "default_scopes", deserialize_with = "words")]
    pub scopes: Vec<String>,
    /// Lets the provider be plain http on this machine. For development.
    #[serde(default)]
    pub plain_http_on_loopback: bool,
}

fn default_scopes() -> Vec<String> {
    vec!["profile".to_owned()]
}

/// A list in a file, or words with commas in a variable.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    List(Vec<String>),
    Text(String),
}

fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let words = match Words::deserialize(deserializer)? {
        Words::List(words) => words,
        Words::Text(text) => text.split(',').map(|word| word.trim().to_owned()).collect(),
    };
    Ok(words.into_iter().filter(|word| !word.is_empty()).collect())
}

/// Reads the settings.
///
/// # Errors
/// Names the key that is unknown, missing or of the wrong type.
pub fn load(file: Option<&Path>) -> Result<Settings, SettingsError> {
    platform::settings::load(DEFAULTS, file)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn the_defaults_are_enough_and_lists_may_stand_in_variables() {
        let of = |pairs: &[(&str, &str)]| {
            let environment: HashMap<_, _> =
                pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            platform::settings::load_from::<Settings>(DEFAULTS, None, environment)
        };
        let settings = of(&[]).unwrap();
        assert!(settings.oidc.is_none());
        assert_eq!(settings.session.idle_minutes.get(), 30);
        let settings = of(&[
            ("ILLUXI__OIDC__ISSUER", "https://login.example"),
            ("ILLUXI__OIDC__CLIENT_ID", "console"),
            ("ILLUXI__OIDC__SCOPES", "profile,roles"),
        ])
        .unwrap();
        assert_eq!(settings.oidc.unwrap().scopes, ["profile", "roles"]);
    }
}
