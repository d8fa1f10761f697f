//! `scimctl effect`

use clap::{Args, Subcommand};
use uuid::Uuid;

use crate::client::Side;
use crate::export::{self, Destination};
use crate::failure::Failure;
use crate::moment;
use crate::paging::Paging;
use crate::session::Session;
use crate::table::Column;

const COLUMNS: &[Column] = &[
    ("AT", "/at"),
    ("OUTCOME", "/outcome"),
    ("EVENT", "/event_type"),
    ("KIND", "/kind"),
    ("LEARNER", "/learner_id"),
    ("COHORT", "/cohort_id"),
    ("CHANGED", "/changed"),
    ("REQUEST ID", "/request_id"),
    ("REASON", "/reason"),
];

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List what events did, newest first.
    List {
        #[command(flatten)]
        filter: Filter,
        #[command(flatten)]
        paging: Paging,
    },
    /// Write it to a file or a pipe.
    Export {
        #[command(flatten)]
        filter: Filter,
        #[command(flatten)]
        destination: Destination,
    },
}

/// Which effects.
#[derive(Args)]
pub(crate) struct Filter {
    /// Those of one request to the gateway.
    #[arg(long, value_name = "ID")]
    request_id: Option<Uuid>,
    /// Those on one learner.
    #[arg(long, value_name = "ID")]
    learner: Option<Uuid>,
    /// Those on one cohort.
    #[arg(long, value_name = "ID")]
    cohort: Option<Uuid>,
    /// Those of one user or group.
    #[arg(long, value_name = "ID")]
    scim_id: Option<Uuid>,
    /// Outcomes, with commas, such as held,parked.
    #[arg(long)]
    outcome: Option<String>,
    /// From when on: an instant, or how long ago, such as 2h.
    #[arg(long, value_parser = moment::past, value_name = "WHEN")]
    from: Option<String>,
    /// Until when.
    #[arg(long, value_parser = moment::past, value_name = "WHEN")]
    to: Option<String>,
}

impl Filter {
    fn query(&self) -> [(&'static str, Option<String>); 7] {
        [
            ("request_id", self.request_id.map(|id| id.to_string())),
            ("learner_id", self.learner.map(|id| id.to_string())),
            ("cohort_id", self.cohort.map(|id| id.to_string())),
            ("scim_id", self.scim_id.map(|id| id.to_string())),
            ("outcome", self.outcome.clone()),
            ("from", self.from.clone()),
            ("to", self.to.clone()),
        ]
    }
}

pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::List { filter, paging } => {
            session.list(Side::Lms, &["effects"], &filter.query(), &paging, COLUMNS).await
        }
        Command::Export { filter, destination } => {
            export::write(session, Side::Lms, "effects", &filter.query(), &destination).await
        }
    }
}
