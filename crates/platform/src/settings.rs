//! Settings: built-in defaults < file < environment.
//!
//! The environment variable of `database.url` is `ILLUXI__DATABASE__URL`. Any setting `x` may be given as `x_file`, the
//! path of a file that holds the value: `ILLUXI__DATABASE__URL_FILE`. Structs deny unknown fields, so that a misspelt
//! key stops the start.

mod sections;

use std::path::Path;

use config::{Config, ConfigError, Environment, File, FileFormat, ValueKind};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use sections::{
    ActsSettings, AdminSettings, BrokerSettings, DatabaseSettings, MigrationDatabase, MigrationSettings,
    OidcSettings, PrivateSettings, ShutdownSettings,
};

/// The settings cannot be used; the process must not start.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A source could not be read.
    #[error("the settings cannot be read: {0}")]
    Source(String),
    /// A key is unknown, missing, or of the wrong type.
    #[error("setting `{key}`: {problem}")]
    Key {
        /// The key, such as `database.url`.
        key: String,
        /// What is wrong with it. Never the value of a secret.
        problem: String,
    },
    /// A setting without a default was not given.
    #[error("setting `{key}` is missing: set {variable}, or let {variable}_FILE name a file that holds it")]
    Missing {
        /// The key, such as `database.url`.
        key: String,
        /// The environment variable of it.
        variable: String,
    },
    /// A file that a `_file` key names could not be read.
    #[error("setting `{key}`: the file {path} cannot be read")]
    SecretFile {
        /// The key, such as `database.url_file`.
        key: String,
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file that a `_file` key names holds nothing.
    #[error("setting `{key}`: the file {path} is empty")]
    EmptyFile {
        /// The key, such as `database.url_file`.
        key: String,
        /// The file.
        path: String,
    },
}

/// Reads settings of type `T` over `defaults` (TOML).
///
/// # Errors
/// Names the key that is unknown, missing or of the wrong type.
pub fn load<T: DeserializeOwned>(defaults: &str, file: Option<&Path>) -> Result<T, SettingsError> {
    let environment = std::env::vars().collect();
    load_from(defaults, file, environment)
}

/// As [`load`], with the environment given.
///
/// # Errors
/// As [`load`].
pub fn load_from<T: DeserializeOwned>(
    defaults: &str,
    file: Option<&Path>,
    environment: std::collections::HashMap<String, String>,
) -> Result<T, SettingsError> {
    let mut tree = merge(defaults, file, environment)?;
    read_secret_files(&mut tree, "")?;
    deserialize(tree)
}

/// Reads the settings of type `T` that stand under `keys`, as if there were no others: what they hold may be missing,
/// unreadable or wrong.
///
/// # Errors
/// As [`load`].
pub fn load_only<T: DeserializeOwned>(
    defaults: &str,
    file: Option<&Path>,
    keys: &[&str],
) -> Result<T, SettingsError> {
    let mut tree = merge(defaults, file, std::env::vars().collect())?;
    keep_only(&mut tree, "", keys);
    read_secret_files(&mut tree, "")?;
    deserialize(tree)
}

fn keep_only(table: &mut Map<String, Value>, prefix: &str, keys: &[&str]) {
    table.retain(|name, value| {
        let key = format!("{prefix}{}", name.strip_suffix("_file").unwrap_or(name));
        let section = format!("{key}.");
        if let Value::Object(inner) = value
            && keys.iter().any(|wanted| wanted.starts_with(&section))
        {
            keep_only(inner, &section, keys);
            return true;
        }
        keys.contains(&&*key)
    });
}

fn merge(
    defaults: &str,
    file: Option<&Path>,
    environment: std::collections::HashMap<String, String>,
) -> Result<Map<String, Value>, SettingsError> {
    let mut sources = Config::builder().add_source(File::from_str(defaults, FileFormat::Toml));
    if let Some(path) = file {
        sources = sources.add_source(File::from(path).format(FileFormat::Toml));
    }
    let environment = Environment::with_prefix("ILLUXI")
        .prefix_separator("__")
        .separator("__")
        // Compose files pass on variables that nobody set as empty ones.
        .ignore_empty(true)
        .source(Some(environment));
    let merged = sources
        .add_source(environment)
        .build()
        .and_then(Config::try_deserialize::<Value>)
        .map_err(|error| SettingsError::Source(error.to_string()))?;
    match merged {
        Value::Object(tree) => Ok(tree),
        _ => Err(SettingsError::Source("they are no table".to_owned())),
    }
}

fn deserialize<T: DeserializeOwned>(tree: Map<String, Value>) -> Result<T, SettingsError> {
    serde_path_to_error::deserialize(converted(Value::Object(tree))).map_err(|error| {
        let section = error.path().to_string();
        match error.into_inner() {
            ConfigError::NotFound(key) => {
                let variable = format!("ILLUXI__{}", key.to_uppercase().replace('.', "__"));
                SettingsError::Missing { key, variable }
            }
            problem => SettingsError::Key { key: section, problem: problem.to_string() },
        }
    })
}

/// The same for `config`, which reads numbers from texts. A section of which nothing is given stays, so that what it lacks is
/// named.
fn converted(value: Value) -> config::Value {
    match value {
        Value::Null => config::Value::new(None, ValueKind::Nil),
        Value::Bool(value) => value.into(),
        Value::Number(number) => match number.as_i64() {
            Some(number) => number.into(),
            None => number.as_f64().unwrap_or_default().into(),
        },
        Value::String(text) => text.into(),
        Value::Array(items) => items.into_iter().map(converted).collect::<Vec<_>>().into(),
        Value::Object(table) => {
            let table: config::Map<_, _> =
                table.into_iter().map(|(key, value)| (key, converted(value))).collect();
            table.into()
        }
    }
}

