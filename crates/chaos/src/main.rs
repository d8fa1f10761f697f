#![doc = include_str!("../README.md")]
#![allow(clippy::print_stdout, reason = "a program for developers, whose output is its purpose")]
#![allow(clippy::indexing_slicing, reason = "JSON without a member is null, and says so in the next line")]

mod chance;
mod database;
mod fault;
mod faults;
mod matrix;
mod oracle;
mod report;
mod servers;
mod trial;
mod workload;
mod world;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Instant, SystemTime};

use anyhow::{bail, ensure};
use clap::{Parser, Subcommand};
use futures::future::join_all;

use crate::fault::{Fault, How};
use crate::matrix::MATRIX;
use crate::report::Report;
use crate::servers::Servers;
use crate::trial::Outcome;

/// Breaks what can break around scim-gateway and user-sync, and checks that nothing is lost, doubled or half done.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Lists the faults.
    List,
    /// Carries out faults, one after the other.
    Run(Run),
}

#[derive(clap::Args)]
struct Run {
    /// Ids, such as F02; all when none is given.
    ids: Vec<String>,
    /// Only those that belong to the tests of every change.
    #[arg(long)]
    fast: bool,
    /// Decides what Entra writes; drawn anew when not given.
    #[arg(long)]
    seed: Option<u64>,
    /// Folder for logs, and for both databases of a trial that failed.
    #[arg(long, default_value = ".data/chaos")]
    folder: PathBuf,
    /// Document that gets the table between its markers.
    #[arg(long)]
    document: Option<PathBuf>,
    /// What stands above that table: which machine, which day.
    #[arg(long, default_value = "")]
    about: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let ran = match Arguments::parse().command {
        Command::List => Ok(list()),
        Command::Run(run) => carry_out(run).await,
    };
    match ran {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("chaos: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn list() -> bool {
    for Fault { id, title, is_fast, how } in MATRIX {
        let note = match how {
            How::Injected { .. } if *is_fast => "  [fast]".to_owned(),
            How::Injected { .. } => String::new(),
            How::Shown(test) => format!("  [see {test}]"),
            How::NotRun(reason) => format!("  [not run: {reason}]"),
        };
        println!("{id}  {title}{note}");
    }
    true
}

/// Answers whether every fault was survived.
async fn carry_out(run: Run) -> anyhow::Result<bool> {
    for id in &run.ids {
        ensure!(MATRIX.iter().any(|fault| fault.id == id), "there is no fault {id}");
    }
    let is_wanted = |fault: &&Fault| {
        (run.ids.is_empty() || run.ids.iter().any(|id| id == fault.id)) && (fault.is_fast || !run.fast)
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let seed = run.seed.unwrap_or(now.as_secs());
    let folder = std::path::absolute(run.folder.join(now.as_secs().to_string()))?;
    std::fs::create_dir_all(&folder)?;
    println!("seed {seed}, folder {}", folder.display());
    let servers = Servers::start().await;
    let mut report = Report::default();
    let mut is_good = true;
    let wanted: Vec<&'static Fault> = MATRIX.iter().filter(is_wanted).collect();
    // Those of every change hurt no server, so that they can share them at the same time.
    let at_once = if run.fast { wanted.len() } else { 1 };
    for faults in wanted.chunks(at_once.max(1)) {
        let trials = faults.iter().map(|fault| carry_out_one(fault, &servers, &folder, seed));
        let outcomes = tokio::select! {
            outcomes = join_all(trials) => outcomes,
            _ = tokio::signal::ctrl_c() => bail!("interrupted"),
        };
        for (fault, outcome) in faults.iter().zip(&outcomes) {
            is_good &= outcome.is_good();
            report.add(fault, outcome);
        }
    }
    println!("\n{}\n\nseed {seed}, logs and what explains failures: {}", report.to_text(), folder.display());
    if let Some(document) = &run.document {
        report.write_into(document, &run.about)?;
    }
    Ok(is_good)
}

async fn carry_out_one(fault: &'static Fault, servers: &Servers, folder: &Path, seed: u64) -> Outcome {
    let started = Instant::now();
    let outcome = trial::run(fault, servers.clone(), folder, seed).await;
    announce(fault, &outcome, started.elapsed().as_secs());
    outcome
}

/// Says at once what came of it.
fn announce(fault: &Fault, outcome: &Outcome, seconds: u64) {
    let (said, details) = match outcome {
        Outcome::Judged(verdict) if outcome.is_good() => ("survived", verdict.violations.clone()),
        Outcome::Judged(verdict) => ("FAILED", verdict.violations.clone()),
        Outcome::Broken(reason) => ("NOT CARRIED OUT", vec![reason.clone()]),
        Outcome::Shown(_) | Outcome::NotRun(_) => return,
    };
    println!("{} {}: {said} ({seconds} s)", fault.id, fault.title);
    for detail in details.iter().take(10) {
        println!("      {detail}");
    }
}
