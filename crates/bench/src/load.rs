//! Load: requests one after the other on each of several connections, for a time or a number of times.

pub(crate) mod http;
pub(crate) mod sample;
pub(crate) mod scim;

use std::cell::Cell;
use std::time::{Duration, Instant};

use futures::future::try_join_all;

use self::http::{Connection, Target};
use self::sample::{Cpu, Sample, Times};
use crate::meter::Meter;

/// Before a timed measurement: connections are opened and statements prepared.
const WARM_UP: Duration = Duration::from_millis(300);

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Amount {
    For(Duration),
    Times(usize),
}

/// Numbers of requests, each given out once.
#[derive(Debug, Default)]
pub(crate) struct Numbers(Cell<usize>);

impl Numbers {
    /// Beginning with that one.
    pub(crate) fn from(first: usize) -> Self {
        Self(Cell::new(first))
    }

    pub(crate) fn next(&self) -> usize {
        self.0.replace(self.0.get() + 1)
    }
}

/// A closed loop of clients.
#[derive(Clone, Copy)]
pub(crate) struct Load<'a> {
    pub(crate) target: &'a Target,
    pub(crate) clients: usize,
    pub(crate) amount: Amount,
    /// Counts what the requests cost.
    pub(crate) meter: Option<&'a Meter>,
}

impl Load<'_> {
    /// Sends what `step` sends, each time with another number.
    ///
    /// # Errors
    /// The first wrong answer.
    pub(crate) async fn run(
        &self,
        numbers: &Numbers,
        step: impl AsyncFn(&mut Connection, usize) -> anyhow::Result<()>,
    ) -> anyhow::Result<Sample> {
        let mut connections = try_join_all((0..self.clients).map(|_| Connection::open(self.target))).await?;
        if let Amount::For(_) = self.amount {
            let end = Instant::now() + WARM_UP;
            let warm = connections.iter_mut().map(async |connection| {
                while Instant::now() < end {
                    step(connection, numbers.next()).await?;
                }
                anyhow::Ok(())
            });
            try_join_all(warm).await?;
        }
        let before = match self.meter {
            Some(meter) => Some(meter.read().await?),
            None => None,
        };
        let begin = Instant::now();
        let left = Cell::new(match self.amount {
            Amount::For(_) => usize::MAX,
            Amount::Times(times) => times,
        });
        let goes_on = || match self.amount {
            Amount::For(length) => begin.elapsed() < length,
            Amount::Times(_) => left.replace(left.get().saturating_sub(1)) > 0,
        };
        let clients = connections.iter_mut().map(async |connection| {
            let mut taken = Vec::new();
            while goes_on() {
                let sent = Instant::now();
                step(connection, numbers.next()).await?;
                taken.push(sent.elapsed());
            }
            anyhow::Ok(taken)
        });
        let taken = try_join_all(clients).await?.concat();
        let seconds = begin.elapsed().as_secs_f64();
        let requests = taken.len() as f64;
        let cpu = match (self.meter, before) {
            (Some(meter), Some(before)) => {
                let used = meter.read().await?.since(&before);
                let each = |seconds: f64| seconds * 1_000_000.0 / requests.max(1.0);
                Some(Cpu {
                    service: each(used.service),
                    postgres: each(used.postgres),
                    client: each(used.client),
                })
            }
            _ => None,
        };
        Ok(Sample { per_second: requests / seconds, times: Times::of(taken), cpu })
    }
}
