//! Runs that are too long for the matrix: many writes, and what they come to.

mod backlog;
mod plan;
mod restarts;

use std::path::Path;
use std::time::Duration;

use clap::Subcommand;

use crate::document;
use crate::oracle::Verdict;
use crate::site::Site;
use crate::workload::Population;
use crate::world::{Cast, Mebibytes};

const PAIRS: Cast = Cast { has_cluster: false, gateways: 2, user_syncs: 2, settings: &[] };

/// How long writers wait in the end for the answers of what they began.
const LAST_ANSWERS: Duration = Duration::from_secs(180);

const TITLES: [&str; 10] = [
    "run",
    "what",
    "outcome",
    "tries",
    "acknowledged",
    "lost, doubled, parked",
    "writing",
    "writes a second",
    "recovery",
    "peak memory",
];

/// Which run.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Endurance {
    /// Restarts both databases, the broker and every process again and again, amid many writes.
    Restarts {
        /// Acknowledged writes.
        #[arg(long, default_value_t = 50_000)]
        writes: usize,
        /// People and groups that are written about at the same time.
        #[arg(long, default_value_t = 100)]
        clients: usize,
        /// Restarts of each.
        #[arg(long, default_value_t = 5)]
        times: usize,
        /// Minutes after which it is given up.
        #[arg(long, default_value_t = 60)]
        minutes: u64,
    },
    /// Stops the broker until many changes wait, and starts it.
    Backlog {
        /// Events that wait in the end.
        #[arg(long, default_value_t = 100_000)]
        changes: usize,
        /// People and groups that are written about at the same time.
        #[arg(long, default_value_t = 100)]
        clients: usize,
        /// Minutes after which it is given up that so many are made.
        #[arg(long, default_value_t = 60)]
        minutes: u64,
    },
}

/// What came of a run.
pub(crate) struct Endured {
    name: &'static str,
    what: String,
    pub(crate) verdict: Verdict,
    tries: usize,
    writing: Duration,
    /// The most memory of each process.
    peaks: Vec<(String, Mebibytes)>,
}

impl Endurance {
    pub(crate) async fn run(self, site: Site, seed: u64) -> anyhow::Result<Endured> {
        let limit = |minutes| Duration::from_secs(60 * minutes);
        match self {
            Self::Restarts { writes, clients, times, minutes } => {
                let plan = restarts::Plan { writes, clients, times, limit: limit(minutes) };
                restarts::run(plan, site, seed).await
            }
            Self::Backlog { changes, clients, minutes } => {
                let plan = backlog::Plan { changes, clients, limit: limit(minutes) };
                backlog::run(plan, site, seed).await
            }
        }
    }
}

impl Endured {
    pub(crate) fn write_into(&self, document: &Path, about: &str) -> anyhow::Result<()> {
        let rows = [self.row()];
        document::Table { name: "endurance", titles: TITLES, rows: &rows }.write_into(document, about)
    }

    /// Title and value of each figure, a line each.
    pub(crate) fn to_text(&self) -> String {
        let figures = TITLES.iter().zip(self.row());
        figures.map(|(title, value)| format!("{title}: {value}\n")).collect()
    }

    #[allow(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    fn row(&self) -> [String; TITLES.len()] {
        let verdict = &self.verdict;
        let peaks = self.peaks.iter().map(|(name, Mebibytes(peak))| format!("{name} {peak} MiB"));
        [
            self.name.to_owned(),
            self.what.clone(),
            if verdict.violations.is_empty() { "survived" } else { "FAILED" }.to_owned(),
            self.tries.to_string(),
            verdict.acknowledged.to_string(),
            format!("{}, {}, {}", verdict.lost, verdict.doubled, verdict.parked),
            format!("{:.0} s", self.writing.as_secs_f64()),
            format!("{:.0}", verdict.acknowledged as f64 / self.writing.as_secs_f64()),
            format!("{:.1} s", verdict.recovery.as_secs_f64()),
            peaks.collect::<Vec<_>>().join(", "),
        ]
    }
}

/// People and teams, as many together as there are clients: one writes about each, without a pause.
fn crowd(clients: usize) -> Population {
    let (teams, guests) = (clients / 10, clients * 3 / 10);
    Population { staff: clients - teams - guests, guests, teams, pause: Duration::ZERO }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_to_write_about_as_clients() {
        let Population { staff, guests, teams, .. } = crowd(100);
        assert_eq!((staff, guests, teams), (60, 30, 10));
    }

    #[test]
    fn a_row_holds_every_figure() {
        let verdict = Verdict {
            acknowledged: 300,
            doubled: 1,
            recovery: Duration::from_millis(2_340),
            violations: vec!["there are two".to_owned()],
            ..Verdict::default()
        };
        let peaks = vec![("user-sync-1".to_owned(), Mebibytes(61))];
        let writing = Duration::from_secs(2);
        let what = "300 events".to_owned();
        let endured = Endured { name: "backlog", what, verdict, tries: 310, writing, peaks };
        let expected = [
            "backlog",
            "300 events",
            "FAILED",
            "310",
            "300",
            "0, 1, 0",
            "2 s",
            "150",
            "2.3 s",
            "user-sync-1 61 MiB",
        ];
        assert_eq!(endured.row(), expected);
    }
}
