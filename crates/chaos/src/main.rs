#![doc = include_str!("../README.md")]
#![allow(clippy::print_stdout, reason = "a program for developers, whose output is its purpose")]
#![allow(clippy::indexing_slicing, reason = "JSON without a member is null, and says so in the next line")]

mod chance;
mod database;
mod document;
mod endure;
mod fault;
mod faults;
mod matrix;
mod oracle;
mod report;
mod servers;
mod site;
mod trial;
mod workload;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Instant, SystemTime};

use anyhow::{Context, bail, ensure};
use clap::{Parser, Subcommand};
use futures::future::join_all;

use crate::endure::Endurance;
use crate::fault::{Fault, How};
use crate::matrix::MATRIX;
use crate::report::Report;
use crate::servers::Servers;
use crate::site::Site;
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
    /// Carries out one of the long runs.
    Endure(Endure),
}

#[derive(clap::Args)]
struct Run {
    /// Ids, such as F02; all when none is given.
    ids: Vec<String>,
    /// Only those that belong to the tests of every change.
    #[arg(long)]
    fast: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct Endure {
    #[command(subcommand)]
    which: Endurance,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct Common {
    /// Decides what Entra writes, and when what is restarted; drawn anew when not given.
    #[arg(long, global = true)]
    seed: Option<u64>,
    /// Folder for logs, and for both databases of a trial that failed.
    #[arg(long, global = true, default_value = ".data/chaos")]
    folder: PathBuf,
    /// Folder of scim-gateway and user-sync; that of this program when not given.
    #[arg(long, global = true)]
    programs: Option<PathBuf>,
    /// Document that gets the figures between its markers.
    #[arg(long, global = true)]
    document: Option<PathBuf>,
    /// What stands above them: which machine, which day.
    #[arg(long, global = true, default_value = "")]
    about: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let ran = match Arguments::parse().command {
        Command::List => Ok(list()),
        Command::Run(run) => carry_out(run).await,
        Command::Endure(endure) => carry_out_long(endure).await,
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

impl Common {
    /// Starts servers, and says where to look. Answers the seed as well.
    async fn prepare(&self) -> anyhow::Result<(Site, u64)> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        let seed = self.seed.unwrap_or(now.as_secs());
        let folder = std::path::absolute(self.folder.join(now.as_secs().to_string()))?;
        std::fs::create_dir_all(&folder)?;
        println!("seed {seed}, folder {}", folder.display());
        let here = std::env::current_exe()?;
        let beside = here.parent().context("a folder")?;
        let programs = std::path::absolute(self.programs.as_deref().unwrap_or(beside))?;
        Ok((Site { servers: Servers::start().await, programs, folder }, seed))
    }
}

/// Answers whether every fault was survived.
async fn carry_out(run: Run) -> anyhow::Result<bool> {
    for id in &run.ids {
        ensure!(MATRIX.iter().any(|fault| fault.id == id), "there is no fault {id}");
    }
    let is_wanted = |fault: &&Fault| {
        (run.ids.is_empty() || run.ids.iter().any(|id| id == fault.id)) && (fault.is_fast || !run.fast)
    };
    let (site, seed) = run.common.prepare().await?;
    let mut report = Report::default();
    let mut is_good = true;
    let wanted: Vec<&'static Fault> = MATRIX.iter().filter(is_wanted).collect();
    // Those of every change hurt no server, so that they can share them at the same time.
    let at_once = if run.fast { wanted.len() } else { 1 };
    for faults in wanted.chunks(at_once.max(1)) {
        let trials = faults.iter().map(|fault| carry_out_one(fault, &site, seed));
        let outcomes = tokio::select! {
            outcomes = join_all(trials) => outcomes,
            _ = tokio::signal::ctrl_c() => bail!("interrupted"),
        };
        for (fault, outcome) in faults.iter().zip(&outcomes) {
            is_good &= outcome.is_good();
            report.add(fault, outcome);
        }
        // At once: a run takes long, and what is known already must not go with it.
        if let Some(document) = &run.common.document {
            report.write_into(document, &run.common.about)?;
        }
    }
    let folder = site.folder.display();
    println!("\n{}\n\nseed {seed}, logs and what explains failures: {folder}", report.to_text());
    Ok(is_good)
}

/// Answers whether it was survived.
async fn carry_out_long(endure: Endure) -> anyhow::Result<bool> {
    let (site, seed) = endure.common.prepare().await?;
    // A task of its own, so that servers are stopped whatever panics in it.
    let running = tokio::spawn(endure.which.run(site.clone(), seed));
    let endured = tokio::select! {
        endured = running => endured??,
        _ = tokio::signal::ctrl_c() => bail!("interrupted"),
    };
    println!("{}", endured.to_text());
    for violation in endured.verdict.violations.iter().take(20) {
        println!("      {violation}");
    }
    if let Some(document) = &endure.common.document {
        endured.write_into(document, &endure.common.about)?;
    }
    Ok(endured.verdict.violations.is_empty())
}

async fn carry_out_one(fault: &'static Fault, site: &Site, seed: u64) -> Outcome {
    let started = Instant::now();
    let outcome = trial::run(fault, site.clone(), seed).await;
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
