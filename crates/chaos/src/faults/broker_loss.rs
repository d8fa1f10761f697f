//! The broker loses what was declared on it, or has no room.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context, ensure};
use lapin::Channel;
use lapin::options::{
    BasicGetOptions, BasicNackOptions, ExchangeDeleteOptions, ExchangeUnbindOptions, QueueDeleteOptions,
};
use lapin::types::FieldTable;

use super::seconds;
use crate::trial::Stage;

pub(crate) async fn queue_deleted(stage: &mut Stage) -> anyhow::Result<()> {
    // What waits in a queue goes with it: that is the operator's deletion of data, and another fault (F68).
    stage.settle().await?;
    let (_connection, channel) = stage.world.servers.broker.open_channel().await?;
    let queue = stage.world.queue();
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
    let topology = stage.world.topology();
    for _ in 0..3 {
        let (lanes, events) = (topology.lane_exchange.as_str().into(), topology.exchange.as_str().into());
        let (options, none) = (ExchangeUnbindOptions::default(), FieldTable::default());
        channel.exchange_unbind(lanes, events, "#".into(), options, none).await?;
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
        .control(&[
            "set_policy",
            "trial",
            "lms\\.sync\\.\\d+$",
            "{\"max-length\":20}",
            "--apply-to",
            "queues",
        ])
        .await;
    stage.go_on(seconds(15)).await;
    let unsent = stage.world.directory.number("select count(*) from directory.outbox");
    let unsent = unsent.await?;
    broker.control(&["clear_policy", "trial"]).await;
    anyhow::ensure!(unsent > 0, "a full queue took everything");
    Ok(())
}

/// A message that the broker gives up meanwhile waits with the broker until the queue is there again. From then on it is the
/// operator's.
pub(crate) async fn parked_queue_missing(stage: &mut Stage) -> anyhow::Result<()> {
    let broker = stage.world.servers.broker.clone();
    for user_sync in &mut stage.world.user_syncs {
        user_sync.kill()?;
    }
    let policy =
        ["set_policy", "trial", "lms\\.sync\\.\\d+$", "{\"delivery-limit\":1}", "--apply-to", "queues"];
    broker.control(&policy).await;
    stage.go_on(seconds(3)).await;
    let (_connection, channel) = broker.open_channel().await?;
    let parked = format!("{}lms.parked", stage.world.prefix);
    channel.queue_delete(parked.as_str().into(), QueueDeleteOptions::default()).await?;
    let given_up = give_up(&channel, &stage.world.queue()).await?;
    stage.go_on(seconds(10)).await;
    broker.control(&["clear_policy", "trial"]).await;
    for user_sync in &mut stage.world.user_syncs {
        user_sync.start()?;
        user_sync.is_ready(seconds(60)).await?;
    }
    // The broker tries again when three minutes are over.
    let arrived = format!("select count(*) from sync.parked_event where event_id::text = '{given_up}'");
    let deadline = Instant::now() + seconds(300);
    while stage.world.lms.number(&arrived).await? == 0 {
        ensure!(Instant::now() < deadline, "event {given_up} was given up, and never came");
        stage.go_on(seconds(1)).await;
    }
    stage.world.give_again(&given_up).await
}

/// Hands messages back until the broker gives one up, and answers whose id that has.
async fn give_up(channel: &Channel, queue: &str) -> anyhow::Result<String> {
    let mut refused = BTreeMap::<String, usize>::new();
    for _ in 0..1_000 {
        let got = channel.basic_get(queue.into(), BasicGetOptions::default()).await?;
        let delivery = got.context("no message")?.delivery;
        let id = delivery.properties.message_id().as_ref().context("a message without an id")?.to_string();
        delivery.acker.nack(BasicNackOptions { requeue: true, ..BasicNackOptions::default() }).await?;
        let times = refused.entry(id.clone()).or_default();
        *times += 1;
        // The limit is one repetition.
        if *times == 2 {
            return Ok(id);
        }
    }
    anyhow::bail!("no message came twice")
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
