use std::time::Duration;

use anyhow::ensure;
use testkit::proxy::Direction::{Downstream, Upstream};
use testkit::proxy::Trap;

use super::{OF_A_USER, seconds, trapped};
use crate::chance::Chance;
use crate::trial::Stage;

const START: Duration = seconds(60);

/// How long another relay may take for events that a dead one had claimed: the lease, and a little.
const TAKEN_OVER: Duration = seconds(40);

pub(crate) async fn killed_idle(stage: &mut Stage) -> anyhow::Result<()> {
    stage.load.stop(START).await?;
    kill_and_start(stage).await?;
    stage.load.begin();
    stage.go_on(seconds(2)).await;
    Ok(())
}

pub(crate) async fn killed_under_load(stage: &mut Stage) -> anyhow::Result<()> {
    let mut chance = Chance::new(2, 2);
    for _ in 0..10 {
        stage.go_on(Duration::from_millis(300 + chance.below(1_200))).await;
        kill_and_start(stage).await?;
    }
    Ok(())
}

/// Held with its answer from the database, and killed before it can answer Entra.
pub(crate) async fn killed_after_commit(stage: &mut Stage) -> anyhow::Result<()> {
    for trap in [Trap::at(Upstream, OF_A_USER).hold(Downstream), of_members().hold(Downstream)] {
        stage.world.directory_proxy.set_trap(trap);
        trapped(&stage.world.directory_proxy).await?;
        // The statement is with the server, which needs a moment for it.
        stage.go_on(Duration::from_millis(500)).await;
        kill_and_start(stage).await?;
    }
    Ok(())
}

/// Held with its last words to the database, and killed before they are said.
pub(crate) async fn killed_before_commit(stage: &mut Stage) -> anyhow::Result<()> {
    for trap in [Trap::at(Upstream, OF_A_USER), of_members()] {
        stage.world.directory_proxy.set_trap(trap);
        trapped(&stage.world.directory_proxy).await?;
        kill_and_start(stage).await?;
    }
    Ok(())
}

pub(crate) async fn killed_before_publishing(stage: &mut Stage) -> anyhow::Result<()> {
    killed_while_publishing(stage, Trap::at(Upstream, OF_A_USER)).await
}

pub(crate) async fn killed_before_marking(stage: &mut Stage) -> anyhow::Result<()> {
    killed_while_publishing(stage, Trap::at(Upstream, OF_A_USER).hold(Downstream)).await
}

/// The first of two gateways dies with a batch; the second must take it over.
async fn killed_while_publishing(stage: &mut Stage, trap: Trap) -> anyhow::Result<()> {
    let [first, second] = &mut *stage.world.gateways else { anyhow::bail!("two gateways") };
    // So that it is the first that walks into the trap.
    second.freeze();
    stage.world.publisher_proxy.set_trap(trap);
    let caught = trapped(&stage.world.publisher_proxy).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    first.kill()?;
    second.thaw();
    caught?;
    let left = "select count(*) from directory.outbox where claimed_until is not null
         and attempts = 1 and committed_at < now() - interval '40 seconds'";
    stage.go_on(TAKEN_OVER).await;
    let left = stage.world.directory.number(left).await?;
    ensure!(left == 0, "{left} events still wait for a dead relay after {TAKEN_OVER:?}");
    Ok(())
}

/// Its relay is what this is about. Requests go to the other one: what a frozen gateway has read is done when it thaws,
/// long after its client has given up and said something else, and no service can help that.
pub(crate) async fn frozen_longer_than_the_lease(stage: &mut Stage) -> anyhow::Result<()> {
    let everywhere = stage.world.sufferer.clone();
    stage.load.use_entrance(everywhere.without(0));
    stage.go_on(seconds(2)).await;
    let [first, _] = &mut *stage.world.gateways else { anyhow::bail!("two gateways") };
    first.freeze();
    tokio::time::sleep(seconds(40)).await;
    first.thaw();
    stage.load.use_entrance(everywhere);
    stage.go_on(seconds(3)).await;
    Ok(())
}

pub(crate) async fn two_of_everything(stage: &mut Stage) -> anyhow::Result<()> {
    stage.go_on(seconds(8)).await;
    Ok(())
}

pub(crate) async fn ended_in_turn(stage: &mut Stage) -> anyhow::Result<()> {
    for round in 0..20 {
        let services = stage.world.gateways.len() + stage.world.user_syncs.len();
        let service = stage.world.services_mut().nth(round % services);
        let Some(service) = service else { continue };
        service.end(seconds(60)).await?;
        service.start()?;
        service.is_ready(START).await?;
    }
    Ok(())
}

async fn kill_and_start(stage: &mut Stage) -> anyhow::Result<()> {
    stage.world.directory_proxy.heal();
    for gateway in &mut stage.world.gateways {
        gateway.kill()?;
        gateway.start()?;
        gateway.is_ready(START).await?;
    }
    Ok(())
}

/// A change of members is a transaction of several statements.
fn of_members() -> Trap {
    Trap::at(Upstream, "membership.changed").then(Upstream, "COMMIT")
}
