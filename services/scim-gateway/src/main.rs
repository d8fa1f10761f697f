//! The scim-gateway process.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use administration::Grants;
use anyhow::{Context, ensure};
use clap::{Parser, Subcommand};
use platform::admin::AdminTokens;
use platform::clock;
use platform::health;
use platform::settings::MigrationSettings;
use platform::shutdown::Shutdown;
use platform::telemetry;
use scim_gateway::settings::{self, Settings};
use scim_gateway::wiring;

/// Takes SCIM requests from Microsoft Entra ID, stores them, and publishes what changed.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Settings file (TOML); the environment (ILLUXI__SECTION__KEY) overrides it.
    #[arg(long)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serves until it is told to end (SIGTERM, Ctrl-C); so it does without a command.
    Serve,
    /// Brings the database to this version as the owner that `database.migration_url` names, and ends; it needs no
    /// other setting.
    Migrate,
    /// Asks the process that runs with these settings on this machine whether it is alive; for health checks.
    Health {
        /// Whether it can serve, its dependencies included.
        #[arg(long)]
        ready: bool,
    },
    /// Prints a token for the administrators' API, signed with `admin.key`: it is shown here and kept nowhere.
    AdminToken {
        /// Who will use it: a name for the record of acts.
        #[arg(long)]
        subject: String,
        /// What it allows: viewer, operator or owner, of all portals, or of one as PORTAL:ROLE; may be given several
        /// times.
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
        /// Days until it expires.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=365))]
        days: u16,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("scim-gateway: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    if let Some(Command::Migrate) = arguments.command {
        let settings = MigrationSettings::load(settings::DEFAULTS, arguments.config.as_deref())?;
        telemetry::start(&settings.log).map_err(anyhow::Error::from_boxed)?;
        return wiring::migrate_database(&settings.database.migration_url).await;
    }
    let settings = settings::load(arguments.config.as_deref())?;
    telemetry::start(&settings.log).map_err(anyhow::Error::from_boxed)?;
    match arguments.command {
        None | Some(Command::Serve | Command::Migrate) => {}
        Some(Command::Health { ready }) => return Ok(health::ask(&settings.private.listen, ready).await?),
        Some(Command::AdminToken { subject, roles, days }) => {
            return print_admin_token(&settings, &subject, &roles, days);
        }
    }
    let shutdown = Shutdown::new();
    let signals = shutdown.clone();
    let drain = settings.shutdown.drain();
    tokio::spawn(async move { signals.on_signal(drain).await });
    wiring::run(settings, shutdown).await
}

fn print_admin_token(settings: &Settings, subject: &str, roles: &[String], days: u16) -> anyhow::Result<()> {
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    for role in &roles {
        ensure!(!Grants::parse([role]).is_empty(), "{role}: must be viewer, operator, owner, or PORTAL:ROLE");
    }
    let life = chrono::Duration::days(days.into());
    let token = AdminTokens::new(&settings.admin.key)?.issue(subject, &roles, clock::now(), life)?;
    writeln!(std::io::stdout(), "{token}").context("printing the token")
}
