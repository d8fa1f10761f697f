use std::time::Duration;

use testkit::proxy::Direction::{Downstream, Upstream};
use testkit::proxy::Trap;

use super::{OF_A_LEARNER, seconds, trapped};
use crate::trial::Stage;

const START: Duration = seconds(60);

/// Held with the database's answer to its COMMIT, and killed before it can acknowledge.
pub(crate) async fn killed_before_acknowledging(stage: &mut Stage) -> anyhow::Result<()> {
    killed_at(stage, Trap::at(Upstream, OF_A_LEARNER).then(Upstream, "COMMIT").hold(Downstream)).await
}

/// Held with its COMMIT, which never reaches the database.
pub(crate) async fn killed_amid_a_transaction(stage: &mut Stage) -> anyhow::Result<()> {
    killed_at(stage, Trap::at(Upstream, OF_A_LEARNER).then(Upstream, "COMMIT")).await
}

async fn killed_at(stage: &mut Stage, trap: Trap) -> anyhow::Result<()> {
    for _ in 0..3 {
        stage.world.lms_proxy.set_trap(trap.clone());
        trapped(&stage.world.lms_proxy).await?;
        stage.go_on(Duration::from_millis(500)).await;
        stage.world.lms_proxy.heal();
        for user_sync in &mut stage.world.user_syncs {
            user_sync.kill()?;
            user_sync.start()?;
            user_sync.is_ready(START).await?;
        }
    }
    Ok(())
}

/// Longer than the broker waits for a heartbeat; the other one goes on.
pub(crate) async fn frozen_longer_than_a_heartbeat(stage: &mut Stage) -> anyhow::Result<()> {
    let [first, _] = &mut *stage.world.user_syncs else { anyhow::bail!("two user-syncs") };
    first.freeze();
    tokio::time::sleep(seconds(35)).await;
    first.thaw();
    stage.go_on(seconds(3)).await;
    Ok(())
}
