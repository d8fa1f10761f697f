//! One of three brokers fails, and the two others go on.

use std::time::Duration;

use anyhow::{Context, ensure};
use testkit::rabbitmq_cluster::RabbitMqCluster;

use super::seconds;
use crate::trial::Stage;
use crate::world::World;

const WHILE: Duration = seconds(30);

/// Until whoever was connected to the lost node is at another: the broker counts as dead after two heartbeats.
const FAIL_OVER: Duration = seconds(25);

/// For what the return of the node does to whoever is connected.
const AFTERWARDS: Duration = seconds(10);

/// Whoever leads the queue of events is held still, with every connection to it open.
pub(crate) async fn leader_frozen(stage: &mut Stage) -> anyhow::Result<()> {
    let leader = leader(&stage.world).await?;
    let cluster = cluster(&stage.world)?;
    cluster.freeze(leader);
    two_go_on(stage).await?;
    // It finds itself cut off and together again at the same moment, so that it neither stops nor joins anew.
    cluster.mend().await;
    stage.go_on(AFTERWARDS).await;
    Ok(())
}

/// Whoever leads the queue of events loses both others, and is a minority. Clients reach it as before.
pub(crate) async fn leader_cut_off(stage: &mut Stage) -> anyhow::Result<()> {
    let leader = leader(&stage.world).await?;
    let cluster = cluster(&stage.world)?;
    cluster.isolate(leader).await;
    two_go_on(stage).await?;
    cluster.mend().await;
    cluster.is_joined_by(leader).await;
    stage.go_on(AFTERWARDS).await;
    Ok(())
}

fn cluster(world: &World) -> anyhow::Result<&RabbitMqCluster> {
    world.cluster.as_ref().context("a cluster")
}

/// Somebody must be connected to it, or nothing is tried.
async fn leader(world: &World) -> anyhow::Result<usize> {
    let cluster = cluster(world)?;
    let leader = cluster.leader_of(&world.queue()).await;
    let connections = cluster.connections_of(leader);
    ensure!(connections > 0, "no service is connected to the leader");
    Ok(leader)
}

/// The LMS follows while the node is still away.
async fn two_go_on(stage: &Stage) -> anyhow::Result<()> {
    let handled = "select count(*) from sync.inbox";
    stage.go_on(FAIL_OVER).await;
    let before = stage.world.lms.number(handled).await?;
    stage.go_on(WHILE.saturating_sub(FAIL_OVER)).await;
    let after = stage.world.lms.number(handled).await?;
    ensure!(after > before, "the LMS does not follow while one of three brokers is away");
    Ok(())
}
