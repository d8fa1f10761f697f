//! The admin-console process.

use std::path::PathBuf;
use std::process::ExitCode;

use admin_console::{settings, wiring};
use clap::Parser;
use platform::shutdown::Shutdown;
use platform::telemetry;

/// The administrators' web console. Serves until it is told to end (SIGTERM, Ctrl-C).
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Settings file (TOML); the environment (ILLUXI__SECTION__KEY) overrides it.
    #[arg(long)]
    config: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("admin-console: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let settings = settings::load(arguments.config.as_deref())?;
    telemetry::start(&settings.log).map_err(anyhow::Error::from_boxed)?;
    let shutdown = Shutdown::new();
    let signals = shutdown.clone();
    let drain = settings.shutdown.drain();
    tokio::spawn(async move { signals.on_signal(drain).await });
    wiring::run(settings, shutdown).await
}
