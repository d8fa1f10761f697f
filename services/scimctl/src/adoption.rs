//! `scimctl adoption`

use clap::Subcommand;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::client::Side;
use crate::failure::Failure;
use crate::paging::Paging;
use crate::session::Session;
use crate::table::{self, Column};

const COLUMNS: &[Column] = &[
    ("NEWCOMER", "/newcomer/scim_id"),
    ("LOGIN", "/newcomer/login"),
    ("NAME", "/newcomer/display_name"),
    ("MAY BE", "/learner_id"),
    ("KIND", "/kind"),
    ("STATUS", "/status"),
    ("IN COMMON", "/matched"),
    ("RECORDS", "/training_records"),
    ("OBSTACLE", "/obstacle"),
];

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List newcomers, and whom they may be.
    List {
        #[command(flatten)]
        paging: Paging,
    },
    /// They are the same person.
    Link {
        #[arg(value_name = "SCIM_ID")]
        newcomer: Uuid,
        /// The learner whom the newcomer is.
        #[arg(long, value_name = "ID")]
        learner: Uuid,
    },
    /// It is somebody new.
    Create {
        #[arg(value_name = "SCIM_ID")]
        newcomer: Uuid,
    },
    /// Link all who have exactly one candidate, and this in common with them.
    LinkAll {
        /// login or employee_number.
        #[arg(long, value_name = "LIKENESS")]
        by: String,
    },
}

pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::List { paging } => list(session, &paging).await,
        Command::Link { newcomer, learner } => {
            session
                .decide(&["adoptions", &newcomer.to_string(), "link"], &json!({ "learner_id": learner }))
                .await
        }
        Command::Create { newcomer } => {
            let path = ["adoptions", &newcomer.to_string(), "create"];
            session.act(session.request(Method::POST, Side::Lms, &path)?, &[]).await
        }
        Command::LinkAll { by } => {
            session.decide(&["adoptions", "link-all"], &json!({ "likeness": by })).await
        }
    }
}

/// A line for each candidate, because that is what has to be chosen.
async fn list(session: &Session, paging: &Paging) -> Result<(), Failure> {
    let items = session.items(Side::Lms, &["adoptions"], &[], paging).await?;
    if session.output.is_json {
        return session.show_items(&items, COLUMNS);
    }
    let mut lines = Vec::new();
    for newcomer in items.values()? {
        let candidates = newcomer.get("candidates").and_then(serde_json::Value::as_array).cloned();
        let mut candidates = candidates.filter(|list| !list.is_empty()).unwrap_or_else(|| vec![json!({})]);
        for candidate in candidates.iter_mut().filter_map(serde_json::Value::as_object_mut) {
            candidate.insert("newcomer".to_owned(), newcomer.clone());
        }
        lines.extend(candidates);
    }
    session.output.rows(&lines, COLUMNS)?;
    if let Some(next) = items.next {
        eprintln!("There is more: --all, or --cursor {}", table::text(Some(&next.into())));
    }
    Ok(())
}
