//! `scimctl rules`

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use reqwest::Method;
use reqwest::header::{HeaderValue, IF_MATCH};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::Side;
use crate::failure::Failure;
use crate::file;
use crate::output::{Section, escape};
use crate::paging::Paging;
use crate::promotion::{self, Between, Subject};
use crate::session::Session;
use crate::table::{self, Column};

const VERSIONS: &[Column] =
    &[("VERSION", "/version"), ("SAVED", "/saved_at"), ("SAVED BY", "/saved_by"), ("COMMENT", "/comment")];

const PREVIEW: &[Section] = &[
    (
        "attributes",
        &[
            ("ATTRIBUTE", "/attribute"),
            ("VALUE", "/value"),
            ("DIRECTORY", "/directory"),
            ("BECOMES", "/becomes"),
            ("VALUE AFTER", "/value_after"),
            ("CONFLICT", "/conflict"),
            ("TROUBLE", "/trouble/words"),
        ],
    ),
    (
        "items",
        &[
            ("GROUP", "/display_name"),
            ("RULE", "/rule"),
            ("NOW", "/now/action"),
            ("COHORT NOW", "/now/name"),
            ("AFTER", "/after/action"),
            ("COHORT AFTER", "/after/name"),
            ("PROBLEM", "/problem"),
        ],
    ),
];

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show the rules in force (JSON), or an older version.
    Show {
        /// Version to show; 0 are the defaults.
        #[arg(long)]
        version: Option<u32>,
    },
    /// Put rules in force: those of a file, or what `show` printed and you edited.
    Put {
        /// The rules (JSON; - is the standard input).
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// Why.
        #[arg(long)]
        comment: Option<String>,
    },
    /// List the versions that were saved, newest first.
    Versions {
        #[command(flatten)]
        paging: Paging,
    },
    /// Show what rules would make of a person.
    Preview(Preview),
    /// Show what rules would make of the groups.
    PreviewCohorts {
        /// The rules to try (JSON; - is the standard input).
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// Groups to look at, at most.
        #[arg(long, default_value_t = 1_000, value_name = "NUMBER")]
        #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000))]
        limit: u32,
        /// Where to go on: the `next` of the part before.
        #[arg(long)]
        cursor: Option<Uuid>,
    },
    /// Show how the rules of two integrations differ.
    Compare(Between),
    /// Make the rules of one integration like those of another.
    Promote(promotion::Promote),
}

#[derive(Args)]
#[command(group = ArgGroup::new("who").required(true).args(["scim_id", "learner"]))]
pub(crate) struct Preview {
    /// The person, as a user.
    #[arg(long, value_name = "ID")]
    scim_id: Option<Uuid>,
    /// The person, as a learner.
    #[arg(long, value_name = "ID")]
    learner: Option<Uuid>,
    /// The rules to try (JSON; - is the standard input) [default: those in force].
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Show { version: None } => document(session, &["rules"]).await,
        Command::Show { version: Some(version) } => {
            document(session, &["rules", "versions", &version.to_string()]).await
        }
        Command::Put { file, comment } => put(session, file::read_json(&file)?, comment).await,
        Command::Versions { paging } => {
            session.list(Side::Lms, &["rules", "versions"], &[], &paging, VERSIONS).await
        }
        Command::Preview(preview) => {
            let mut body = match (preview.scim_id, preview.learner) {
                (Some(user), _) => json!({ "scim_id": user }),
                (None, learner) => json!({ "learner_id": learner }),
            };
            if let (Some(path), Value::Object(members)) = (preview.file, &mut body) {
                members.insert("rules".to_owned(), Rules::of(file::read_json(&path)?).rules);
            }
            let request = session.request(Method::POST, Side::Lms, &["rules", "preview"])?;
            session.act(request.json(&body), PREVIEW).await
        }
        Command::PreviewCohorts { file, limit, cursor } => {
            let rules = Rules::of(file::read_json(&file)?).rules;
            let body = json!({ "rules": rules, "limit": limit, "cursor": cursor });
            let request = session.request(Method::POST, Side::Lms, &["rules", "preview-cohorts"])?;
            session.act(request.json(&body), PREVIEW).await
        }
        Command::Compare(between) => promotion::compare(session, &between, Subject::RULES).await,
        Command::Promote(wanted) => promotion::promote(session, &wanted, Subject::RULES).await,
    }
}

/// Rules are a document, in either form of output; people get it with line breaks.
async fn document(session: &Session, path: &[&str]) -> Result<(), Failure> {
    let answer = session.get(Side::Lms, path).await?;
    match session.output.is_json {
        true => Ok(session.output.json(answer.document()?)?),
        false => Ok(session.output.json(&format!("{:#}", answer.json()?))?),
    }
}

/// Rules from a file, which may be what `show` printed.
struct Rules {
    rules: Value,
    /// The version that was edited.
    version: Option<i64>,
}

impl Rules {
    fn of(document: Value) -> Self {
        match document {
            Value::Object(mut saved) if saved.contains_key("rules") => Self {
                version: saved.get("version").and_then(Value::as_i64),
                rules: saved.remove("rules").unwrap_or_default(),
            },
            rules => Self { rules, version: None },
        }
    }
}

/// Saves over the version that was edited, or else over the one in force, which is told.
async fn put(session: &Session, document: Value, comment: Option<String>) -> Result<(), Failure> {
    let Rules { rules, version } = Rules::of(document);
    let etag = match version {
        Some(version) => HeaderValue::from_str(&format!("\"{version}\"")).ok(),
        None => {
            let seen = session.get(Side::Lms, &["rules"]).await?;
            let shown = seen.json()?;
            eprintln!(
                "These rules take the place of version {}, saved by {}.",
                table::text(shown.get("version")),
                table::text(shown.get("saved_by"))
            );
            seen.etag
        }
    };
    let body = json!({ "rules": rules, "comment": comment.unwrap_or_default() });
    let mut request = session.request(Method::PUT, Side::Lms, &["rules"])?.json(&body);
    if let Some(etag) = etag {
        request = request.header(IF_MATCH, etag);
    }
    let answer = session.client.send(request).await?;
    if session.output.is_json {
        return Ok(session.output.json(answer.document()?)?);
    }
    let in_force = table::text(answer.json()?.get("version"));
    Ok(session.output.line(&format!("Version {} is in force.", escape(&in_force)))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_shown_and_edited_is_saved_over_the_version_that_was_shown() {
        let edited = Rules::of(json!({ "version": 3, "saved_by": "olga", "rules": { "cohorts": [] } }));
        assert_eq!((edited.rules, edited.version), (json!({ "cohorts": [] }), Some(3)));
        let written = Rules::of(json!({ "cohorts": [] }));
        assert_eq!((written.rules, written.version), (json!({ "cohorts": [] }), None));
    }
}
