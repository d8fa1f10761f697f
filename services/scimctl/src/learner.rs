//! `scimctl learner`

use clap::Subcommand;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::Side;
use crate::confirm;
use crate::failure::Failure;
use crate::moment;
use crate::output::Section;
use crate::paging::Paging;
use crate::session::Session;
use crate::table::Column;

const COLUMNS: &[Column] = &[
    ("LEARNER", "/learner_id"),
    ("LOGIN", "/login"),
    ("NAME", "/display_name"),
    ("STATUS", "/status"),
    ("WHY INACTIVE", "/inactive_reason"),
    ("SCIM ID", "/scim_id"),
];

const EXPLANATION: &[Section] = &[(
    "attributes",
    &[
        ("ATTRIBUTE", "/attribute"),
        ("VALUE", "/value"),
        ("DIRECTORY", "/directory"),
        ("RULE", "/rule/mode"),
        ("SET BY", "/set_by"),
        ("WHY", "/words"),
    ],
)];

const EXEMPTIONS: &[Column] = &[
    ("LEARNER", "/learner_id"),
    ("UNTIL", "/ends_at"),
    ("GRANTED BY", "/granted_by"),
    ("GRANTED", "/granted_at"),
    ("REASON", "/reason"),
];

const ERASURES: &[Column] = &[
    ("LEARNER", "/learner_id"),
    ("REQUESTED BY", "/requested_by"),
    ("REQUESTED", "/requested_at"),
    ("REASON", "/reason"),
];

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the learners who come from the directory.
    List {
        /// The one with this login, in any letter case.
        #[arg(long)]
        login: Option<String>,
        /// Only those: active or inactive.
        #[arg(long)]
        status: Option<String>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Find learners by how a name or an address begins, or by a whole employee number or external id.
    Search {
        text: String,
        /// Only those: active or inactive.
        #[arg(long)]
        status: Option<String>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Say why a learner is as they are.
    Explain { id: Uuid },
    /// Let a learner not follow the directory for a time.
    Exempt {
        id: Uuid,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Until when: an instant, or a time such as 90d; two years at most.
        #[arg(long, value_parser = moment::future, value_name = "WHEN")]
        until: String,
    },
    /// Exemptions in force.
    #[command(subcommand)]
    Exemption(ExemptionCommand),
    /// Forgetting a person, which takes two administrators.
    #[command(subcommand)]
    Erasure(ErasureCommand),
}

#[derive(Subcommand)]
pub(crate) enum ExemptionCommand {
    /// List them.
    List {
        #[command(flatten)]
        paging: Paging,
    },
    /// Show that of a learner.
    Show { id: Uuid },
    /// End that of a learner now.
    End { id: Uuid },
}

#[derive(Subcommand)]
pub(crate) enum ErasureCommand {
    /// List those that wait for another administrator, newest first.
    List {
        #[command(flatten)]
        paging: Paging,
    },
    /// Ask for it. Nothing happens yet.
    Request {
        id: Uuid,
        /// Why. It is kept: do not name the person.
        #[arg(long)]
        reason: String,
    },
    /// Show whether it was asked for, and by whom.
    Show { id: Uuid },
    /// Erase whom another administrator asked to erase. There is no way back.
    Confirm {
        id: Uuid,
        /// The id once more, instead of being asked for it.
        #[arg(long, value_name = "ID")]
        confirm: Option<String>,
    },
    /// Withdraw the request.
    Withdraw { id: Uuid },
}

pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::List { login, status, paging } => {
            session
                .list(Side::Lms, &["learners"], &[("login", login), ("status", status)], &paging, COLUMNS)
                .await
        }
        Command::Search { text, status, paging } => {
            let mut body = json!({ "text": text });
            if let (Some(status), Value::Object(members)) = (status, &mut body) {
                members.insert("status".to_owned(), status.into());
            }
            session.search(&["learners", "search"], &body, &paging, COLUMNS).await
        }
        Command::Explain { id } => {
            session.show(Side::Lms, &["learners", &id.to_string(), "explain"], EXPLANATION).await
        }
        Command::Exempt { id, reason, until } => {
            let body = json!({ "reason": reason, "ends_at": until });
            let request =
                session.request(Method::PUT, Side::Lms, &["learners", &id.to_string(), "exemption"])?;
            session.act(request.json(&body), &[]).await
        }
        Command::Exemption(ExemptionCommand::List { paging }) => {
            session.list(Side::Lms, &["exemptions"], &[], &paging, EXEMPTIONS).await
        }
        Command::Exemption(ExemptionCommand::Show { id }) => {
            plain(session, Method::GET, id, &["exemption"]).await
        }
        Command::Exemption(ExemptionCommand::End { id }) => {
            plain(session, Method::DELETE, id, &["exemption"]).await
        }
        Command::Erasure(ErasureCommand::List { paging }) => {
            session.list(Side::Lms, &["erasures"], &[], &paging, ERASURES).await
        }
        Command::Erasure(ErasureCommand::Request { id, reason }) => {
            session.decide(&["learners", &id.to_string(), "erasure"], &json!({ "reason": reason })).await
        }
        Command::Erasure(ErasureCommand::Show { id }) => plain(session, Method::GET, id, &["erasure"]).await,
        Command::Erasure(ErasureCommand::Confirm { id, confirm }) => {
            confirm::typed(&id.to_string(), confirm.as_deref(), "There is no way back from an erasure.")?;
            plain(session, Method::POST, id, &["erasure", "confirm"]).await
        }
        Command::Erasure(ErasureCommand::Withdraw { id }) => {
            plain(session, Method::DELETE, id, &["erasure"]).await
        }
    }
}

async fn plain(session: &Session, method: Method, learner: Uuid, path: &[&str]) -> Result<(), Failure> {
    let learner = learner.to_string();
    let path = [&["learners", learner.as_str()], path].concat();
    session.act(session.request(method, Side::Lms, &path)?, &[]).await
}
