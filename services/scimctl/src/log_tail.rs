//! The log as it grows.

use std::collections::BTreeSet;
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use crate::client::Side;
use crate::failure::Failure;
use crate::log::{COLUMNS, Filter};
use crate::paging::{DEFAULT_LIMIT, Items, Paging};
use crate::session::Session;
use crate::table;

/// Ids that are remembered, so that nothing is shown twice.
const REMEMBERED: usize = 10_000;

#[derive(Args)]
pub(crate) struct Pace {
    /// Entries to begin with.
    #[arg(long, default_value_t = 10, value_name = "NUMBER")]
    lines: usize,
    /// Seconds between two looks.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=3600), value_name = "SECONDS")]
    every: u64,
    /// End after so many seconds.
    #[arg(long = "for", value_name = "SECONDS")]
    end_after: Option<u64>,
}

/// Shows entries until somebody presses Ctrl-C or the time is over.
pub(crate) async fn follow(session: &Session, filter: &Filter, pace: &Pace) -> Result<(), Failure> {
    let over = async {
        match pace.end_after {
            Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = look(session, filter, pace) => ended,
        pressed = tokio::signal::ctrl_c() => Ok(pressed?),
        () = over => Ok(()),
    }
}

async fn look(session: &Session, filter: &Filter, pace: &Pace) -> Result<(), Failure> {
    let mut seen = Seen::default();
    let begin = seen.add(page(session, filter, None).await?.values()?);
    let skipped = begin.len().saturating_sub(pace.lines);
    show(session, begin.get(skipped..).unwrap_or_default(), true)?;
    loop {
        tokio::time::sleep(Duration::from_secs(pace.every)).await;
        match unseen(session, filter, &seen).await {
            Ok(entries) => show(session, &seen.add(entries), false)?,
            // Whoever watches a log wants to go on watching when the server is back.
            Err(failure) if failure.is_temporary() => eprintln!("scimctl: {}", failure.sentence()),
            Err(failure) => return Err(failure),
        }
    }
}

/// Reads pages until one has nothing new.
async fn unseen(session: &Session, filter: &Filter, seen: &Seen) -> Result<Vec<Value>, Failure> {
    let mut entries = Vec::new();
    let mut cursor = None;
    loop {
        let newest = page(session, filter, cursor).await?;
        let values = newest.values()?;
        let is_all = newest.next.is_none() || !values.iter().any(|entry| seen.lacks(entry));
        entries.extend(values);
        if is_all {
            return Ok(entries);
        }
        cursor = newest.next;
    }
}

/// Entries that were written in another order than they are numbered are found within one page.
async fn page(session: &Session, filter: &Filter, cursor: Option<String>) -> Result<Items, Failure> {
    session.items(Side::Gateway, &["log"], &filter.query(), &Paging::page(DEFAULT_LIMIT, cursor)).await
}

fn show(session: &Session, entries: &[Value], is_first: bool) -> Result<(), Failure> {
    if session.output.is_json {
        for entry in entries {
            session.output.json(&entry.to_string())?;
        }
        return Ok(());
    }
    if is_first || !entries.is_empty() {
        let rows = table::rows(entries, COLUMNS, session.output.widest_cell);
        let titled =
            if is_first { rows.as_str() } else { rows.split_once('\n').map_or("", |(_, lines)| lines) };
        session.output.line(titled)?;
    }
    Ok(())
}

/// Which entries were shown.
#[derive(Default)]
struct Seen {
    /// Older ones are not wanted, whether they were seen or not.
    floor: Option<u64>,
    ids: BTreeSet<u64>,
}

impl Seen {
    fn lacks(&self, entry: &Value) -> bool {
        self.floor.is_none_or(|floor| id(entry) >= floor) && !self.ids.contains(&id(entry))
    }

    /// Those of the entries, newest first, that are new; oldest first.
    fn add(&mut self, entries: Vec<Value>) -> Vec<Value> {
        let oldest = entries.iter().map(id).min().unwrap_or_default();
        self.floor.get_or_insert(oldest);
        let mut fresh = Vec::new();
        for entry in entries {
            if self.lacks(&entry) {
                self.ids.insert(id(&entry));
                fresh.push(entry);
            }
        }
        while self.ids.len() > REMEMBERED {
            self.floor = self.ids.pop_first().map(|oldest| oldest + 1);
        }
        fresh.reverse();
        fresh
    }
}

fn id(entry: &Value) -> u64 {
    entry.get("entry_id").and_then(Value::as_u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn page(ids: &[u64]) -> Vec<Value> {
        ids.iter().map(|id| json!({ "entry_id": id })).collect()
    }

    #[test]
    fn an_entry_is_shown_once_and_in_order_even_when_it_comes_late() {
        let mut seen = Seen::default();
        assert_eq!(seen.add(page(&[7, 5, 4])), page(&[4, 5, 7]));
        assert_eq!(seen.add(page(&[7, 5, 4])), page(&[]));
        assert_eq!(seen.add(page(&[9, 8, 7, 6, 5, 4, 3, 2])), page(&[6, 8, 9]));
    }

    #[test]
    fn a_log_that_was_empty_shows_everything_from_then_on() {
        let mut seen = Seen::default();
        assert_eq!(seen.add(page(&[])), page(&[]));
        assert_eq!(seen.add(page(&[2, 1])), page(&[1, 2]));
    }
}
