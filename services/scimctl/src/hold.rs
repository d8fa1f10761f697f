//! `scimctl hold`

use clap::Subcommand;
use serde_json::json;
use uuid::Uuid;

use crate::client::Side;
use crate::failure::Failure;
use crate::output::Section;
use crate::paging::Paging;
use crate::session::Session;
use crate::table::Column;

const COLUMNS: &[Column] = &[
    ("HOLD", "/hold_id"),
    ("STATE", "/state"),
    ("PEOPLE", "/people"),
    ("DEPARTED", "/departed"),
    ("ACTIVE", "/active"),
    ("OPENED", "/opened_at"),
    ("DECIDED BY", "/decided_by"),
    ("COMMENT", "/comment"),
];

const SECTIONS: &[Section] = &[(
    "sample",
    &[
        ("LOGIN", "/login"),
        ("NAME", "/display_name"),
        ("WHY", "/inactive_reason"),
        ("CHANGED", "/changed_at"),
        ("LEARNER", "/learner_id"),
    ],
)];

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List holds, newest first.
    List {
        /// Those of this state: open, approved or rejected.
        #[arg(long)]
        state: Option<String>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Show one, with some of its people.
    Show { id: Uuid },
    /// It is meant: deactivate all who wait in it.
    Approve {
        id: Uuid,
        /// Why.
        #[arg(long)]
        comment: String,
    },
    /// It is a mistake: let them stay active.
    Reject {
        id: Uuid,
        /// Why.
        #[arg(long)]
        comment: String,
    },
}

pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::List { state, paging } => {
            session.list(Side::Lms, &["holds"], &[("state", state)], &paging, COLUMNS).await
        }
        Command::Show { id } => session.show(Side::Lms, &["holds", &id.to_string()], SECTIONS).await,
        Command::Approve { id, comment } => decide(session, id, "approve", &comment).await,
        Command::Reject { id, comment } => decide(session, id, "reject", &comment).await,
    }
}

async fn decide(session: &Session, id: Uuid, verdict: &str, comment: &str) -> Result<(), Failure> {
    session.decide(&["holds", &id.to_string(), verdict], &json!({ "comment": comment })).await
}
