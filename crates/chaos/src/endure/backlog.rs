//! A long absence of the broker, and the backlog behind it.

use std::time::{Duration, Instant};

use anyhow::ensure;

use super::{Endured, LAST_ANSWERS, PAIRS, crowd};
use crate::oracle::Bystanders;
use crate::site::Site;
use crate::trial::{Stage, keep};
use crate::world::{Mebibytes, World};

/// Within which the backlog is gone after the broker is back.
const RECOVERY: Duration = Duration::from_secs(120);

/// What a process may use at any moment of it.
const MEMORY: Mebibytes = Mebibytes(150);

/// After which it is given up that the backlog goes.
const PATIENCE: Duration = Duration::from_secs(900);

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// Events that wait.
    pub(super) changes: usize,
    pub(super) clients: usize,
    /// After which it is given up that so many are made.
    pub(super) limit: Duration,
}

pub(super) async fn run(plan: Plan, site: Site, seed: u64) -> anyhow::Result<Endured> {
    let mut stage = Stage::prepare(site.of("backlog")?, PAIRS, crowd(plan.clients), seed).await?;
    let before = Bystanders::prepare(&stage.world).await?;
    for service in stage.world.services() {
        service.forget_peak_memory()?;
    }
    let broker = stage.world.servers.broker.clone();
    broker.kill().await;
    let started = Instant::now();
    stage.load.begin();
    while unsent(&stage.world).await? < plan.changes {
        ensure!(started.elapsed() < plan.limit, "too few changes after {:?}", plan.limit);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    stage.load.stop(LAST_ANSWERS).await?;
    let writing = started.elapsed();
    let tries = stage.load.tries();
    let waiting = unsent(&stage.world).await?;
    broker.boot().await;
    let back = Instant::now();
    while !is_gone(&stage.world).await? {
        ensure!(back.elapsed() < PATIENCE, "{} events wait after {PATIENCE:?}", unsent(&stage.world).await?);
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let recovery = back.elapsed();
    let mut peaks = Vec::new();
    for service in stage.world.services() {
        peaks.push((service.name().to_owned(), service.peak_memory()?));
    }
    let mut verdict = stage.judge(&before, back, PATIENCE).await?;
    verdict.recovery = recovery;
    if recovery > RECOVERY {
        verdict
            .violations
            .push(format!("the backlog was gone after {recovery:.0?}, later than {RECOVERY:?}"));
    }
    for (name, Mebibytes(peak)) in peaks.iter().filter(|(_, peak)| *peak >= MEMORY) {
        verdict.violations.push(format!("{name} used {peak} MiB"));
    }
    if !verdict.violations.is_empty() {
        keep(&stage.world, &verdict, seed)?;
    }
    let clients = plan.clients;
    let what = format!("{waiting} events made by {clients} clients while the broker was away");
    Ok(Endured { name: "backlog", what, verdict, tries, writing, peaks })
}

async fn unsent(world: &World) -> anyhow::Result<usize> {
    let sql = "select count(*) from directory.outbox";
    Ok(usize::try_from(world.directory.number(sql).await?)?)
}

/// Whether everything was sent, taken off the queue and handled or parked.
async fn is_gone(world: &World) -> anyhow::Result<bool> {
    if unsent(world).await? > 0 || world.queue_depth().await != Some(0) {
        return Ok(false);
    }
    let told = world.directory.number("select count(*) from directory.event_log").await?;
    let done = "select (select count(*) from sync.inbox) + (select count(*) from sync.parked_event p
         where not exists (select from sync.inbox i where i.event_id = p.event_id))";
    Ok(world.lms.number(done).await? >= told)
}
