//! `scimctl audit`

use clap::Subcommand;

use crate::client::Side;
use crate::failure::Failure;
use crate::paging::Paging;
use crate::session::Session;
use crate::table::Column;

const COLUMNS: &[Column] = &[
    ("AT", "/at"),
    ("SUBJECT", "/subject"),
    ("METHOD", "/method"),
    ("ROUTE", "/route"),
    ("TARGET", "/target"),
    ("STATUS", "/status"),
    ("DETAILS", "/details"),
];

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List acts about the integration, newest first.
    List {
        /// Those on the LMS side.
        #[arg(long)]
        lms: bool,
        #[command(flatten)]
        paging: Paging,
    },
}

pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    let Command::List { lms, paging } = command;
    let (side, list) = if lms { (Side::Lms, "lms-audit") } else { (Side::Gateway, "audit") };
    session.list(side, &[list], &[], &paging, COLUMNS).await
}
