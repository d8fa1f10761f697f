#![doc = include_str!("../README.md")]

mod document;
mod figures;
mod floor;
mod gate;
mod load;
mod meter;
mod plan;
mod processes;
mod scenarios;
mod surroundings;
mod wire;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Parser, Subcommand};

use self::document::Circumstances;
use self::figures::Figures;
use self::floor::FloorOptions;
use self::gate::Gates;
use self::plan::Plan;
use self::processes::Programs;
use self::scenarios::{Bench, comparison};
use self::surroundings::Surroundings;

/// Above it, somebody else is at work on the machine.
const BUSY_PERCENT: f64 = 10.0;

/// Measures the services beside the least work that each request could cost.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures everything and writes it down.
    Run(RunOptions),
    /// Serves the floor; `run` starts it by itself.
    Floor(FloorOptions),
}

#[derive(clap::Args)]
struct RunOptions {
    /// About three minutes, in small directories.
    #[arg(long)]
    quick: bool,
    /// Measure although others are at work on the machine. The document says so.
    #[arg(long)]
    busy: bool,
    /// Document that gets the tables, between its two markers.
    #[arg(long)]
    document: Option<PathBuf>,
    /// File of ratios that must be kept to; ends with 1 when one is not.
    #[arg(long, conflicts_with = "before")]
    gates: Option<PathBuf>,
    /// Folder of the release binaries of another build: that one and this are compared, and nothing else.
    #[arg(long, conflicts_with = "document")]
    before: Option<PathBuf>,
    /// Folder of the release binaries.
    #[arg(long, default_value = "target/release")]
    binaries: PathBuf,
    /// Folder for logs and files of the run; emptied first.
    #[arg(long, default_value = ".data/bench")]
    folder: PathBuf,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Floor(options) => floor::serve(options).map(|()| ExitCode::SUCCESS),
        // One thread: the load must leave the cores to what it measures.
        Command::Run(options) => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(anyhow::Error::from)
            .and_then(|runtime| runtime.block_on(run(&options))),
    };
    done.unwrap_or_else(|error| {
        eprintln!("bench: {error:#}");
        ExitCode::FAILURE
    })
}

async fn run(options: &RunOptions) -> anyhow::Result<ExitCode> {
    // Read first: a mistake in it must not be found after a quarter of an hour.
    let gates = options.gates.as_deref().map(Gates::read).transpose()?;
    let busy_percent = meter::machine_busy_percent().await?;
    ensure!(
        options.busy || busy_percent <= BUSY_PERCENT,
        "the machine is {busy_percent:.0} % busy: wait, or measure all the same with --busy"
    );
    let circumstances = Circumstances::of(busy_percent, options.quick).await?;
    let figures = measure(options).await?;
    let tables = document::render(&circumstances, &figures);
    write_out(&tables)?;
    if let Some(path) = &options.document {
        document::write(path, &tables)?;
    }
    let Some(gates) = gates else { return Ok(ExitCode::SUCCESS) };
    let judged = gates.judge(&figures.by_name());
    write_out(&gate::render(&judged))?;
    let kept = judged.iter().all(|judgement| judgement.is_kept());
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Measures, and removes what that left on the servers, also after Ctrl-C.
async fn measure(options: &RunOptions) -> anyhow::Result<Figures> {
    // Also what a run before left there.
    if options.folder.exists() {
        std::fs::remove_dir_all(&options.folder)?;
    }
    std::fs::create_dir_all(&options.folder)?;
    let mut bench = Bench {
        plan: if options.quick { Plan::QUICK } else { Plan::FULL },
        programs: Programs { binaries: options.binaries.clone(), folder: options.folder.clone() },
        surroundings: Surroundings::from_environment()?,
        figures: Figures::default(),
    };
    let running = async {
        match &options.before {
            Some(before) => comparison::run(&mut bench, before).await,
            None => bench.run().await,
        }
    };
    let ran = tokio::select! {
        ran = running => ran,
        stopped = tokio::signal::ctrl_c() => stopped.context("no signals").and(Err(anyhow::anyhow!("stopped"))),
    };
    bench.surroundings.remove().await?;
    ran.map(|()| bench.figures)
}

fn write_out(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
