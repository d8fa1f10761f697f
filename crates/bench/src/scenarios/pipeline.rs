//! From the request to the row of the LMS: scim-gateway, RabbitMQ, user-sync.

mod first_sync;
mod lag;

use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio_postgres::Client;

use super::{Bench, broker};
use crate::figures::Contest;
use crate::load::sample::{Sample, median};
use crate::load::scim;
use crate::load::{Amount, Load, Numbers};
use crate::meter::{Meter, resident_mib};
use crate::processes::{Relay, Service};
use crate::surroundings::{Database, connect};

/// Clients of the whole pipeline.
const CLIENTS: usize = 32;
/// How long the LMS may lag behind the last answer.
const LONGEST_LAG: Duration = Duration::from_secs(120);

/// Both services with their databases.
struct Pipeline {
    gateway: Service,
    user_sync: Service,
    lms: Database,
    /// On the database of the LMS.
    reader: Client,
    meter: Meter,
}

pub(super) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    let pipeline = Pipeline::start(bench, "pipeline").await?;
    users(bench, &pipeline).await?;
    lag::run(bench, &pipeline).await?;
    drop(pipeline);
    let pipeline = Pipeline::start(bench, "first_sync").await?;
    first_sync::run(bench, &pipeline).await?;
    for (key, title, service) in [
        ("gateway", "scim-gateway after the first sync", &pipeline.gateway),
        ("user-sync", "user-sync after the first sync", &pipeline.user_sync),
    ] {
        let mib = resident_mib(service.pid())?;
        bench.figures.fact(format!("memory.{key}.first-sync"), title, mib, "MiB");
    }
    Ok(())
}

impl Pipeline {
    async fn start(bench: &mut Bench, purpose: &str) -> anyhow::Result<Self> {
        let directory = bench.surroundings.database(&format!("{purpose}_directory")).await?;
        let lms = bench.surroundings.database(&format!("{purpose}_lms")).await?;
        let prefix = bench.surroundings.prefix(purpose);
        let broker = bench.surroundings.broker();
        let user_sync = bench.programs.user_sync(&lms.url, broker, &prefix).await?;
        let gateway = bench.programs.gateway(&directory.url, Relay::To(broker, &prefix)).await?;
        let meter = bench.meter(&[&gateway, &user_sync], &[&directory, &lms]).await?;
        Ok(Self { gateway, user_sync, reader: connect(&lms.url).await?, lms, meter })
    }

    /// Waits until a count of the LMS has come to what it must be, and says how long that took.
    async fn until(&self, count: &str, wanted: usize) -> anyhow::Result<Duration> {
        let begin = Instant::now();
        loop {
            let counted: i64 = self.reader.query_one(count, &[]).await?.try_get(0)?;
            if usize::try_from(counted)? >= wanted {
                return Ok(begin.elapsed());
            }
            ensure!(begin.elapsed() < LONGEST_LAG, "{count}: {counted} of {wanted} after {LONGEST_LAG:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Users created by 32 clients and followed to their rows.
async fn users(bench: &mut Bench, pipeline: &Pipeline) -> anyhow::Result<()> {
    let numbers = Numbers::default();
    let mut accepted =
        Contest::new("pipeline-accepted", format!("Create with the LMS following, {CLIENTS} at a time"));
    let mut followed = Contest::new("pipeline-followed", "The same until the last row of the LMS");
    let mut drained = Vec::new();
    let mut all = 0;
    for _ in 0..bench.plan.rounds {
        let load = Load {
            target: &pipeline.gateway.target,
            clients: CLIENTS,
            amount: Amount::Times(bench.plan.pipeline),
            meter: Some(&pipeline.meter),
        };
        let begin = Instant::now();
        let create = async |connection: &mut _, number| scim::create(connection, number).await.map(drop);
        let sample = load.run(&numbers, create).await?;
        all += bench.plan.pipeline;
        let drain = pipeline.until("select count(*) from lms.learner", all).await?;
        let per_second = bench.plan.pipeline as f64 / begin.elapsed().as_secs_f64();
        accepted.add("gateway", sample);
        followed.add("pipeline", Sample { per_second, ..Sample::default() });
        drained.push(drain.as_secs_f64() * 1_000.0);
        broker::run(bench, &mut followed, bench.plan.pipeline).await?;
    }
    bench.figures.contests.extend([accepted, followed]);
    let drained = median(drained.into_iter()).unwrap_or_default();
    bench.figures.fact("pipeline.drained", "Last row of the LMS after the last 201", drained, "ms");
    Ok(())
}
