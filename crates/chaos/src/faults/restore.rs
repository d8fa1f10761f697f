//! A database comes back as it was some time ago.

use anyhow::ensure;
use serde_json::json;

use super::seconds;
use crate::database::Database;
use crate::trial::Stage;
use crate::world::SUFFERER;

/// The LMS is ahead of what was restored; a new epoch and a snapshot bring it back to what the directory says now, as
/// docs/operations.md has it.
pub(crate) async fn directory_restored(stage: &mut Stage) -> anyhow::Result<()> {
    stage.go_on(seconds(3)).await;
    stage.settle().await?;
    let restored = stage.load.ledger();
    let cluster = Database::new(&stage.world.servers.directory.url("postgres"));
    let name = stage.world.directory.name().to_owned();
    kill_gateways(stage).await?;
    cluster.execute(&format!("create database backup template {name}")).await?;
    stage.world.mend().await?;
    stage.world.are_ready().await?;

    stage.load.begin();
    stage.go_on(seconds(5)).await;
    stage.settle().await?;
    kill_gateways(stage).await?;
    cluster.execute(&format!("drop database {name}")).await?;
    cluster.execute(&format!("alter database backup rename to {name}")).await?;
    stage.world.directory.execute("update directory.source_epoch set epoch = epoch + 1").await?;
    stage.world.mend().await?;
    stage.world.are_ready().await?;
    let asked = stage.world.administrator()?.post(&format!("/{SUFFERER}/snapshots"), json!({})).await;
    ensure!(asked.status == 202, "a snapshot was answered {}", asked.status);
    // What was acknowledged after the backup is lost with the database, and its events are nobody's any more.
    stage.ledger = Some(restored);
    stage.expected.foreign_events = usize::MAX;
    Ok(())
}

async fn kill_gateways(stage: &mut Stage) -> anyhow::Result<()> {
    for gateway in &mut stage.world.gateways {
        gateway.kill()?;
    }
    stage.world.directory.end_sessions().await
}
