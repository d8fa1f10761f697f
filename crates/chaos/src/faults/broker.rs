//! The broker is there, and does not do what it should.

use std::time::Duration;

use anyhow::{Context, ensure};
use testkit::signal;

use super::seconds;
use crate::trial::Stage;

/// Writes go on while it is stopped.
pub(crate) async fn stopped(stage: &mut Stage) -> anyhow::Result<()> {
    let broker = stage.world.servers.broker.clone();
    broker.control(&["stop_app"]).await;
    let before = stage.load.acknowledged();
    stage.go_on(seconds(20)).await;
    let during = stage.load.acknowledged() - before;
    broker.control(&["start_app"]).await;
    ensure!(during > 50, "only {during} writes were acknowledged while the broker was stopped");
    Ok(())
}

/// The way to it is closed for longer than the library's own recovery would try.
pub(crate) async fn away_for_long(stage: &mut Stage) -> anyhow::Result<()> {
    for proxy in [&stage.world.publisher_proxy, &stage.world.consumer_proxy] {
        proxy.refuse();
    }
    stage.go_on(seconds(90)).await;
    Ok(())
}

pub(crate) async fn killed(stage: &mut Stage) -> anyhow::Result<()> {
    let broker = stage.world.servers.broker.clone();
    stage.go_on(seconds(3)).await;
    broker.kill().await;
    stage.go_on(seconds(5)).await;
    broker.boot().await;
    Ok(())
}

pub(crate) async fn frozen(stage: &mut Stage) -> anyhow::Result<()> {
    stage.world.servers.broker.freeze();
    stage.go_on(seconds(25)).await;
    stage.world.servers.broker.thaw();
    Ok(())
}

/// Nothing piles up: once pools are warm, as many files stay open as before.
pub(crate) async fn connections_closed(stage: &mut Stage) -> anyhow::Result<()> {
    close_connections(stage, 5).await;
    let before = open_files(stage)?;
    close_connections(stage, 15).await;
    let after = open_files(stage)?;
    ensure!(after < before + 15, "{after} files are open, {before} were before");
    Ok(())
}

async fn close_connections(stage: &Stage, times: usize) {
    for _ in 0..times {
        stage.world.servers.broker.control(&["close_all_connections", "trial"]).await;
        stage.go_on(seconds(2)).await;
    }
    stage.go_on(seconds(5)).await;
}

pub(crate) async fn channels_closed(stage: &mut Stage) -> anyhow::Result<()> {
    for _ in 0..5 {
        let close = "lists:foreach(fun(C) -> rabbit_channel:shutdown(C) end, rabbit_channel:list()).";
        stage.world.servers.broker.control(&["eval", close]).await;
        stage.go_on(seconds(2)).await;
    }
    Ok(())
}

/// Publishers are stopped, consumers are not: the queue must become empty meanwhile.
pub(crate) async fn short_of_memory(stage: &mut Stage) -> anyhow::Result<()> {
    alarmed(stage, ["set_vm_memory_high_watermark", "0.00001"], ["set_vm_memory_high_watermark", "0.4"]).await
}

pub(crate) async fn short_of_disk(stage: &mut Stage) -> anyhow::Result<()> {
    alarmed(stage, ["set_disk_free_limit", "9000GB"], ["set_disk_free_limit", "50MB"]).await
}

async fn alarmed(stage: &mut Stage, raise: [&str; 2], lower: [&str; 2]) -> anyhow::Result<()> {
    let broker = stage.world.servers.broker.clone();
    broker.control(&raise).await;
    stage.go_on(seconds(30)).await;
    let depth = stage.world.queue_depth().await;
    broker.control(&lower).await;
    ensure!(depth == Some(0), "the consumer stands still too: {depth:?} messages wait");
    Ok(())
}

pub(crate) async fn refuses_credentials(stage: &mut Stage) -> anyhow::Result<()> {
    let broker = stage.world.servers.broker.clone();
    broker.control(&["change_password", "guest", "another"]).await;
    broker.control(&["close_all_connections", "trial"]).await;
    stage.go_on(seconds(20)).await;
    let health = stage.world.gateways.first().context("a gateway")?.health("ready").await;
    broker.control(&["change_password", "guest", "guest"]).await;
    ensure!(health == Some(200), "a gateway without a broker is ready all the same: {health:?}");
    Ok(())
}

fn open_files(stage: &Stage) -> anyhow::Result<usize> {
    let mut count = 0;
    for process in stage.world.services().filter_map(|service| service.process()) {
        ensure!(signal::is_alive(process), "a process has died");
        count += std::fs::read_dir(format!("/proc/{process}/fd"))?.count();
    }
    Ok(count)
}

/// While the broker is slow to come, a supervisor starts the services anew.
pub(crate) async fn absent_at_the_start(stage: &mut Stage) -> anyhow::Result<()> {
    for proxy in [&stage.world.publisher_proxy, &stage.world.consumer_proxy] {
        proxy.refuse();
    }
    for service in stage.world.services_mut() {
        service.kill()?;
        service.start()?;
        service.is_ready(Duration::from_secs(60)).await?;
    }
    stage.go_on(seconds(5)).await;
    Ok(())
}
