//! CPU time and memory of processes, and how busy the machine is, from `/proc`.

use std::collections::HashMap;
use std::fs::read_to_string;
use std::time::Duration;

use anyhow::Context;
use tokio_postgres::Client;

/// Linux counts CPU time in these on every machine that Rust runs on.
const TICKS_PER_SECOND: f64 = 100.0;
const PAGE_KIB: f64 = 4.0;

/// Counts what services and the sessions of their databases use.
pub(crate) struct Meter {
    services: Vec<u32>,
    postgres: Client,
    databases: Vec<String>,
}

/// CPU seconds used so far.
#[derive(Debug)]
pub(crate) struct Reading {
    service: f64,
    client: f64,
    /// By session, because sessions come and go.
    sessions: HashMap<u32, f64>,
}

/// CPU seconds between two readings.
#[derive(Debug, PartialEq)]
pub(crate) struct Used {
    pub(crate) service: f64,
    pub(crate) postgres: f64,
    pub(crate) client: f64,
}

impl Meter {
    /// Counts processes by id, and whoever serves these databases on the server of `postgres`.
    pub(crate) fn new(services: Vec<u32>, postgres: Client, databases: Vec<String>) -> Self {
        Self { services, postgres, databases }
    }

    pub(crate) async fn read(&self) -> anyhow::Result<Reading> {
        let question = "select pid from pg_stat_activity where datname = any($1)";
        let rows = self.postgres.query(question, &[&self.databases]).await?;
        let mut sessions = HashMap::new();
        for row in rows {
            let pid = u32::try_from(row.try_get::<_, i32>(0)?)?;
            // A session that has just ended, or a server on another machine, has used nothing that could be read.
            if let Some(seconds) = cpu_seconds(pid) {
                sessions.insert(pid, seconds);
            }
        }
        Ok(Reading {
            service: self.services.iter().filter_map(|pid| cpu_seconds(*pid)).sum(),
            client: cpu_seconds(std::process::id()).unwrap_or_default(),
            sessions,
        })
    }
}

impl Reading {
    pub(crate) fn since(&self, before: &Self) -> Used {
        let session = |(pid, now): (&u32, &f64)| now - before.sessions.get(pid).unwrap_or(&0.0);
        Used {
            service: self.service - before.service,
            // The sum of nothing is a negative zero.
            postgres: self.sessions.iter().map(session).fold(0.0, |sum, seconds| sum + seconds),
            client: self.client - before.client,
        }
    }
}

/// User and system time of a process.
fn cpu_seconds(pid: u32) -> Option<f64> {
    let stat = read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program stands in brackets and may hold anything.
    let (_, fields) = stat.rsplit_once(") ")?;
    let times: Vec<f64> = fields.split(' ').skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    Some(times.iter().sum::<f64>() / TICKS_PER_SECOND)
}

/// Memory of a process that is in use, in MiB.
pub(crate) fn resident_mib(pid: u32) -> anyhow::Result<f64> {
    let statm = read_to_string(format!("/proc/{pid}/statm"))?;
    let pages: f64 = statm.split(' ').nth(1).context("no resident pages")?.parse()?;
    Ok(pages * PAGE_KIB / 1024.0)
}

/// Share of the machine's CPU time that is used now, in percent, looked at for a second.
pub(crate) async fn machine_busy_percent() -> anyhow::Result<f64> {
    let (busy_before, all_before) = machine()?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (busy, all) = machine()?;
    Ok(100.0 * (busy - busy_before) / (all - all_before).max(1.0))
}

/// Busy and all ticks since the machine's start.
fn machine() -> anyhow::Result<(f64, f64)> {
    let stat = read_to_string("/proc/stat")?;
    let first = stat.lines().next().context("an empty /proc/stat")?;
    let ticks: Vec<f64> =
        first.split_whitespace().skip(1).take(8).filter_map(|tick| tick.parse().ok()).collect();
    let all: f64 = ticks.iter().sum();
    // The fourth is idle, the fifth waits for a disk.
    let idle: f64 = ticks.iter().skip(3).take(2).sum();
    Ok((all - idle, all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_is_new_counts_from_its_beginning() {
        let reading = |service, client, sessions: &[(u32, f64)]| Reading {
            service,
            client,
            sessions: sessions.iter().copied().collect(),
        };
        let before = reading(1.0, 0.5, &[(7, 10.0), (8, 3.0)]);
        let after = reading(3.0, 0.75, &[(7, 11.0), (9, 0.25)]);
        assert_eq!(after.since(&before), Used { service: 2.0, postgres: 1.25, client: 0.25 });
    }

    #[test]
    fn this_process_uses_time_and_memory() {
        assert!(cpu_seconds(std::process::id()).is_some());
        assert!(resident_mib(std::process::id()).unwrap() > 1.0);
    }
}
