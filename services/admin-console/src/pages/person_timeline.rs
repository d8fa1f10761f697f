//! What was asked about a person and what came of it, in one order of time.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

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
    /// Where the next page begins.
    next: Option<Position>,
}

/// How far both lists were shown. Each service goes on after its own number: two instants can be the same, and the two
/// services keep them differently exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    asked: Mark,
    did: Mark,
}

/// How far the list of one service was shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mark {
    #[default]
    Newest,
    After(i64),
    End,
}

impl Position {
    /// What to ask the gateway, unless all of it was shown.
    pub(super) fn of_log(self) -> Option<Query> {
        self.asked.query()
    }

    /// What to ask the LMS side.
    pub(super) fn of_effects(self) -> Option<Query> {
        self.did.query()
    }
}

impl Mark {
    fn query(self) -> Option<Query> {
        let query = Query::new().with("limit", MOST.to_string());
        match self {
            Self::Newest => Some(query),
            Self::After(number) => Some(query.with("cursor", number.to_string())),
            Self::End => None,
        }
    }

    fn word(self) -> String {
        match self {
            Self::Newest => String::new(),
            Self::After(number) => number.to_string(),
            Self::End => "end".to_owned(),
        }
    }

    /// What is no number is the beginning: an address may be of an older version.
    fn parse(word: &str) -> Self {
        match word {
            "end" => Self::End,
            number => number.parse().map_or(Self::Newest, Self::After),
        }
    }
}

impl FromStr for Position {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let (asked, did) = text.split_once('.').unwrap_or_default();
        Ok(Self { asked: Mark::parse(asked), did: Mark::parse(did) })
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Ok(position) = String::deserialize(deserializer)?.parse();
        Ok(position)
    }
}

/// Whether a request stands above an effect. Within one second instants say nothing, since the two services keep them
/// differently exact: there an effect stands above its own request, and below every later one.
fn is_later(entry: &LogEntry, effect: &Effect, asked: &VecDeque<LogEntry>) -> bool {
    if entry.request_id == effect.request_id {
        return false;
    }
    match entry.at.timestamp().cmp(&effect.at.timestamp()) {
        Ordering::Equal => asked.iter().any(|other| other.request_id == effect.request_id),
        order => order.is_gt(),
    }
}

impl Timeline {
    /// Where the next page begins, as it stands in an address.
    pub(super) fn older(&self) -> Option<String> {
        self.next.map(|Position { asked, did }| format!("{}.{}", asked.word(), did.word()))
    }

