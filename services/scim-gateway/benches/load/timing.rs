//! Measuring, and the table at the end.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What one measurement found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    requests: usize,
    per_second: f64,
    median: Duration,
    slow: Duration,
}

/// Sends requests one after the other from each of `clients` until `length` is over. Each gets a number of its own.
pub(crate) async fn measure<F: Future<Output = ()> + Send + 'static>(
    clients: usize,
    length: Duration,
    request: impl Fn(usize) -> F + Clone + Send + 'static,
) -> Timing {
    let next = Arc::new(AtomicUsize::new(0));
    // Connections and prepared statements are not what is measured.
    for _ in 0..clients.max(8) {
        request(next.fetch_add(1, Ordering::Relaxed)).await;
    }
    let begin = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let (request, next) = (request.clone(), next.clone());
            tokio::spawn(async move {
                let mut times = Vec::new();
                while begin.elapsed() < length {
                    let sent = Instant::now();
                    request(next.fetch_add(1, Ordering::Relaxed)).await;
                    times.push(sent.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let elapsed = begin.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    Timing {
        requests: times.len(),
        per_second: times.len() as f64 / elapsed,
        median: at(0.5),
        slow: at(0.99),
    }
}

/// Every measurement, by name and size.
#[derive(Default)]
pub(crate) struct Report(Vec<(&'static str, usize, Timing)>);

impl Report {
    pub(crate) fn add(&mut self, name: &'static str, size: usize, timing: Timing) {
        eprintln!("{name} at {size}: {:.0}/s", timing.per_second);
        self.0.push((name, size, timing));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<30} {:>8} {:>9} {:>9} {:>9} {:>9} {:>22}",
            "", "size", "requests", "per s", "median", "99 %", "median / at first size"
        )?;
        let mut rows: Vec<_> = self.0.iter().collect();
        rows.sort_by_key(|(name, size, _)| (self.0.iter().position(|(first, ..)| first == name), *size));
        for (name, size, timing) in rows {
            let first = self.0.iter().find(|(known, ..)| known == name).map_or(timing, |(_, _, first)| first);
            let ratio = timing.median.as_secs_f64() / first.median.as_secs_f64();
            writeln!(
                f,
                "{name:<30} {size:>8} {:>9} {:>9.0} {:>6.2} ms {:>6.2} ms {ratio:>22.2}",
                timing.requests,
                timing.per_second,
                millis(timing.median),
                millis(timing.slow),
            )?;
        }
        Ok(())
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
