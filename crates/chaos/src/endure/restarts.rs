//! Many writes while everything is restarted again and again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use futures::future::{BoxFuture, try_join_all};
use testkit::postgres_server::{PostgresServer, Stop};
use testkit::rabbitmq_node::RabbitMqNode;

use super::plan::{Restart, restarts};
use super::{Endured, LAST_ANSWERS, PAIRS, crowd};
use crate::oracle::Bystanders;
use crate::site::Site;
use crate::trial::{Stage, keep};
use crate::workload::Workload;
use crate::world::Service;

/// Within which the LMS has everything after the last restart.
const RECOVERY: Duration = Duration::from_secs(300);

/// How long a process may take to serve again. Its database and the broker may be restarting at the same time.
const START: Duration = Duration::from_secs(240);

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) writes: usize,
    pub(super) clients: usize,
    /// Restarts of each server and of each process.
    pub(super) times: usize,
    /// After which it is given up.
    pub(super) limit: Duration,
}

pub(super) async fn run(plan: Plan, site: Site, seed: u64) -> anyhow::Result<Endured> {
    let mut stage = Stage::prepare(site.of("restarts")?, PAIRS, crowd(plan.clients), seed).await?;
    let before = Bystanders::prepare(&stage.world).await?;
    let started = Instant::now();
    stage.load.begin();
    let acknowledged = stage.load.acknowledged();
    let last_restart = tokio::time::timeout(plan.limit, async {
        let ended = restart_everything(&mut stage, plan, seed).await?;
        reached(&stage.load, acknowledged + plan.writes).await;
        anyhow::Ok(ended)
    });
    let last_restart = last_restart
        .await
        .with_context(|| format!("{} writes after {:?}", stage.load.acknowledged(), plan.limit))??;
    stage.load.stop(LAST_ANSWERS).await?;
    let writing = started.elapsed();
    let tries = stage.load.tries();
    let left = RECOVERY.saturating_sub(last_restart.elapsed());
    let verdict = stage.judge(&before, last_restart, left).await?;
    if !verdict.violations.is_empty() {
        keep(&stage.world, &verdict, seed)?;
    }
    let (writes, clients, times) = (plan.writes, plan.clients, plan.times);
    let all = times * (3 + stage.world.services().count());
    let what = format!(
        "{writes} writes from {clients} clients; both databases, the broker and two processes of each service \
         restarted {times} times each, {all} in all"
    );
    Ok(Endured { name: "restarts", what, verdict, tries, writing, peaks: vec![] })
}

/// Restarts things side by side, each at its own moments. Answers when the last of them served again.
async fn restart_everything(stage: &mut Stage, plan: Plan, seed: u64) -> anyhow::Result<Instant> {
    let Stage { world, load, .. } = stage;
    let load = &*load;
    let planned = |purpose: u64| restarts(seed, 2_000 + purpose, plan.times, plan.writes);
    let mut ways: Vec<BoxFuture<'_, anyhow::Result<()>>> = vec![
        Box::pin(restart_database(world.servers.directory.clone(), planned(1), load)),
        Box::pin(restart_database(world.servers.lms.clone(), planned(2), load)),
        Box::pin(restart_broker(world.servers.broker.clone(), planned(3), load)),
    ];
    for (service, purpose) in world.user_syncs.iter_mut().chain(&mut world.gateways).zip(4..) {
        ways.push(Box::pin(restart_process(service, planned(purpose), load)));
    }
    try_join_all(ways).await?;
    Ok(Instant::now())
}

async fn restart_database(
    server: Arc<PostgresServer>,
    planned: Vec<Restart>,
    load: &Workload,
) -> anyhow::Result<()> {
    for restart in planned {
        reached(load, restart.after).await;
        if restart.is_gentle {
            server.stop(Stop::Fast);
        } else {
            server.kill().await;
        }
        server.start_again().await;
    }
    Ok(())
}

async fn restart_broker(
    broker: Arc<RabbitMqNode>,
    planned: Vec<Restart>,
    load: &Workload,
) -> anyhow::Result<()> {
    for restart in planned {
        reached(load, restart.after).await;
        if restart.is_gentle {
            broker.control(&["stop_app"]).await;
            broker.control(&["start_app"]).await;
            broker.is_up().await;
        } else {
            broker.kill().await;
            broker.boot().await;
        }
    }
    Ok(())
}

async fn restart_process(
    service: &mut Service,
    planned: Vec<Restart>,
    load: &Workload,
) -> anyhow::Result<()> {
    for restart in planned {
        reached(load, restart.after).await;
        if restart.is_gentle {
            service.end(START).await?;
        } else {
            service.kill()?;
        }
        service.start()?;
        service.is_ready(START).await?;
    }
    Ok(())
}

/// Returns once so many writes are acknowledged.
async fn reached(load: &Workload, writes: usize) {
    while load.acknowledged() < writes {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
