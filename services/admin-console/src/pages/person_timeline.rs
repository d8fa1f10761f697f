//! What was asked about a person and what came of it, in one order of time.

use chrono::{DateTime, Duration, SecondsFormat, Utc};

use crate::api::{Effect, List, LogEntry, Query};

/// Of each service on one page.
const MOST: usize = 50;

/// Something that happened to a person.
#[derive(Clone, Debug)]
pub(super) enum Happening {
    /// The directory asked for something.
    Asked(LogEntry),
    /// The LMS was changed, or was not.
    Did(Effect),
}

/// What happened, newest first.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    pub(super) happenings: Vec<Happening>,
    /// The next page is of what was before.
    pub(super) before: Option<DateTime<Utc>>,
}

impl Happening {
    pub(super) fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Asked(entry) => entry.at,
            Self::Did(effect) => effect.at,
        }
    }
}

impl Timeline {
    /// What to ask either service.
    pub(super) fn query(before: Option<DateTime<Utc>>) -> Query {
        Query::new().with("limit", MOST.to_string()).with("to", before.map(exact))
    }

    /// The same in an address.
    pub(super) fn older(&self) -> Option<String> {
        self.before.map(exact)
    }

    /// Both in one order. Where one service has more, nothing is shown that is older than what it told: something may be
    /// missing between.
    pub(super) fn merge(asked: Option<List<LogEntry>>, did: List<Effect>) -> Self {
        let asked = asked.unwrap_or_else(List::empty);
        let end_of_log = asked.next().and_then(|_| asked.items.last()).map(|entry| entry.at);
        let end_of_effects = did.next().and_then(|_| did.items.last()).map(|effect| effect.at);
        let end = end_of_log.max(end_of_effects);
        let asked = asked.items.into_iter().map(Happening::Asked);
        let mut all: Vec<Happening> = asked.chain(did.items.into_iter().map(Happening::Did)).collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.at()));
        let Some(end) = end else { return Self { happenings: all, before: None } };
        let is_after = |one: &Happening| one.at() > end;
        // All of one instant and more than a page: what is left of that instant is not shown.
        if !all.iter().any(is_after) {
            all.retain(|one| one.at() == end);
            return Self { happenings: all, before: Some(end) };
        }
        all.retain(is_after);
        Self { happenings: all, before: Some(end + Duration::microseconds(1)) }
    }
}

fn exact(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn log(seconds: &[u32], next: Option<&str>) -> List<LogEntry> {
        let entry = |second: &u32| {
            json!({ "entry_id": 1, "at": format!("2026-03-01T12:00:{second:02}Z"), "operation": "patch",
                    "request_id": uuid::Uuid::nil(), "outcome": "changed" })
        };
        let items: Vec<_> = seconds.iter().map(entry).collect();
        serde_json::from_value(json!({ "items": items, "next": next })).unwrap()
    }

    fn effects(seconds: &[u32], next: Option<u32>) -> List<Effect> {
        let effect = |second: &u32| {
            json!({ "at": format!("2026-03-01T12:00:{second:02}Z"), "request_id": uuid::Uuid::nil(),
                    "event_type": "user.changed", "outcome": "updated" })
        };
        let items: Vec<_> = seconds.iter().map(effect).collect();
        serde_json::from_value(json!({ "items": items, "next": next })).unwrap()
    }

    fn seconds(timeline: &Timeline) -> Vec<String> {
        timeline.happenings.iter().map(|one| one.at().format("%S").to_string()).collect()
    }

    #[test]
    fn what_both_told_stands_in_one_order() {
        let timeline = Timeline::merge(Some(log(&[40, 10], None)), effects(&[41, 11], None));
        assert_eq!(seconds(&timeline), ["41", "40", "11", "10"]);
        assert_eq!(timeline.before, None);
        assert_eq!(seconds(&Timeline::merge(None, effects(&[5], None))), ["05"]);
    }

    #[test]
    fn nothing_is_shown_below_which_something_may_be_missing() {
        let timeline = Timeline::merge(Some(log(&[40, 30], Some("c"))), effects(&[41, 31, 20], None));
        assert_eq!(seconds(&timeline), ["41", "40", "31"]);
        assert_eq!(timeline.before.unwrap().to_rfc3339(), "2026-03-01T12:00:30.000001+00:00");
    }

    #[test]
    fn a_page_of_one_instant_does_not_come_again() {
        let timeline = Timeline::merge(Some(log(&[30, 30], Some("c"))), effects(&[20], None));
        assert_eq!(seconds(&timeline), ["30", "30"]);
        assert_eq!(timeline.before.unwrap().to_rfc3339(), "2026-03-01T12:00:30+00:00");
    }
}
