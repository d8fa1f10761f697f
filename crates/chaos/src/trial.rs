//! One fault, from a fresh start of the product to the verdict.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::fault::{Fault, How, Impossible};
use crate::oracle::{self, Bystanders, Expected, Verdict};
use crate::site::Site;
use crate::workload::{Ledger, Population, Workload};
use crate::world::{Cast, World};

/// How long everything may take to be quiet again: parked events are given again after up to 90 seconds.
const PATIENCE: Duration = Duration::from_secs(180);

/// How long writers wait in the end for the answers of what they began.
const LAST_ANSWERS: Duration = Duration::from_secs(180);

/// The product while it suffers.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) load: Workload,
    /// What the fault leaves behind on purpose.
    pub(crate) expected: Expected,
    /// What must be true in the end when it is not what was written last.
    pub(crate) ledger: Option<Ledger>,
}

/// What came of a trial.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// It ran to its end.
    Judged(Verdict),
    /// It could not be carried out.
    Broken(String),
    /// Tests show it.
    Shown(&'static str),
    /// It cannot be injected here.
    NotRun(&'static str),
}

impl Outcome {
    pub(crate) fn is_good(&self) -> bool {
        match self {
            Self::Judged(verdict) => verdict.violations.is_empty(),
            Self::Broken(_) => false,
            Self::Shown(_) | Self::NotRun(_) => true,
        }
    }
}

/// Carries out a fault. What went wrong stays in the trial's folder.
pub(crate) async fn run(fault: &'static Fault, site: Site, seed: u64) -> Outcome {
    let (cast, population, inject) = match fault.how {
        How::Injected { cast, population, inject } => (cast, population, inject),
        How::Shown(tests) => return Outcome::Shown(tests),
        How::NotRun(reason) => return Outcome::NotRun(reason),
    };
    let carrying_out = async move {
        let mut stage = Stage::prepare(site.of(fault.id)?, cast, population, seed).await?;
        let before = Bystanders::prepare(&stage.world).await?;
        stage.load.begin();
        inject(&mut stage).await.context("the fault could not be injected")?;
        stage.world.mend().await?;
        let ended = Instant::now();
        stage.world.are_ready().await?;
        stage.load.stop(LAST_ANSWERS).await?;
        let verdict = stage.judge(&before, ended, PATIENCE).await?;
        if !verdict.violations.is_empty() {
            keep(&stage.world, &verdict, seed)?;
        }
        anyhow::Ok(verdict)
    };
    // A task of its own: whatever panics in it must not end the others.
    match tokio::spawn(carrying_out).await {
        Ok(Ok(verdict)) => Outcome::Judged(verdict),
        Ok(Err(failure)) => match failure.downcast_ref() {
            Some(Impossible(reason)) => Outcome::NotRun(reason),
            None => Outcome::Broken(format!("{failure:#}")),
        },
        Err(panic) => Outcome::Broken(panic.to_string()),
    }
}

impl Stage {
    /// The product with two integrations full of people, of whom the LMS knows.
    pub(crate) async fn prepare(
        site: Site,
        cast: Cast,
        population: Population,
        seed: u64,
    ) -> anyhow::Result<Self> {
        site.servers.mend().await;
        let world = World::start(site, cast).await?;
        let canary = Population { staff: 4, guests: 2, teams: 1, ..Population::default() };
        let canary = Workload::prepare(&world.canary, seed, canary).await?;
        let load = Workload::prepare(&world.sufferer, seed, population).await?;
        let stage = Self { world, load, expected: Expected::default(), ledger: None };
        stage.is_followed(&canary).await?;
        stage.world.let_everybody_go().await?;
        Ok(stage)
    }

    /// What the oracle says, once nobody writes any more.
    pub(crate) async fn judge(
        &mut self,
        before: &Bystanders,
        since: Instant,
        patience: Duration,
    ) -> anyhow::Result<Verdict> {
        let ledger = self.ledger.take().unwrap_or_else(|| self.load.ledger());
        std::fs::write(self.world.folder.join("answers"), format!("{:?}\n", ledger.answers))?;
        oracle::judge(&self.world, &ledger, before, self.expected, since, patience).await
    }

    /// Waits until the LMS has everybody of both integrations.
    async fn is_followed(&self, canary: &Workload) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let people = self.load.ledger().people.len() + canary.ledger().people.len();
        loop {
            let unsent = "select count(*) from directory.outbox";
            let handled = "select count(*) from sync.inbox";
            let told = self.world.directory.number("select count(*) from directory.event_log").await?;
            let learners = self.world.lms.number("select count(*) from lms.learner").await?;
            // Whoever came before their manager is decided once more.
            let undecided = self.world.lms.number("select count(*) from sync.recheck").await?;
            let is_done = self.world.directory.number(unsent).await? == 0
                && self.world.lms.number(handled).await? == told
                && undecided == 0
                && usize::try_from(learners)? == people;
            if is_done {
                return Ok(());
            }
            anyhow::ensure!(Instant::now() < deadline, "the LMS does not follow even before the fault");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Stops the load, and waits until nothing is on its way.
    pub(crate) async fn settle(&mut self) -> anyhow::Result<()> {
        self.load.stop(PATIENCE).await?;
        self.world.all_is_sent().await?;
        let deadline = Instant::now() + PATIENCE;
        let told: BTreeSet<String> = self
            .world
            .directory
            .column("select event_id::text from directory.event_log")
            .await?
            .into_iter()
            .collect();
        loop {
            let handled = self.world.lms.column("select event_id::text from sync.inbox").await?;
            let handled: BTreeSet<String> = handled.into_iter().collect();
            if told.is_subset(&handled) {
                return Ok(());
            }
            anyhow::ensure!(Instant::now() < deadline, "events are not handled after {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Lets the load go on for so long.
    pub(crate) async fn go_on(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// Keeps what explains a violation: the sentences, the seed, and both databases. Logs are there already.
pub(crate) fn keep(world: &World, verdict: &Verdict, seed: u64) -> anyhow::Result<()> {
    let text = verdict.violations.join("\n");
    std::fs::write(world.folder.join("violations"), format!("seed {seed}\n{text}\n"))?;
    for (name, database) in [("directory.sql", &world.directory), ("lms.sql", &world.lms)] {
        let file = world.folder.join(name);
        let status = Command::new("pg_dump").arg("--file").arg(file).arg(database.url()).status()?;
        anyhow::ensure!(status.success(), "pg_dump of {name}");
    }
    Ok(())
}
