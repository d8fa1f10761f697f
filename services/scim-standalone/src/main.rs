//! The whole product in one process.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;
use platform::health;
use platform::shutdown::Shutdown;
use platform::telemetry::{self, LogFormat, LogSettings, TraceSettings};
use scim_gateway::admin_token::AdminTokenArguments;
use scim_gateway::settings::{FederationSettings, PublicSettings};
use scim_standalone::{ServeOptions, Standalone};

/// The SCIM gateway, user-sync and their databases in one process.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves until it is told to end (SIGTERM, Ctrl-C).
    Serve(Box<ServeArguments>),
    /// Asks the process that runs on this machine whether it is alive; for health checks.
    Health {
        /// Address of its private listener.
        #[arg(long, default_value = "127.0.0.1:8081")]
        admin_listen: String,
        /// Whether it can serve, its databases included.
        #[arg(long)]
        ready: bool,
    },
    /// Prints a token for the administrators' API of the process that keeps its keys in this folder: it is shown here and
    /// kept nowhere.
    AdminToken {
        /// Folder of the databases and keys.
        #[arg(long)]
        data_dir: PathBuf,
        #[command(flatten)]
        asked: AdminTokenArguments,
    },
}

#[derive(Args)]
struct ServeArguments {
    /// Folder of the databases and keys.
    #[arg(long)]
    data_dir: PathBuf,
    /// Address of the public listener, where Entra comes in.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Address of the private listener, for administrators and health.
    #[arg(long, default_value = "127.0.0.1:8081")]
    admin_listen: SocketAddr,
    /// Address of the administrators' console.
    #[arg(long, default_value = "127.0.0.1:8083")]
    console_listen: SocketAddr,
    /// Address under which administrators reach the console, when it is another.
    #[arg(long)]
    console_base_url: Option<String>,
    /// Address under which clients reach the public listener, when it is another.
    #[arg(long, value_parser = PublicSettings::parse_base_url)]
    base_url: Option<String>,
    /// File that gets the addresses and tokens [default: bootstrap.json in the data folder].
    #[arg(long)]
    bootstrap_file: Option<PathBuf>,
    /// Network (CIDR) of a proxy that is believed what it says of a client; may be given several times.
    #[arg(long = "trusted-proxy", value_parser = scim_gateway::parse_network)]
    trusted_proxies: Vec<IpNet>,
    /// Where the keys of Entra's issuer are, for tests: http://127.0.0.1:PORT is good enough then.
    #[arg(long)]
    federation_authority: Option<String>,
    /// How the requests of the first integration are read: entra or strict [default: entra, then as before].
    #[arg(long)]
    profile: Option<String>,
    /// Where a collector takes OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces [default: no traces].
    #[arg(long, value_parser = TraceSettings::parse_endpoint)]
    traces_endpoint: Option<String>,
    /// Share of requests that are traced, 0 to 1.
    #[arg(long, default_value_t = 1.0, value_parser = TraceSettings::parse_ratio)]
    traces_ratio: f64,
    /// Which log records, such as info or warn,directory=debug.
    #[arg(long, default_value = "info")]
    log: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("scim-standalone: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.command {
        Command::Serve(arguments) => serve(*arguments).await,
        Command::AdminToken { data_dir, asked } => asked.print(&scim_standalone::admin_key(&data_dir)?),
        Command::Health { admin_listen, ready } => Ok(health::ask(&admin_listen, ready).await?),
    }
}

async fn serve(arguments: ServeArguments) -> anyhow::Result<()> {
    let ServeArguments {
        data_dir,
        listen,
        admin_listen,
        console_listen,
        console_base_url,
        base_url,
        bootstrap_file,
        trusted_proxies,
        federation_authority,
        profile,
        traces_endpoint,
        traces_ratio,
        log,
    } = arguments;
    telemetry::start(&LogSettings { filter: log, format: LogFormat::Json })
        .map_err(anyhow::Error::from_boxed)?;
    let bootstrap_file = bootstrap_file.unwrap_or_else(|| data_dir.join("bootstrap.json"));
    let options = ServeOptions {
        data_dir,
        listen,
        admin_listen,
        console_listen,
        console_base_url,
        base_url,
        bootstrap_file: bootstrap_file.clone(),
        trusted_proxies,
        federation: federation(federation_authority),
        profile,
        traces: TraceSettings { endpoint: traces_endpoint.unwrap_or_default(), ratio: traces_ratio },
    };
    let standalone = Standalone::open(&options).await?;
    greet(&standalone, &bootstrap_file)?;

    let shutdown = Shutdown::new();
    let signals = shutdown.clone();
    tokio::spawn(async move { signals.on_signal(Duration::ZERO).await });
    standalone.serve(&shutdown).await
}

fn federation(authority: Option<String>) -> FederationSettings {
    let entra = FederationSettings::default();
    match authority {
        Some(authority) => FederationSettings { authority, plain_http_on_loopback: true, ..entra },
        None => entra,
    }
}

/// Says how to connect. The token is shown on the first start only, and to somebody who looks on, as a link to the console
/// is: what goes elsewhere may be kept as a log. The token stays in the file.
fn greet(standalone: &Standalone, file: &std::path::Path) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let is_watched = out.is_terminal();
    let bootstrapped = &standalone.bootstrapped;
    let content = &bootstrapped.file;
    writeln!(out, "SCIM URL (Azure: Tenant URL):      {}", content.scim_url)?;
    if bootstrapped.first_start && is_watched {
        writeln!(out, "SCIM token (Azure: Secret Token):  {}", content.scim_token)?;
    }
    writeln!(out, "Learners and cohorts:              {}/admin/v1/...", content.admin_url)?;
    if is_watched {
        writeln!(out, "Console (once, for ten minutes):   {}", standalone.console_link()?.url)?;
    } else {
        let how = format!("scimctl console link --bootstrap-file {}", file.display());
        writeln!(out, "Console:                           {} ({how})", standalone.console_url())?;
    }
    writeln!(out, "Tokens are kept in:                {}", file.display())?;
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use clap::CommandFactory;

    use super::*;

    const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
    const BEGIN: &str = "<!-- arguments of scim-standalone: begin -->\n";
    const END: &str = "<!-- arguments of scim-standalone: end -->";

    fn table() -> String {
        let arguments = Arguments::command();
        let mut table = "| argument | default | meaning |\n|---|---|---|\n".to_owned();
        for argument in arguments.find_subcommand("serve").unwrap().get_arguments() {
            // What no value of clap can say stands at the end of the text.
            let (name, help) = (argument.get_long().unwrap(), argument.get_help().unwrap().to_string());
            let (meaning, told) = help.split_once(" [default: ").unwrap_or((&help, "none]"));
            let default = match argument.get_default_values() {
                [value] => format!("`{}`", value.to_str().unwrap()),
                _ if argument.is_required_set() => "**required**".to_owned(),
                _ => told.trim_end_matches(']').to_owned(),
            };
            writeln!(table, "| `--{name}` | {default} | {meaning} |").unwrap();
        }
        table
    }

    /// `UPDATE=1` writes the table.
    #[test]
    fn every_argument_stands_in_the_documentation() {
        let document = std::fs::read_to_string(DOCUMENT).unwrap();
        let (before, rest) = document.split_once(BEGIN).unwrap();
        let (documented, after) = rest.split_once(END).unwrap();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(DOCUMENT, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
        } else {
            assert_eq!(documented, table(), "UPDATE=1 cargo test -p scim-standalone --bins writes it");
        }
    }
}
