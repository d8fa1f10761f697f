//! The broker loses what was declared on it, or has no room.

use lapin::options::{ExchangeDeleteOptions, QueueDeleteOptions};
use lapin::types::FieldTable;

use super::seconds;
use crate::trial::Stage;

pub(crate) async fn queue_deleted(stage: &mut Stage) -> anyhow::Result<()> {
    // What waits in a queue goes with it: that is the operator's deletion of data, and another fault (F68).
    stage.settle().await?;
    let (_connection, channel) = stage.world.servers.broker.open_channel().await?;
    let queue = format!("{}lms.sync", stage.world.prefix);
    channel.queue_delete(queue.as_str().into(), QueueDeleteOptions::default()).await?;
    stage.load.begin();
    stage.go_on(seconds(10)).await;
    Ok(())
}

pub(crate) async fn exchange_deleted(stage: &mut Stage) -> anyhow::Result<()> {
    let (_connection, channel) = stage.world.servers.broker.open_channel().await?;
    let exchange = format!("{}scim.events", stage.world.prefix);
    channel.exchange_delete(exchange.as_str().into(), ExchangeDeleteOptions::default()).await?;
    stage.go_on(seconds(15)).await;
    Ok(())
}

pub(crate) async fn binding_removed(stage: &mut Stage) -> anyhow::Result<()> {
    let (_connection, channel) = stage.world.servers.broker.open_channel().await?;
    let (queue, exchange) =
        (format!("{}lms.sync", stage.world.prefix), format!("{}scim.events", stage.world.prefix));
    for _ in 0..3 {
        let (queue, exchange) = (queue.as_str().into(), exchange.as_str().into());
        channel.queue_unbind(queue, exchange, "#".into(), FieldTable::default()).await?;
        stage.go_on(seconds(5)).await;
    }
    Ok(())
}

pub(crate) async fn queue_full(stage: &mut Stage) -> anyhow::Result<()> {
    let broker = stage.world.servers.broker.clone();
    for user_sync in &mut stage.world.user_syncs {
        user_sync.kill()?;
    }
    broker
        .control(&["set_policy", "trial", "lms\\.sync$", "{\"max-length\":20}", "--apply-to", "queues"])
        .await;
    stage.go_on(seconds(15)).await;
    let unsent =
        stage.world.directory.number("select count(*) from directory.event_log where published_at is null");
    let unsent = unsent.await?;
    broker.control(&["clear_policy", "trial"]).await;
    anyhow::ensure!(unsent > 0, "a full queue took everything");
    Ok(())
}

/// With messages in it; then the outbox is told to send again, as docs/operations.md has it.
pub(crate) async fn wiped(stage: &mut Stage) -> anyhow::Result<()> {
    let broker = stage.world.servers.broker.clone();
    for user_sync in &mut stage.world.user_syncs {
        user_sync.kill()?;
    }
    stage.go_on(seconds(5)).await;
    broker.kill().await;
    broker.wipe();
    broker.boot().await;
    stage.load.stop(seconds(60)).await?;
    stage.world.send_again().await?;
    Ok(())
}
