//! The gateways' database.

use std::time::Duration;

use anyhow::ensure;
use testkit::postgres_server::Stop;
use testkit::proxy::Direction::{Downstream, Upstream};
use testkit::proxy::Trap;

use super::{OF_A_USER, seconds, trapped};
use crate::trial::Stage;

pub(crate) async fn sessions_ended(stage: &mut Stage) -> anyhow::Result<()> {
    for _ in 0..15 {
        stage.world.directory.end_sessions().await?;
        stage.go_on(seconds(1)).await;
    }
    Ok(())
}

pub(crate) async fn restarted(stage: &mut Stage) -> anyhow::Result<()> {
    let server = stage.world.servers.directory.clone();
    for stop in [Stop::Fast, Stop::Immediate] {
        stage.go_on(seconds(2)).await;
        server.stop(stop);
        stage.go_on(seconds(3)).await;
        server.start_again().await;
    }
    Ok(())
}

pub(crate) async fn killed(stage: &mut Stage) -> anyhow::Result<()> {
    let server = stage.world.servers.directory.clone();
    stage.go_on(seconds(3)).await;
    server.kill().await;
    stage.go_on(seconds(2)).await;
    server.start_again().await;
    Ok(())
}

pub(crate) async fn frozen(stage: &mut Stage) -> anyhow::Result<()> {
    stage.world.servers.directory.freeze();
    stage.go_on(seconds(30)).await;
    stage.world.servers.directory.thaw();
    Ok(())
}

/// Once before the server hears of it, once before the gateway hears that it was done; for one statement that is its own
/// transaction, and for several.
pub(crate) async fn cut_while_committing(stage: &mut Stage) -> anyhow::Result<()> {
    let of_members = Trap::at(Upstream, "membership.changed").then(Upstream, "COMMIT");
    let of_a_user = Trap::at(Upstream, OF_A_USER);
    for trap in
        [of_members.clone(), of_members.hold(Downstream), of_a_user.clone(), of_a_user.hold(Downstream)]
    {
        for _ in 0..3 {
            stage.world.directory_proxy.set_trap(trap.clone());
            trapped(&stage.world.directory_proxy).await?;
            stage.go_on(Duration::from_millis(200)).await;
            stage.world.directory_proxy.cut();
        }
    }
    Ok(())
}

/// All connections wait for one lock.
pub(crate) async fn pool_exhausted(stage: &mut Stage) -> anyhow::Result<()> {
    let holder = stage.world.directory.connect().await?;
    holder.batch_execute("begin; lock table directory.scim_user in access exclusive mode").await?;
    stage.go_on(seconds(12)).await;
    holder.batch_execute("rollback").await?;
    Ok(())
}

pub(crate) async fn group_locked(stage: &mut Stage) -> anyhow::Result<()> {
    let holder = stage.world.directory.connect().await?;
    holder.batch_execute("begin; select from directory.scim_group for update").await?;
    let before = stage.load.acknowledged();
    stage.go_on(seconds(20)).await;
    let during = stage.load.acknowledged() - before;
    holder.batch_execute("rollback").await?;
    ensure!(during > 20, "only {during} writes went on while groups were locked");
    Ok(())
}

/// A long transaction elsewhere in the cluster must not hold the relay up.
pub(crate) async fn long_transaction_elsewhere(stage: &mut Stage) -> anyhow::Result<()> {
    let elsewhere = stage.world.servers.elsewhere();
    let holder = elsewhere.connect().await?;
    holder.batch_execute("begin; create table held_by_a_trial (id int)").await?;
    stage.go_on(seconds(10)).await;
    stage.settle().await?;
    holder.batch_execute("rollback").await?;
    Ok(())
}
