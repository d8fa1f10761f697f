//! One integration keeps the product busy; another one must hardly notice.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, ensure};
use futures::future::join_all;
use serde_json::{Value, json};
use testkit::entra::{Entra, group, user};

use super::seconds;
use crate::trial::Stage;
use crate::world::SUFFERER;

const NOISY: &str = "noisy-production";
const MEMBERS: usize = 2_000;
/// With so many changes of all members, 100,000 memberships come and go.
const CHANGES: u32 = 50;
const WHILE: Duration = seconds(40);

/// A lag below this is none, however many times the usual one it is.
const UNNOTICED: Duration = Duration::from_secs(1);

/// A big group of a neighbour is filled and emptied again and again, evenly.
pub(crate) async fn busy(stage: &mut Stage) -> anyhow::Result<()> {
    let topology = stage.world.topology();
    ensure!(topology.lane_of(NOISY) != topology.lane_of(SUFFERER), "both go by one lane");
    let neighbour = stage.world.make_integration(NOISY, "noisy").await?;
    let neighbour = neighbour.gateway(0).context("a gateway")?.clone();
    let members = people(&neighbour).await?;
    let group = make_group(&neighbour).await?;
    stage.settle().await?;
    let quiet = lag_during(stage, async |stage| {
        stage.go_on(WHILE).await;
        Ok(())
    })
    .await?;
    let busy = lag_during(stage, async |_| churn(&neighbour, &group, &members).await).await?;
    ensure!(
        busy < (quiet * 3).max(UNNOTICED),
        "99 of 100 writes arrive within {busy:.1?} beside {CHANGES} changes of {MEMBERS} members, within \
         {quiet:.1?} without"
    );
    Ok(())
}

async fn churn(neighbour: &Entra, group: &str, members: &[Value]) -> anyhow::Result<()> {
    let mut beat = tokio::time::interval(WHILE / CHANGES);
    for number in 0..CHANGES {
        beat.tick().await;
        let op = if number % 2 == 0 { "Add" } else { "Remove" };
        let change = json!([{ "op": op, "path": "members", "value": members }]);
        let answer = neighbour.patch(group, change).await;
        ensure!(answer.status < 300, "{group} was answered {}", answer.status);
    }
    Ok(())
}

/// Within which 99 of 100 events of the sufferer, committed meanwhile, were applied.
async fn lag_during(
    stage: &mut Stage,
    work: impl AsyncFnOnce(&Stage) -> anyhow::Result<()>,
) -> anyhow::Result<Duration> {
    stage.load.begin();
    let now = "select (extract(epoch from clock_timestamp()) * 1000)::bigint";
    let begin = stage.world.directory.number(now).await?;
    work(stage).await?;
    stage.settle().await?;
    let told = "select e.event_id::text, (extract(epoch from e.committed_at) * 1000)::bigint
         from directory.event_log e join directory.integration i on i.id = e.integration_id where i.slug = $1";
    let applied = "select event_id::text, (extract(epoch from applied_at) * 1000)::bigint
         from sync.inbox where integration = $1";
    let mut applied_at = BTreeMap::<String, i64>::new();
    for row in stage.world.lms.rows_of(applied, SUFFERER).await? {
        applied_at.insert(row.try_get(0)?, row.try_get(1)?);
    }
    let mut lags = Vec::new();
    for row in stage.world.directory.rows_of(told, SUFFERER).await? {
        let (event, committed): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        if committed >= begin
            && let Some(applied) = applied_at.get(&event)
        {
            lags.push(applied - committed);
        }
    }
    lags.sort_unstable();
    let slowest = lags.get(lags.len() * 99 / 100).context("no event in that time")?;
    Ok(Duration::from_millis(u64::try_from(*slowest).unwrap_or_default()))
}

/// Creates the neighbour's people, and answers them as members.
async fn people(neighbour: &Entra) -> anyhow::Result<Vec<Value>> {
    let mut members = Vec::new();
    let numbers: Vec<usize> = (0..MEMBERS).collect();
    for numbers in numbers.chunks(25) {
        let made = join_all(numbers.iter().map(async |number| {
            let login = format!("noisy-{number}@people.example");
            neighbour.post("/Users", user(&login, &uuid::Uuid::new_v4().to_string(), "Given", "Noisy")).await
        }));
        for answer in made.await {
            ensure!(answer.status == 201, "POST /Users was answered {}", answer.status);
            members.push(json!({ "value": answer.id() }));
        }
    }
    Ok(members)
}

async fn make_group(neighbour: &Entra) -> anyhow::Result<String> {
    let body = group("crowd", &uuid::Uuid::new_v4().to_string());
    let made = neighbour.post("/Groups", body).await;
    ensure!(made.status == 201, "POST /Groups was answered {}", made.status);
    Ok(format!("/Groups/{}", made.id()))
}
