//! Logs: one JSON object a line on standard error, or text for a person at a terminal.

use serde::de::IntoDeserializer;
use serde::{Deserialize, Deserializer};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// How a process logs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// Which records: a level, or directives such as `warn,directory=debug`.
    pub filter: String,
    /// How they are written: one JSON object a line, or for reading at a terminal.
    #[serde(deserialize_with = "format")]
    pub format: LogFormat,
}

/// How log records are written.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For reading at a terminal.
    Text,
}

/// As a word, so that a wrong one is answered with those that are meant.
fn format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LogFormat, D::Error> {
    LogFormat::deserialize(String::deserialize(deserializer)?.into_deserializer())
}

/// Whatever an operator asks for: the RabbitMQ client logs the bodies of returned messages, which hold people, and repeats as
/// errors what it answers to us, also behind our last line; and OpenTelemetry tells of each of its own steps.
const ALWAYS: [&str; 2] = ["lapin=off", "opentelemetry_sdk=warn"];

/// Begins to log. Called once, first of all.
///
/// # Errors
/// When the filter cannot be understood, or logging has begun already.
pub fn start(settings: &LogSettings) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut filter = understood(&settings.filter)?;
    for directive in ALWAYS {
        filter = filter.add_directive(directive.parse()?);
    }
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.format {
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
        LogFormat::Text => logs.try_init(),
    }
}

/// A word that is no level would be taken for the name of a part of the program, and nothing else logged.
fn understood(text: &str) -> Result<EnvFilter, Box<dyn std::error::Error + Send + Sync>> {
    for directive in text.split(',') {
        let level = directive.rsplit_once('=').map_or(directive, |(_, level)| level);
        // Nothing and numbers are levels to the parser, and typing errors to people.
        if level.is_empty() || level.parse::<u8>().is_ok() || level.parse::<LevelFilter>().is_err() {
            return Err(format!(
                "setting `log.filter`: `{directive}` is no level (off, error, warn, info, debug, trace) and no directive such as \
                 directory=debug"
            )
            .into());
        }
    }
    EnvFilter::try_new(text).map_err(|error| format!("setting `log.filter`: {text:?}: {error}").into())
}

/// An error with its causes, for one log field.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_levels() {
        for good in
            ["warn", "INFO", "off", "warn,directory=debug", "info,scim_gateway::http=trace", "warn,lapin=off"]
        {
            assert!(understood(good).is_ok(), "{good}");
        }
        for wrong in
            ["wran", "", "warn=", "lou,,d=", "directory", "warn,directory=loud", "3", "info,", "info, warn"]
        {
            assert!(understood(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            understood("wran").unwrap_err().to_string(),
            "setting `log.filter`: `wran` is no level (off, error, warn, info, debug, trace) and no directive such as directory=debug"
        );
    }
}
