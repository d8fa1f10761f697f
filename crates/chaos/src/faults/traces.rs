//! The collector of traces.

use std::time::Duration;

use anyhow::ensure;
use testkit::collector::Collector;
use testkit::proxy::Direction::Upstream;
use testkit::proxy::{CuttingProxy, Weather};

use super::seconds;
use crate::trial::Stage;
use crate::world::Mebibytes;

/// For as long as each state of the collector lasts: many times the five seconds that an export may take.
const WHILE: Duration = seconds(30);

/// A queue of spans has a limit, and so has what it costs.
const GROWTH: u64 = 40;

/// Away, then there and dumb; neither slows writes down, fills memory or holds up the end of a process.
pub(crate) async fn collector_away(stage: &mut Stage) -> anyhow::Result<()> {
    let collector = Collector::start().await;
    let way = CuttingProxy::in_front_of(collector.authority()).await;
    for service in stage.world.services_mut() {
        service.set("ILLUXI__TRACES__ENDPOINT", format!("http://127.0.0.1:{}/v1/traces", way.port()));
        service.end(seconds(60)).await?;
        service.start()?;
        service.is_ready(seconds(60)).await?;
    }
    let there = writes_during(stage, WHILE).await;
    for service in ["scim-gateway", "user-sync"] {
        ensure!(tellers(&collector).any(|teller| teller == service), "no span of {service}");
    }
    let before = peaks(stage)?;
    way.refuse();
    let away = writes_during(stage, WHILE).await;
    way.heal();
    way.set_weather(Weather { swallowed: Some(Upstream), ..Weather::default() });
    let dumb = writes_during(stage, WHILE).await;
    for (before, after) in before.into_iter().zip(peaks(stage)?) {
        ensure!(after.0 <= before.0 + GROWTH, "{after:?} without a collector, {before:?} with it");
    }
    for service in stage.world.services_mut() {
        let time = service.end(seconds(60)).await?;
        ensure!(time < seconds(15), "the end took {time:?} while the collector was dumb");
        service.start()?;
        service.is_ready(seconds(60)).await?;
    }
    way.heal();
    way.cut();
    let told = tellers(&collector).count();
    stage.go_on(seconds(15)).await;
    ensure!(tellers(&collector).count() > told, "no span came after the collector was back");
    // Others use the machine too, so that only much slower is slower.
    ensure!(
        away * 2 > there && dumb * 2 > there,
        "{there} writes with a collector, {away} without, {dumb} with a dumb one"
    );
    Ok(())
}

async fn writes_during(stage: &Stage, time: Duration) -> usize {
    let before = stage.load.acknowledged();
    stage.go_on(time).await;
    stage.load.acknowledged() - before
}

/// The service that told each span.
fn tellers(collector: &Collector) -> impl Iterator<Item = String> {
    collector.spans().into_iter().map(|span| span.service)
}

fn peaks(stage: &Stage) -> anyhow::Result<Vec<Mebibytes>> {
    stage.world.services().map(|service| service.peak_memory()).collect()
}
