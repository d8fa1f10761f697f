//! Lists to look at: `scimctl cohort`, `scimctl conflict`, `scimctl finding`

use clap::Subcommand;
use uuid::Uuid;

use crate::client::Side;
use crate::failure::Failure;
use crate::paging::Paging;
use crate::session::Session;
use crate::table::Column;

const COHORTS: &[Column] = &[
    ("COHORT", "/cohort_id"),
    ("NAME", "/name"),
    ("STATUS", "/status"),
    ("ON LEAVE", "/on_leave"),
    ("GRANTS ROLE", "/grants_role"),
    ("SCIM ID", "/scim_id"),
];

const CONFLICTS: &[Column] = &[
    ("NOTICED", "/noticed_at"),
    ("LEARNER", "/learner_id"),
    ("ATTRIBUTE", "/attribute"),
    ("KIND", "/kind"),
    ("LMS", "/lms_value"),
    ("DIRECTORY", "/source_value"),
    ("RULES", "/rules_version"),
    ("REQUEST ID", "/request_id"),
];

const FINDINGS: &[Column] = &[
    ("NOTICED", "/noticed_at"),
    ("KIND", "/kind"),
    ("LEARNER", "/learner_id"),
    ("COHORT", "/cohort_id"),
    ("RESOLVED", "/resolved_at"),
    ("DETAIL", "/detail"),
];

#[derive(Subcommand)]
pub(crate) enum CohortCommand {
    /// List the cohorts that come from groups.
    List {
        #[command(flatten)]
        paging: Paging,
    },
}

#[derive(Subcommand)]
pub(crate) enum ConflictCommand {
    /// List them, newest first.
    List {
        /// Those about one learner.
        #[arg(long, value_name = "ID")]
        learner: Option<Uuid>,
        #[command(flatten)]
        paging: Paging,
    },
}

#[derive(Subcommand)]
pub(crate) enum FindingCommand {
    /// List them, newest first.
    List {
        /// Those about one learner.
        #[arg(long, value_name = "ID")]
        learner: Option<Uuid>,
        #[command(flatten)]
        paging: Paging,
    },
}

pub(crate) async fn cohort(session: &Session, command: CohortCommand) -> Result<(), Failure> {
    let CohortCommand::List { paging } = command;
    session.list(Side::Lms, &["cohorts"], &[], &paging, COHORTS).await
}

pub(crate) async fn conflict(session: &Session, command: ConflictCommand) -> Result<(), Failure> {
    let ConflictCommand::List { learner, paging } = command;
    about(session, "conflicts", learner, &paging, CONFLICTS).await
}

pub(crate) async fn finding(session: &Session, command: FindingCommand) -> Result<(), Failure> {
    let FindingCommand::List { learner, paging } = command;
    about(session, "findings", learner, &paging, FINDINGS).await
}

async fn about(
    session: &Session,
    list: &str,
    learner: Option<Uuid>,
    paging: &Paging,
    columns: &[Column],
) -> Result<(), Failure> {
    let query = [("learner", learner.map(|id| id.to_string()))];
    session.list(Side::Lms, &[list], &query, paging, columns).await
}
