//! What is not done yet: `scimctl parked`, `scimctl stuck`, `scimctl missing-manager`

use clap::Subcommand;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::client::Side;
use crate::failure::Failure;
use crate::paging::Paging;
use crate::session::Session;
use crate::table::Column;

const PARKED: &[Column] = &[
    ("EVENT", "/event_id"),
    ("SUBJECT", "/subject"),
    ("CODE", "/reason_code"),
    ("ATTEMPTS", "/attempts"),
    ("SINCE", "/first_parked_at"),
    ("NEXT TRY", "/next_try_at"),
    ("REASON", "/reason"),
];

const STUCK: &[Column] = &[
    ("SCIM ID", "/scim_id"),
    ("KIND", "/kind"),
    ("CODE", "/reason_code"),
    ("ATTEMPTS", "/attempts"),
    ("SINCE", "/requested_at"),
    ("NEXT TRY", "/next_try_at"),
    ("REASON", "/reason"),
];

const MISSING_MANAGERS: &[Column] = &[("MANAGER", "/manager_scim_id"), ("REPORTS", "/reports")];

#[derive(Subcommand)]
pub(crate) enum ParkedCommand {
    /// List them.
    List {
        /// Those of this code, such as no_seat.
        #[arg(long, value_name = "CODE")]
        reason: Option<String>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Try one now.
    Retry {
        #[arg(value_name = "EVENT_ID")]
        event: Uuid,
    },
    /// Forget one: what it says is done without.
    Discard {
        #[arg(value_name = "EVENT_ID")]
        event: Uuid,
    },
    /// Try all now.
    RetryAll {
        /// Those of this code.
        #[arg(long, value_name = "CODE")]
        reason: Option<String>,
    },
}

#[derive(Subcommand)]
pub(crate) enum StuckCommand {
    /// List them.
    List {
        #[command(flatten)]
        paging: Paging,
    },
    /// Try one now.
    Retry { scim_id: Uuid },
}

#[derive(Subcommand)]
pub(crate) enum MissingManagerCommand {
    /// List them, with the number of people who name them.
    List {
        #[command(flatten)]
        paging: Paging,
    },
}

pub(crate) async fn parked(session: &Session, command: ParkedCommand) -> Result<(), Failure> {
    match command {
        ParkedCommand::List { reason, paging } => {
            session.list(Side::Lms, &["parked"], &[("reason", reason)], &paging, PARKED).await
        }
        ParkedCommand::Retry { event } => retry(session, "parked", event).await,
        ParkedCommand::Discard { event } => {
            let path = ["parked", &event.to_string()];
            session.act(session.request(Method::DELETE, Side::Lms, &path)?, &[]).await
        }
        ParkedCommand::RetryAll { reason } => {
            let wanted = reason.map_or_else(|| json!({}), |reason| json!({ "reason": reason }));
            session.decide(&["parked", "retry"], &wanted).await
        }
    }
}

pub(crate) async fn stuck(session: &Session, command: StuckCommand) -> Result<(), Failure> {
    match command {
        StuckCommand::List { paging } => session.list(Side::Lms, &["stuck"], &[], &paging, STUCK).await,
        StuckCommand::Retry { scim_id } => retry(session, "stuck", scim_id).await,
    }
}

pub(crate) async fn missing_manager(
    session: &Session,
    command: MissingManagerCommand,
) -> Result<(), Failure> {
    let MissingManagerCommand::List { paging } = command;
    session.list(Side::Lms, &["missing-managers"], &[], &paging, MISSING_MANAGERS).await
}

async fn retry(session: &Session, list: &str, id: Uuid) -> Result<(), Failure> {
    session.act(session.request(Method::POST, Side::Lms, &[list, &id.to_string(), "retry"])?, &[]).await
}
