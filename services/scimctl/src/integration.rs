//! `scimctl integration`

mod settings;

use std::path::PathBuf;

use clap::Subcommand;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::Side;
use crate::confirm;
use crate::failure::Failure;
use crate::file;
use crate::output::Section;
use crate::paging::{self, List, Paging};
use crate::promotion::{self, Between, Subject};
use crate::session::Session;
use crate::table::{self, Column};

const COLUMNS: &[Column] = &[
    ("SLUG", "/slug"),
    ("PORTAL", "/portal"),
    ("ENVIRONMENT", "/environment"),
    ("STATE", "/state"),
    ("PROFILE", "/profile"),
    ("WARNINGS", "/warnings"),
];

const SECTIONS: &[Section] = &[("warnings", &[("CODE", "/code"), ("TEXT", "/text")])];

const FINDINGS: &[Section] = &[(
    "findings",
    &[("CODE", "/code"), ("USERS", "/users"), ("SHARE", "/share"), ("EXAMPLES", "/examples")],
)];

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the integrations of your portals.
    List {
        #[command(flatten)]
        paging: Paging,
    },
    /// Show one.
    Show { slug: String },
    /// Show how one is doing: the last requests, what went wrong, what waits to be told to the LMS.
    Summary { slug: String },
    /// Show how one is doing at the LMS side: its learners, and what waits there.
    LmsSummary { slug: String },
    /// Show what of its set-up was seen to work, and what looks wrong about the newest users.
    SetupCheck { slug: String },
    /// Make one.
    Create {
        slug: String,
        /// Portal that it feeds.
        #[arg(long)]
        portal: String,
        /// Environment that it feeds: production or staging.
        #[arg(long)]
        environment: String,
        /// State to begin with: enabled, paused or disabled.
        #[arg(long)]
        state: Option<String>,
        /// How its requests are read: entra or strict.
        #[arg(long, value_name = "PROFILE")]
        request_profile: Option<String>,
        /// Settings to begin with (JSON; - is the standard input).
        #[arg(long, value_name = "FILE")]
        settings: Option<PathBuf>,
    },
    /// Serve its requests.
    Enable { slug: String },
    /// Answer its requests with 503, so that the directory asks again later.
    Pause { slug: String },
    /// Refuse its requests.
    Disable { slug: String },
    /// Settings: how long the log is kept, and what of it.
    #[command(subcommand)]
    Settings(settings::Command),
    /// How requests are read.
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Attributes of one's own.
    #[command(subcommand)]
    Schema(SchemaCommand),
    /// End it for ever. What it left in the LMS stays there.
    Detach {
        slug: String,
        /// The slug once more, instead of being asked for it.
        #[arg(long, value_name = "SLUG")]
        confirm: Option<String>,
    },
    /// Show how two differ: settings, profile and schemas, and rules.
    Compare(Between),
    /// Make one like another: settings, profile and schemas, and rules.
    Promote(promotion::Promote),
}

#[derive(Subcommand)]
pub(crate) enum ProfileCommand {
    /// Set it.
    Set {
        slug: String,
        /// entra or strict.
        #[arg(value_name = "PROFILE")]
        request_profile: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum SchemaCommand {
    /// Add a schema to the users, or attributes to one that they have.
    Put {
        slug: String,
        urn: String,
        /// The schema (JSON, RFC 7643 section 7; - is the standard input).
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
    },
}

pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::List { paging } => {
            let list = List { side: Side::Gateway, path: &["integrations"], query: &[], body: None };
            session.show_items(&paging::read(&session.client, &list, &paging).await?, COLUMNS)
        }
        Command::Show { slug } => {
            let request = session.client.request(Method::GET, Side::Gateway, &["integrations", &slug])?;
            session.act(request, SECTIONS).await
        }
        Command::Summary { slug } => get(session, Side::Gateway, &slug, "summary", &[]).await,
        Command::LmsSummary { slug } => get(session, Side::Lms, &slug, "lms-summary", &[]).await,
        Command::SetupCheck { slug } => get(session, Side::Gateway, &slug, "setup-check", FINDINGS).await,
        Command::Create { slug, portal, environment, state, request_profile, settings } => {
            let mut body = json!({ "slug": slug, "portal": portal, "environment": environment });
            let settings = settings.map(|path| file::read_json(&path)).transpose()?;
            let given = [
                ("state", state.map(Value::from)),
                ("profile", request_profile.map(Value::from)),
                ("settings", settings),
            ];
            if let Value::Object(members) = &mut body {
                members.extend(given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
            }
            let request = session.client.request(Method::POST, Side::Gateway, &["integrations"])?;
            session.act(request.json(&body), SECTIONS).await
        }
        Command::Enable { slug } => put(session, &slug, &["state"], &json!({ "state": "enabled" })).await,
        Command::Pause { slug } => put(session, &slug, &["state"], &json!({ "state": "paused" })).await,
        Command::Disable { slug } => put(session, &slug, &["state"], &json!({ "state": "disabled" })).await,
        Command::Settings(command) => settings::run(session, command).await,
        Command::Profile(ProfileCommand::Set { slug, request_profile }) => {
            put(session, &slug, &["profile"], &json!({ "profile": request_profile })).await
        }
        Command::Schema(SchemaCommand::Put { slug, urn, file }) => {
            put(session, &slug, &["schemas", &urn], &file::read_json(&file)?).await
        }
        Command::Detach { slug, confirm } => detach(session, &slug, confirm.as_deref()).await,
        Command::Compare(between) => promotion::compare(session, &between, Subject::BOTH).await,
        Command::Promote(wanted) => promotion::promote(session, &wanted, Subject::BOTH).await,
    }
}

async fn get(
    session: &Session,
    side: Side,
    slug: &str,
    what: &str,
    sections: &[Section],
) -> Result<(), Failure> {
    session.act(session.client.request(Method::GET, side, &["integrations", slug, what])?, sections).await
}

async fn put(session: &Session, slug: &str, path: &[&str], body: &Value) -> Result<(), Failure> {
    let path = [&["integrations", slug], path].concat();
    session.act(session.client.request(Method::PUT, Side::Gateway, &path)?.json(body), SECTIONS).await
}

/// Shows what would be left behind, and has the slug typed, because there is no way back.
async fn detach(session: &Session, slug: &str, confirmed: Option<&str>) -> Result<(), Failure> {
    if confirmed.is_some() {
        confirm::typed(slug, confirmed, "")?;
    }
    let request = session.client.request(Method::GET, Side::Lms, &["integrations", slug, "detachment"])?;
    match session.client.send(request).await {
        Ok(left) => {
            eprintln!("What {slug} leaves in the LMS:\n{}\n", table::record(&left.json()?, &[], None))
        }
        Err(failure) if failure.is_not_found() => eprintln!("The LMS knows nothing of {slug}.\n"),
        Err(failure) => return Err(failure),
    }
    confirm::typed(slug, confirmed, "Detaching is for ever.")?;
    let request = session.client.request(Method::POST, Side::Gateway, &["integrations", slug, "detach"])?;
    session.act(request.json(&json!({ "confirm": slug })), SECTIONS).await
}
