//! Logs: one JSON object a line on standard error, or text for a person at a terminal.

use serde::Deserialize;
use tracing_subscriber::EnvFilter;

/// How a process logs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// Which records: a level, or directives such as `warn,directory=debug`.
    pub filter: String,
    /// How they are written: one JSON object a line, or for reading at a terminal.
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

/// Whatever an operator asks for: the RabbitMQ client logs the bodies of returned messages, which hold people, and repeats as
/// errors what it answers to us, also behind our last line; and OpenTelemetry tells of each of its own steps.
const ALWAYS: [&str; 2] = ["lapin=off", "opentelemetry_sdk=warn"];

/// Begins to log. Called once, first of all.
///
/// # Errors
/// When the filter cannot be understood, or logging has begun already.
pub fn start(settings: &LogSettings) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut filter = EnvFilter::try_new(&settings.filter)?;
    for directive in ALWAYS {
        filter = filter.add_directive(directive.parse()?);
    }
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.format {
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
        LogFormat::Text => logs.try_init(),
    }
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