/// Puts the content of the file that `x_file` names under `x`.
fn read_secret_files(table: &mut Map<String, Value>, prefix: &str) -> Result<(), SettingsError> {
    let mut contents = Vec::new();
    for (name, value) in table.iter_mut() {
        let key = format!("{prefix}{name}");
        match (value, name.strip_suffix("_file")) {
            (Value::Object(inner), _) => read_secret_files(inner, &format!("{key}."))?,
            (Value::String(path), Some(plain)) => {
                let (content, path) = (std::fs::read_to_string(&*path), path.clone());
                match content {
                    Ok(content) if content.trim().is_empty() => {
                        return Err(SettingsError::EmptyFile { key, path });
                    }
                    Ok(content) => contents.push((name.clone(), plain.to_owned(), content.trim().to_owned())),
                    Err(source) => return Err(SettingsError::SecretFile { key, path, source }),
                }
            }
            _ => {}
        }
    }
    for (from, to, content) in contents {
        table.remove(&from);
        table.insert(to, Value::String(content));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::io::Write;

    use secrecy::{ExposeSecret, SecretString};
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        listen: String,
        database: Database,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Database {
        url: SecretString,
        pool_size: u32,
    }

    const DEFAULTS: &str = "listen = \"127.0.0.1:8080\"\n[database]\npool_size = 16\n";

    fn load_with(pairs: &[(&str, &str)], file: Option<&str>) -> Result<Settings, SettingsError> {
        let environment: HashMap<_, _> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut on_disk = tempfile::NamedTempFile::new().unwrap();
        on_disk.write_all(file.unwrap_or_default().as_bytes()).unwrap();
        load_from(DEFAULTS, Some(on_disk.path()), environment)
    }

    #[test]
    fn environment_beats_file_beats_defaults() {
        let file = "listen = \"0.0.0.0:1\"\n[database]\nurl = \"from file\"\npool_size = 4\n";
        let settings = load_with(&[("ILLUXI__DATABASE__POOL_SIZE", "8")], Some(file)).unwrap();
        assert_eq!(settings.listen, "0.0.0.0:1");
        assert_eq!(settings.database.url.expose_secret(), "from file");
        assert_eq!(settings.database.pool_size, 8);
    }

    #[test]
    fn a_secret_may_look_like_a_number_and_is_never_printed() {
        let settings = load_with(&[("ILLUXI__DATABASE__URL", "0123")], None).unwrap();
        assert_eq!(settings.database.url.expose_secret(), "0123");
        assert!(!format!("{settings:?}").contains("0123"));
    }

    #[test]
    fn a_secret_may_come_from_a_file() {
        let mut secret = tempfile::NamedTempFile::new().unwrap();
        writeln!(secret, "postgres://there").unwrap();
        let path = secret.path().to_str().unwrap();
        let settings = load_with(&[("ILLUXI__DATABASE__URL_FILE", path)], None).unwrap();
        assert_eq!(settings.database.url.expose_secret(), "postgres://there");
        let missing = load_with(&[("ILLUXI__DATABASE__URL_FILE", "/nowhere")], None).unwrap_err();
        assert_eq!(missing.to_string(), "setting `database.url_file`: the file /nowhere cannot be read");
        let empty = tempfile::NamedTempFile::new().unwrap();
        writeln!(&empty).unwrap();
        let path = empty.path().to_str().unwrap();
        let nothing = load_with(&[("ILLUXI__DATABASE__URL_FILE", path)], None).unwrap_err();
        assert_eq!(nothing.to_string(), format!("setting `database.url_file`: the file {path} is empty"));
    }

    #[test]
    fn a_setting_of_a_section_without_any_is_named() {
        #[derive(Debug, Deserialize)]
        struct Part {
            #[expect(dead_code, reason = "it is never there")]
            database: Database,
        }
        let missing = load_only::<Part>("[database]\nrole = \"x\"\n", None, &["database.url"]).unwrap_err();
        assert!(missing.to_string().starts_with("setting `database.url` is missing: "), "{missing}");
    }

    #[test]
    fn a_part_of_the_settings_needs_nothing_of_the_rest() {
        #[derive(Debug, Deserialize, PartialEq)]
        struct Part {
            database: OfDatabase,
        }
        #[derive(Debug, Deserialize, PartialEq)]
        struct OfDatabase {
            pool_size: u32,
        }
        let mut on_disk = tempfile::NamedTempFile::new().unwrap();
        on_disk.write_all(b"listen = 3\n[database]\npool_size = 4\nurl_file = \"/nowhere\"\n").unwrap();
        let part: Part = load_only(DEFAULTS, Some(on_disk.path()), &["database.pool_size"]).unwrap();
        assert_eq!(part, Part { database: OfDatabase { pool_size: 4 } });
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let url = ("ILLUXI__DATABASE__URL", "x");
        let of = |pairs: &[(&str, &str)]| load_with(pairs, None).unwrap_err().to_string();
        let wrong_type = of(&[url, ("ILLUXI__DATABASE__POOL_SIZE", "many")]);
        assert!(wrong_type.contains("database.pool_size"), "{wrong_type}");
        let unknown = of(&[url, ("ILLUXI__DATABASE__POOLSIZE", "3")]);
        assert!(unknown.contains("poolsize"), "{unknown}");
        for nothing in [&[][..], &[("ILLUXI__DATABASE__URL", "")]] {
            assert_eq!(
                of(nothing),
                "setting `database.url` is missing: set ILLUXI__DATABASE__URL, or let ILLUXI__DATABASE__URL_FILE name a \
                 file that holds it"
            );
        }
    }
}