    /// Both in one order, from a position on. Where one service has more than it told, what is older than that is left to
    /// the next page. A service that is away told nothing.
    pub(super) fn merge(from: Position, asked: Option<List<LogEntry>>, did: List<Effect>) -> Self {
        let is_away = asked.is_none();
        let asked = asked.unwrap_or_else(List::empty);
        let (more_asked, more_did) = (asked.next().is_some(), did.next().is_some());
        let (mut asked, mut did) = (VecDeque::from(asked.items), VecDeque::from(did.items));
        let (mut happenings, mut next) = (Vec::new(), from);
        loop {
            let is_asked = match (asked.front(), did.front()) {
                (None, _) if more_asked => break,
                (_, None) if more_did => break,
                (Some(entry), Some(effect)) => is_later(entry, effect, &asked),
                (entry, _) => entry.is_some(),
            };
            let one = if is_asked {
                asked.pop_front().map(|entry| (Mark::After(entry.entry_id), Happening::Asked(entry)))
            } else {
                did.pop_front().map(|effect| (Mark::After(effect.effect_id), Happening::Did(effect)))
            };
            let Some((mark, one)) = one else { break };
            *(if is_asked { &mut next.asked } else { &mut next.did }) = mark;
            happenings.push(one);
        }
        if asked.is_empty() && !more_asked && !is_away {
            next.asked = Mark::End;
        }
        if did.is_empty() && !more_did {
            next.did = Mark::End;
        }
        let is_all = !more_asked && !more_did;
        Self { happenings, next: (!is_all).then_some(next) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn list<T: serde::de::DeserializeOwned>(items: Vec<serde_json::Value>, next: Option<i64>) -> List<T> {
        serde_json::from_value(json!({ "items": items, "next": next })).unwrap()
    }

    fn entry(number: i64, at: &str) -> serde_json::Value {
        entry_of(number, at, 1_000 + u128::try_from(number).unwrap())
    }

    fn entry_of(number: i64, at: &str, request: u128) -> serde_json::Value {
        json!({ "entry_id": number, "at": format!("2026-03-01T12:00:{at}Z"), "operation": "patch",
                "request_id": uuid::Uuid::from_u128(request), "outcome": "changed" })
    }

    fn effect(number: i64, at: &str) -> serde_json::Value {
        effect_of(number, at, 5_000 + u128::try_from(number).unwrap())
    }

    fn effect_of(number: i64, at: &str, request: u128) -> serde_json::Value {
        json!({ "effect_id": number, "at": format!("2026-03-01T12:00:{at}Z"), "request_id": uuid::Uuid::from_u128(request),
                "event_type": "user.changed", "outcome": "updated" })
    }

    fn numbers(timeline: &Timeline) -> Vec<i64> {
        let number = |one: &Happening| match one {
            Happening::Asked(entry) => entry.entry_id,
            Happening::Did(effect) => effect.effect_id,
        };
        timeline.happenings.iter().map(number).collect()
    }

    #[test]
    fn what_both_told_stands_in_one_order() {
        let log = || list(vec![entry(4, "40"), entry(1, "10")], None);
        let timeline = Timeline::merge(
            Position::default(),
            Some(log()),
            list(vec![effect(41, "41"), effect(11, "11")], None),
        );
        assert_eq!((numbers(&timeline), timeline.older()), (vec![41, 4, 11, 1], None));
        let timeline = Timeline::merge(Position::default(), None, list(vec![effect(5, "05")], None));
        assert_eq!((numbers(&timeline), timeline.older()), (vec![5], None));
    }

    /// Exact instants of the gateway, those of the LMS cut to the second, and one that runs ahead.
    #[test]
    fn of_one_second_an_effect_stands_above_its_request_and_below_later_ones() {
        let log =
            list(vec![entry_of(3, "31", 300), entry_of(2, "30.9", 200), entry_of(1, "30.1", 100)], None);
        let effects =
            list(vec![effect_of(30, "30.99", 300), effect_of(20, "30", 200), effect_of(10, "30", 100)], None);
        let timeline = Timeline::merge(Position::default(), Some(log), effects);
        assert_eq!(numbers(&timeline), [30, 3, 20, 2, 10, 1]);
    }

    #[test]
    fn nothing_is_shown_below_which_something_may_be_missing() {
        let log = list(vec![entry(4, "40"), entry(3, "30")], Some(3));
        let effects = list(vec![effect(41, "41"), effect(31, "31"), effect(20, "20")], None);
        let timeline = Timeline::merge(Position::default(), Some(log), effects);
        assert_eq!((numbers(&timeline), timeline.older().as_deref()), (vec![41, 4, 31, 3], Some("3.31")));
    }

    #[test]
    fn a_service_that_was_shown_whole_or_is_away_is_not_begun_anew() {
        let effects = || list(vec![effect(41, "41"), effect(31, "31")], Some(31));
        let from = "7.52".parse().unwrap();
        assert_eq!(Timeline::merge(from, None, effects()).older().as_deref(), Some("7.31"));
        let timeline = Timeline::merge(from, Some(list(vec![entry(6, "35")], None)), effects());
        assert_eq!((numbers(&timeline), timeline.older().as_deref()), (vec![41, 6, 31], Some("end.31")));
        let end: Position = "end.31".parse().unwrap();
        assert!(end.of_log().is_none() && end.of_effects().is_some());
    }

    /// Of a list, newest first, what a service tells: two at a time.
    fn told<T: serde::de::DeserializeOwned>(
        all: &[(i64, &str)],
        mark: Mark,
        of: fn(i64, &str) -> serde_json::Value,
    ) -> List<T> {
        let rest: Vec<_> = match mark {
            Mark::End => Vec::new(),
            Mark::Newest => all.to_vec(),
            Mark::After(number) => all.iter().skip_while(|one| one.0 != number).skip(1).copied().collect(),
        };
        let shown: Vec<_> = rest.iter().take(2).collect();
        let next = (rest.len() > 2).then(|| shown[1].0);
        list(shown.into_iter().map(|(number, at)| of(*number, at)).collect(), next)
    }

    #[test]
    fn every_entry_stands_on_one_page_however_many_are_of_one_instant() {
        // Numbers of the log are drawn when an answer is written, its order is that of the instants.
        let log = [
            (1009, "30.000001"),
            (1008, "30"),
            (1007, "30"),
            (1005, "30"),
            (1006, "29.999999"),
            (1001, "10"),
        ];
        let effects = [(15, "30.000001"), (14, "30"), (13, "30.000002"), (12, "30"), (11, "05"), (10, "04")];
        let (mut position, mut seen, mut pages) = (Position::default(), Vec::new(), 0);
        loop {
            let asked = told(&log, position.asked, entry);
            let did = told(&effects, position.did, effect);
            let timeline = Timeline::merge(position, Some(asked), did);
            seen.extend(numbers(&timeline));
            pages += 1;
            let Some(older) = timeline.older() else { break };
            position = older.parse().unwrap();
        }
        assert!(pages > 3, "{pages}");
        seen.sort_unstable();
        assert_eq!(seen, [10, 11, 12, 13, 14, 15, 1001, 1005, 1006, 1007, 1008, 1009]);
    }
}
