//! `scimctl log`

use clap::{Args, Subcommand};
use uuid::Uuid;

use crate::client::Side;
use crate::export::{self, Destination};
use crate::failure::Failure;
use crate::log_tail::{self, Pace};
use crate::moment;
use crate::paging::Paging;
use crate::session::Session;
use crate::table::Column;
use crate::trail;

pub(crate) const COLUMNS: &[Column] = &[
    ("AT", "/at"),
    ("OUTCOME", "/outcome"),
    ("OPERATION", "/operation"),
    ("KIND", "/kind"),
    ("SCIM ID", "/scim_id"),
    ("STATUS", "/status"),
    ("REQUEST ID", "/request_id"),
    ("CHANGED", "/changed"),
    ("REASON", "/reason"),
];

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List what was asked, newest first.
    List {
        #[command(flatten)]
        filter: Filter,
        #[command(flatten)]
        paging: Paging,
    },
    /// Show what is asked as it happens, newest last, until Ctrl-C.
    Tail {
        #[command(flatten)]
        filter: Filter,
        #[command(flatten)]
        pace: Pace,
    },
    /// Show all that came of one request: at the gateway and in the LMS, in the order of time.
    Show {
        #[arg(value_name = "REQUEST_ID")]
        request: Uuid,
    },
    /// Write the log to a file or a pipe.
    Export {
        #[command(flatten)]
        filter: Filter,
        #[command(flatten)]
        destination: Destination,
    },
}

/// Which entries.
#[derive(Args)]
pub(crate) struct Filter {
    /// Those of one request.
    #[arg(long, value_name = "ID")]
    request_id: Option<Uuid>,
    /// Those about one user or group.
    #[arg(long, value_name = "ID")]
    scim_id: Option<Uuid>,
    /// Those about the user with this userName.
    #[arg(long, value_name = "USER_NAME")]
    person: Option<String>,
    /// user or group.
    #[arg(long)]
    kind: Option<String>,
    /// Outcomes, with commas, such as refused,failed.
    #[arg(long)]
    outcome: Option<String>,
    /// Operation, such as patch or sign_in.
    #[arg(long)]
    operation: Option<String>,
    /// From when on: an instant, or how long ago, such as 2h.
    #[arg(long, value_parser = moment::past, value_name = "WHEN")]
    from: Option<String>,
    /// Until when.
    #[arg(long, value_parser = moment::past, value_name = "WHEN")]
    to: Option<String>,
    /// Leave out what the directory asks only to see whether the service is there.
    #[arg(long)]
    no_health_checks: bool,
}

impl Filter {
    pub(crate) fn query(&self) -> [(&'static str, Option<String>); 9] {
        [
            ("request_id", self.request_id.map(|id| id.to_string())),
            ("scim_id", self.scim_id.map(|id| id.to_string())),
            ("person", self.person.clone()),
            ("kind", self.kind.clone()),
            ("outcome", self.outcome.clone()),
            ("operation", self.operation.clone()),
            ("from", self.from.clone()),
            ("to", self.to.clone()),
            ("health_checks", self.no_health_checks.then(|| "false".to_owned())),
        ]
    }
}

pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::List { filter, paging } => {
            session.list(Side::Gateway, &["log"], &filter.query(), &paging, COLUMNS).await
        }
        Command::Tail { filter, pace } => log_tail::follow(session, &filter, &pace).await,
        Command::Show { request } => trail::show(session, request).await,
        Command::Export { filter, destination } => {
            export::write(session, Side::Gateway, "log", &filter.query(), &destination).await
        }
    }
}
