//! The scim-gateway process.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use platform::health;
use platform::settings::MigrationSettings;
use platform::shutdown::Shutdown;
use platform::telemetry;
use scim_gateway::admin_token::AdminTokenArguments;
use scim_gateway::settings;
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
    AdminToken(AdminTokenArguments),
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
        Some(Command::AdminToken(asked)) => return asked.print(&settings.admin.key),
    }
    let shutdown = Shutdown::new();
    let signals = shutdown.clone();
    let drain = settings.shutdown.drain();
    tokio::spawn(async move { signals.on_signal(drain).await });
    wiring::run(settings, shutdown).await
}
