//! What must be true once everything is quiet, whatever was broken before.

mod bystanders;
mod history;
mod logs;
mod state;

use std::time::{Duration, Instant};

pub(crate) use self::bystanders::Bystanders;
use self::history::History;
use crate::workload::Ledger;
use crate::world::World;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(250);

/// What a fault leaves behind on purpose.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Expected {
    /// Rows in `sync.parked_event`.
    pub(crate) parked_events: usize,
    /// Messages in the queue of what the broker, or a panic, gave up.
    pub(crate) parked_messages: u32,
    /// Events that no change of the directory made: the fault published them itself.
    pub(crate) foreign_events: usize,
}

/// What the oracle says of a trial.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict {
    /// One sentence each.
    pub(crate) violations: Vec<String>,
    pub(crate) acknowledged: usize,
    pub(crate) lost: usize,
    pub(crate) doubled: usize,
    pub(crate) parked: usize,
    pub(crate) recovery: Duration,
}

/// Waits until nothing is on its way any more, and until both sides agree; then looks at everything.
pub(crate) async fn judge(
    world: &World,
    ledger: &Ledger,
    before: &Bystanders,
    expected: Expected,
    since: Instant,
    patience: Duration,
) -> anyhow::Result<Verdict> {
    let deadline = Instant::now() + patience;
    let mut verdict = Verdict { acknowledged: ledger.acknowledged.len(), ..Verdict::default() };
    let restless = loop {
        let restless = restlessness(world, ledger, expected).await;
        if restless.is_none() || Instant::now() > deadline {
            break restless;
        }
        tokio::time::sleep(PAUSE).await;
    };
    verdict.recovery = since.elapsed();
    if let Some(reason) = restless {
        verdict.violations.push(format!("not quiet within {} s: {reason}", patience.as_secs()));
    }
    let history = History::read(world).await?;
    let missing = history.missing_acknowledged(ledger);
    let unhandled = history.unhandled();
    let differences = state::differences(world, ledger).await?;
    let doubles = history.doubles(world).await?;
    verdict.lost = missing.len() + unhandled.len() + differences.len();
    verdict.doubled = doubles.len();
    verdict.parked = history.parked.len();
    verdict.violations.extend(missing.into_iter().chain(unhandled).chain(differences).chain(doubles));
    verdict.violations.extend(history.without_origin(expected.foreign_events));
    verdict.violations.extend(history.out_of_order(world).await?);
    verdict.violations.extend(before.harm_since(world).await?);
    verdict.violations.extend(logs::leaks(world)?);
    verdict.violations.extend(ledger.unexpected.iter().cloned());
    verdict.violations.extend(wrongly_parked(world, &history, expected).await);
    Ok(verdict)
}

/// What is still on its way, if anything is.
async fn restlessness(world: &World, ledger: &Ledger, expected: Expected) -> Option<String> {
    // What is cheap to know first: a long history is not read again and again while most of it is on its way.
    match world.directory.number("select count(*) from directory.outbox").await {
        Ok(0) => {}
        Ok(unsent) => return Some(format!("{unsent} events are unsent")),
        Err(error) => return Some(format!("{error:#}")),
    }
    match world.queue_depth().await {
        Some(0) => {}
        Some(depth) => return Some(format!("{depth} messages wait in the queue")),
        None => return Some("the queue cannot be asked".to_owned()),
    }
    let history = match History::read(world).await {
        Ok(history) => history,
        Err(error) => return Some(format!("{error:#}")),
    };
    if let Some(event) = history.unhandled().first() {
        return Some(event.clone());
    }
    if history.parked.len() > expected.parked_events {
        return Some(format!("{} events are parked", history.parked.len()));
    }
    match state::differences(world, ledger).await {
        Ok(differences) => differences.into_iter().next(),
        Err(error) => Some(format!("{error:#}")),
    }
}

async fn wrongly_parked(world: &World, history: &History, expected: Expected) -> Vec<String> {
    let mut found = Vec::new();
    if history.parked.len() != expected.parked_events {
        let reasons = history.parked.iter().map(|(_, reason)| reason.as_str()).collect::<Vec<_>>().join(", ");
        found.push(format!(
            "{} events are parked instead of {}: {reasons}",
            history.parked.len(),
            expected.parked_events
        ));
    }
    match world.parked_depth().await {
        Some(depth) if depth == expected.parked_messages => {}
        depth => found.push(format!("{depth:?} messages are parked instead of {}", expected.parked_messages)),
    }
    found
}
