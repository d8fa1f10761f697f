//! `scimctl reconcile`

use std::time::Duration;

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use crate::client::{Answer, Side};
use crate::failure::Failure;
use crate::output::Section;
use crate::paging::Paging;
use crate::session::Session;
use crate::table::{self, Column};

/// Between two looks at a run.
const PAUSE: Duration = Duration::from_secs(1);

const COLUMNS: &[Column] = &[
    ("RUN", "/run_id"),
    ("BEGAN", "/began_at"),
    ("FINISHED", "/is_finished"),
    ("PARTS", "/parts_seen"),
    ("OF", "/parts_total"),
    ("USERS", "/users"),
    ("GROUPS", "/groups"),
    ("MEMBERS", "/members"),
    ("DRIFT", "/drift"),
];

const SECTIONS: &[Section] = &[("drift", &[("DRIFT", "/kind"), ("COUNT", "/count")])];

const DRIFT: &[Column] = &[
    ("FOUND", "/found_at"),
    ("KIND", "/kind"),
    ("SCIM ID", "/scim_id"),
    ("MEMBER", "/member_scim_id"),
    ("ATTRIBUTES", "/attributes"),
];

const SNAPSHOTS: &[Column] = &[
    ("ID", "/id"),
    ("STATE", "/state"),
    ("PHASE", "/phase"),
    ("BEGAN", "/began_at"),
    ("FINISHED", "/finished_at"),
    ("ASKED BY", "/requested_by"),
    ("USERS", "/users"),
    ("GROUPS", "/groups"),
];

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Have the directory tell everything once more, so that the LMS compares and repairs.
    Run(Run),
    /// List the runs that reached the LMS, newest first.
    List {
        #[command(flatten)]
        paging: Paging,
    },
    /// Show one.
    Show { id: Uuid },
    /// List what a run found to differ.
    Drift {
        id: Uuid,
        /// Kind, such as missing_user or edited_learner.
        #[arg(long)]
        kind: String,
        #[command(flatten)]
        paging: Paging,
    },
    /// List the last snapshots of the gateway, newest first.
    Snapshots,
}

#[derive(Args)]
pub(crate) struct Run {
    /// Wait until the LMS has compared everything, and show what it found.
    #[arg(long)]
    wait: bool,
    /// Seconds to wait at most.
    #[arg(long, default_value_t = 3_600, requires = "wait", value_name = "SECONDS")]
    timeout: u64,
}

pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Run(wanted) => start(session, &wanted).await,
        Command::List { paging } => {
            session.list(Side::Lms, &["reconcile", "runs"], &[], &paging, COLUMNS).await
        }
        Command::Show { id } => {
            session.show(Side::Lms, &["reconcile", "runs", &id.to_string()], SECTIONS).await
        }
        Command::Drift { id, kind, paging } => {
            let path = ["reconcile", "runs", &id.to_string(), "drift"];
            session.list(Side::Lms, &path, &[("kind", Some(kind))], &paging, DRIFT).await
        }
        Command::Snapshots => session.list_whole(Side::Gateway, &["snapshots"], SNAPSHOTS).await,
    }
}

async fn start(session: &Session, wanted: &Run) -> Result<(), Failure> {
    let started = session.client.send(session.request(Method::POST, Side::Gateway, &["snapshots"])?).await?;
    if !wanted.wait {
        return session.output.answer(&started, &[]);
    }
    let begun = started.json()?;
    let id = begun.get("id").and_then(Value::as_str).unwrap_or_default();
    eprintln!("Waiting for run {} …", table::text(Some(&id.into())));
    let deadline = Instant::now() + Duration::from_secs(wanted.timeout);
    let is_told = |snapshot: &Value| snapshot.get("state").is_some_and(|state| state == "finished");
    until(session, Side::Gateway, &["snapshots", id], is_told, deadline).await?;
    let is_compared = |run: &Value| run.get("is_finished").is_some_and(|is_finished| is_finished == true);
    let run = until(session, Side::Lms, &["reconcile", "runs", id], is_compared, deadline).await?;
    session.output.answer(&run, SECTIONS)
}

/// Looks until something is as wanted. The LMS knows a run from its first part on.
async fn until(
    session: &Session,
    side: Side,
    path: &[&str],
    is_done: impl Fn(&Value) -> bool,
    deadline: Instant,
) -> Result<Answer, Failure> {
    loop {
        match session.get(side, path).await {
            Ok(answer) if is_done(&answer.json()?) => return Ok(answer),
            Ok(_) => {}
            Err(failure) if failure.is_not_found() && side == Side::Lms => {}
            Err(failure) => return Err(failure),
        }
        if Instant::now() + PAUSE > deadline {
            return Err(Failure::TimedOut);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
