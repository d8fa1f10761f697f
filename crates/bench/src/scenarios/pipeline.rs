//! From the request to the row of the LMS: scim-gateway, RabbitMQ, user-sync.

mod first_sync;
mod lag;

use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio_postgres::Client;

use super::{Bench, broker};
use crate::figures::Contest;
use crate::load::sample::{Sample, Times, median};
use crate::load::scim;
use crate::load::{Amount, Load, Numbers};
use crate::meter::{Meter, resident_mib};
use crate::processes::{Programs, Relay, Service};
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
    let programs = bench.programs.clone();
    let pipeline = Pipeline::start(bench, &programs, "pipeline").await?;
    users(bench, &pipeline).await?;
    let Times { p50, p99, longest } = lag::measure(bench, &pipeline).await?;
    let figures = &mut bench.figures;
    figures.fact("lag.p50", "201 to the row of the LMS, 100 users a second, median", p50, "ms");
    figures.fact("lag.p99", "the same, 99 of 100", p99, "ms");
    figures.fact("lag.longest", "the same, longest", longest, "ms");
    drop(pipeline);
    let pipeline = Pipeline::start(bench, &programs, "first_sync").await?;
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

/// The pipelines of two builds in turn.
pub(super) async fn compare(bench: &mut Bench, sides: [(&'static str, &Programs); 2]) -> anyhow::Result<()> {
    let mut pipelines = Vec::new();
    for (name, programs) in sides {
        let pipeline = Pipeline::start(bench, programs, &format!("pipeline_{name}")).await?;
        pipelines.push((name, pipeline, Numbers::default()));
    }
    let (mut accepted, mut followed) = contests();
    for round in 1..=bench.plan.rounds {
        for (name, pipeline, numbers) in &pipelines {
            let turn = pipeline.turn(bench.plan.pipeline, round, numbers).await?;
            accepted.add(name, turn.accepted);
            followed.add(name, turn.followed);
        }
        pipelines.reverse();
    }
    bench.figures.contests.extend([accepted, followed]);
    for (name, pipeline, _) in &pipelines {
        let Times { p50, p99, .. } = lag::measure(bench, pipeline).await?;
        let title = format!("201 to the row of the LMS, 100 users a second, {name}, median");
        bench.figures.fact(format!("lag.p50.{name}"), title, p50, "ms");
        bench.figures.fact(format!("lag.p99.{name}"), "the same, 99 of 100", p99, "ms");
    }
    Ok(())
}

/// What one turn of creations came to.
struct Turn {
    accepted: Sample,
    followed: Sample,
    /// From the last answer to the last row.
    drain: Duration,
}

impl Pipeline {
    async fn start(bench: &mut Bench, programs: &Programs, purpose: &str) -> anyhow::Result<Self> {
        let directory = bench.surroundings.database(&format!("{purpose}_directory")).await?;
        let lms = bench.surroundings.database(&format!("{purpose}_lms")).await?;
        let prefix = bench.surroundings.prefix(purpose);
        let broker = bench.surroundings.broker();
        let user_sync = programs.user_sync(&lms.url, broker, &prefix).await?;
        let gateway = programs.gateway(&directory.url, Relay::To(broker, &prefix)).await?;
        let meter = bench.meter(&[&gateway, &user_sync], &[&directory, &lms]).await?;
        Ok(Self { gateway, user_sync, reader: connect(&lms.url).await?, lms, meter })
    }

    /// Creates so many users by 32 clients, and follows them to their rows; `turn` is how many turns there were, this one
    /// too.
    async fn turn(&self, users: usize, turn: usize, numbers: &Numbers) -> anyhow::Result<Turn> {
        let load = Load {
            target: &self.gateway.target,
            clients: CLIENTS,
            amount: Amount::Times(users),
            meter: Some(&self.meter),
        };
        let begin = Instant::now();
        let create = async |connection: &mut _, number| scim::create(connection, number).await.map(drop);
        let accepted = load.run(numbers, create).await?;
        let drain = self.until("select count(*) from lms.learner", users * turn).await?;
        let per_second = users as f64 / begin.elapsed().as_secs_f64();
        Ok(Turn { accepted, followed: Sample { per_second, ..Sample::default() }, drain })
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
    let (mut accepted, mut followed) = contests();
    let mut drained = Vec::new();
    for round in 1..=bench.plan.rounds {
        let turn = pipeline.turn(bench.plan.pipeline, round, &numbers).await?;
        accepted.add("gateway", turn.accepted);
        followed.add("pipeline", turn.followed);
        drained.push(turn.drain.as_secs_f64() * 1_000.0);
        broker::run(bench, &mut followed, bench.plan.pipeline).await?;
    }
    bench.figures.contests.extend([accepted, followed]);
    let drained = median(drained.into_iter()).unwrap_or_default();
    bench.figures.fact("pipeline.drained", "Last row of the LMS after the last 201", drained, "ms");
    Ok(())
}

fn contests() -> (Contest, Contest) {
    let accepted = format!("Create with the LMS following, {CLIENTS} at a time");
    (
        Contest::new("pipeline-accepted", accepted),
        Contest::new("pipeline-followed", "The same until the last row of the LMS"),
    )
}
