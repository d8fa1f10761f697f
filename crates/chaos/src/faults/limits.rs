//! The machine gives less than is needed, or somebody takes a right away.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio::net::TcpStream;

use super::seconds;
use crate::trial::Stage;
use crate::world::SUFFERER;

/// More connections than a gateway has files.
pub(crate) async fn few_files(stage: &mut Stage) -> anyhow::Result<()> {
    let gateway = stage.world.gateways.first_mut().context("a gateway")?;
    gateway.kill()?;
    gateway.launch_by(&["prlimit", "--nofile=64"]);
    gateway.start()?;
    gateway.is_ready(seconds(60)).await?;
    let mut connections = Vec::new();
    for _ in 0..100 {
        connections.push(TcpStream::connect(gateway.public_address()).await);
    }
    let idle = gateway.processor_time()?;
    tokio::time::sleep(seconds(10)).await;
    let spent = gateway.processor_time()? - idle;
    gateway.launch_by(&[]);
    drop(connections);
    stage.go_on(seconds(3)).await;
    ensure!(spent < seconds(6), "a gateway without files spins: {spent:?} of processor time in 10 s");
    Ok(())
}

/// A little more address space than it has at the moment; it may die, and is started again without the limit.
pub(crate) async fn little_memory(stage: &mut Stage) -> anyhow::Result<()> {
    for service in stage.world.services_mut() {
        let process = service.process().context("a process")?;
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")).context("its size")?;
        let kilobytes: u64 = size.trim().trim_end_matches(" kB").parse()?;
        let limit = format!("--as={}", (kilobytes + 1_024) * 1_024);
        let status = Command::new("prlimit").args(["--pid", &process.to_string(), &limit]).status()?;
        ensure!(status.success(), "prlimit");
    }
    stage.go_on(seconds(15)).await;
    for service in stage.world.services_mut() {
        service.kill()?;
    }
    Ok(())
}

/// One core for everything, which others want as well.
pub(crate) async fn one_core(stage: &mut Stage) -> anyhow::Result<()> {
    for process in stage.world.services().filter_map(|service| service.process()) {
        let status = Command::new("taskset").args(["-a", "-c", "-p", "0", &process.to_string()]).output()?;
        ensure!(status.status.success(), "taskset");
    }
    let spin = |_| Command::new("taskset").args(["-c", "0", "sh", "-c", "while :; do :; done"]).spawn();
    let mut others: Vec<Child> = (0..4).map(spin).collect::<Result<_, _>>()?;
    stage.go_on(seconds(20)).await;
    for other in &mut others {
        other.kill()?;
        other.wait()?;
    }
    Ok(())
}

/// Within five seconds no gateway takes the old token; with another one Entra goes on.
pub(crate) async fn token_revoked(stage: &mut Stage) -> anyhow::Result<()> {
    let old = stage.world.sufferer.clone();
    let administrator = stage.world.administrator()?;
    let id = old.token().split('_').nth(2).context("the id of a token")?.to_owned();
    let revoked = administrator.delete(&format!("/{SUFFERER}/credentials/{id}")).await;
    ensure!(revoked.status == 204, "revoking was answered {}", revoked.status);
    let started = Instant::now();
    for number in 0..stage.world.gateways.len() {
        let gateway = old.gateway(number).context("a gateway")?;
        while gateway.get("/Users?count=1").await.status != 401 {
            ensure!(started.elapsed() < seconds(6), "a revoked token is still taken after 6 s");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    let body = serde_json::json!({ "kind": "secret", "name": "another" });
    let made = administrator.post(&format!("/{SUFFERER}/credentials"), body).await;
    let token = made.body["secret"].as_str().context("a secret")?;
    stage.load.use_entrance(old.with_token(token));
    stage.go_on(seconds(3)).await;
    Ok(())
}
