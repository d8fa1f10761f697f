//! `scimctl integration settings`

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Subcommand;
use reqwest::Method;
use reqwest::header::IF_MATCH;
use serde_json::{Value, json};

use super::SECTIONS;
use crate::client::{Answer, Side};
use crate::failure::Failure;
use crate::file;
use crate::output::escape;
use crate::session::Session;
use crate::table;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show them.
    Show { slug: String },
    /// Change some of them, or replace all by those of a file.
    Set {
        slug: String,
        /// All settings (JSON; - is the standard input). Other options change these.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Days that entries of the log are kept.
        #[arg(long, value_name = "DAYS")]
        log_retention_days: Option<u32>,
        /// Attributes whose values the log keeps, with commas; "" for none.
        #[arg(long, value_name = "PATHS")]
        logged_values: Option<String>,
        /// Requests that are served in a second; none for no limit.
        #[arg(long, value_name = "NUMBER")]
        requests_per_second: Option<String>,
    },
}

pub(super) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Show { slug } => {
            let shown = read(session, &slug).await?.json()?;
            let settings = shown.get("settings").unwrap_or(&Value::Null);
            Ok(session.output.record(settings, &[])?)
        }
        Command::Set { slug, file, log_retention_days, logged_values, requests_per_second } => {
            let changes = [
                ("log_retention_days", log_retention_days.map(Value::from)),
                ("logged_values", logged_values.as_deref().map(names)),
                ("requests_per_second", requests_per_second.as_deref().map(rate).transpose()?),
            ];
            let changes = changes.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
            let given = file.map(|path| file::read_json(&path)).transpose()?;
            set(session, &slug, given, changes).await
        }
    }
}

/// Sends all settings, with the version that they were seen in.
async fn set(
    session: &Session,
    slug: &str,
    given: Option<Value>,
    changes: impl Iterator<Item = (String, Value)>,
) -> Result<(), Failure> {
    let seen = read(session, slug).await?;
    let before = seen.json()?.get("settings").cloned().unwrap_or(json!({}));
    let mut wanted = given.unwrap_or_else(|| before.clone());
    if let Value::Object(settings) = &mut wanted {
        settings.extend(changes);
    }
    tell_changes(&before, &wanted);
    let path = ["integrations", slug, "settings"];
    let mut request = session.client.request(Method::PUT, Side::Gateway, &path)?.json(&wanted);
    if let Some(etag) = seen.etag {
        request = request.header(IF_MATCH, etag);
    }
    session.act(request, SECTIONS).await
}

async fn read(session: &Session, slug: &str) -> Result<Answer, Failure> {
    session.client.send(session.client.request(Method::GET, Side::Gateway, &["integrations", slug])?).await
}

fn names(text: &str) -> Value {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect()
}

fn rate(text: &str) -> Result<Value, Failure> {
    if text == "none" {
        return Ok(Value::Null);
    }
    let number: Result<u32, _> = text.parse();
    number
        .map(Value::from)
        .map_err(|_| Failure::Usage("--requests-per-second is a number or none".to_owned()))
}

fn tell_changes(before: &Value, after: &Value) {
    let members = [before, after].into_iter().filter_map(Value::as_object).flat_map(|object| object.keys());
    let names: BTreeSet<&String> = members.collect();
    for name in names {
        let (was, becomes) = (table::text(before.get(name)), table::text(after.get(name)));
        if was != becomes {
            eprintln!("{}: {was} -> {becomes}", escape(name));
        }
    }
}
