//! What an operator can set. Defaults and their reasons: `defaults.toml` beside this crate's manifest.

use std::num::NonZeroU16;
use std::path::Path;

use platform::settings::{PrivateSettings, SettingsError, ShutdownSettings};
use platform::telemetry::LogSettings;
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
}

/// The public listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicSettings {
    /// Address and port where administrators come in.
    pub listen: String,
    /// Address (URL) that administrators use, without a slash at the end; https, or http on a loopback address. A
    /// form from any other address is refused.
    pub base_url: String,
}

/// A service whose administrators' API is asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceSettings {
    /// Address (URL) of the private listener of the service that the section is named after.
    pub url: String,
}

/// How long somebody stays signed in.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionSettings {
    /// Time without a request after which somebody is signed out.
    pub idle_minutes: NonZeroU16,
    /// Time after which somebody is signed out in any case.
    pub absolute_hours: NonZeroU16,
}

/// The provider at which administrators sign in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcSettings {
    /// Address (URL, https) of the OpenID provider at which administrators sign in; without it they come by one-time
    /// links only. The address that it sends people back to is `public.base_url` with `/sign-in/callback`.
    pub issuer: String,
    /// The name of the console there; `admin.oidc.audience` of both services.
    pub client_id: String,
    /// Its secret there; none for a public client.
    pub client_secret: Option<SecretString>,
    /// What is asked for beside `openid`: what the provider needs to put the roles into the ID token. Whoever lets
    /// somebody in proves anew who they are, which needs the claim `auth_time` in the ID token: Entra sends it only
    /// where the app registration has it as an optional claim.
    #[serde(default = "default_scopes", deserialize_with = "words")]
    pub scopes: Vec<String>,
    /// Lets the provider be plain http on a loopback address; for development.
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
