//! How an integration is doing, at one look.

use chrono::{DateTime, Duration, Utc};

use crate::{Outcome, Registration};

/// Up to this much is counted; what is more is more.
pub const COUNTED_UP_TO: u32 = 1_000;

/// What came of late.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// When the newest entry of the log came, of each outcome that has one.
    pub newest: Vec<(Outcome, DateTime<Utc>)>,
    /// Requests that were not carried out.
    pub problems: u32,
    /// Events that wait for the relay, those included that are to be sent once more.
    pub events_waiting: u32,
    /// When the oldest of them was committed that was never sent.
    pub oldest_waiting: Option<DateTime<Utc>>,
}

/// What came for the first time, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Milestones {
    /// A test of the connection, or another of Entra's health checks, as far back as the log goes.
    pub test_connection: Option<DateTime<Utc>>,
    /// A user, whether or not they live.
    pub first_user: Option<DateTime<Utc>>,
    /// A group, likewise.
    pub first_group: Option<DateTime<Utc>>,
    /// A user was deleted, or another `active` was said of one, as far back as the log goes.
    pub first_deactivation: Option<DateTime<Utc>>,
}

/// A number that was counted up to a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounded {
    /// The number, or the bound.
    pub count: u32,
    /// Whether there are more.
    pub more: bool,
}

impl Bounded {
    /// Of what was counted up to one more than the bound.
    pub fn of(counted: u32) -> Self {
        Self { count: counted.min(COUNTED_UP_TO), more: counted > COUNTED_UP_TO }
    }
}

/// How an integration is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The newest request that was logged.
    pub last_request: Option<DateTime<Utc>>,
    /// The newest that was carried out, health checks left aside.
    pub last_success: Option<DateTime<Utc>>,
    /// The newest that was not.
    pub last_problem: Option<DateTime<Utc>>,
    /// The newest health check.
    pub last_health_check: Option<DateTime<Utc>>,
    /// Requests of the last day that were not carried out.
    pub problems: Bounded,
    /// Events that the LMS has not been told.
    pub events_waiting: Bounded,
    /// Since when.
    pub oldest_waiting: Option<DateTime<Utc>>,
    /// Credentials that let somebody in.
    pub usable_credentials: usize,
    /// When the first of them ends.
    pub next_expiry: Option<DateTime<Utc>>,
    /// When any credential was used last.
    pub last_used: Option<DateTime<Utc>>,
}

impl Summary {
    /// Since when problems are counted.
    pub fn since(now: DateTime<Utc>) -> DateTime<Utc> {
        now - Duration::days(1)
    }

    /// What activity and credentials come to.
    pub fn new(registration: &Registration, activity: &Activity, now: DateTime<Utc>) -> Self {
        let newest = |is_meant: fn(Outcome) -> bool| {
            activity.newest.iter().filter(|(outcome, _)| is_meant(*outcome)).map(|(_, at)| *at).max()
        };
        let credentials = &registration.credentials;
        let usable = || credentials.iter().filter(|credential| credential.is_usable(now));
        Self {
            last_request: newest(|_| true),
            last_success: newest(|outcome| !outcome.is_problem() && outcome != Outcome::HealthCheck),
            last_problem: newest(Outcome::is_problem),
            last_health_check: newest(|outcome| outcome == Outcome::HealthCheck),
            problems: Bounded::of(activity.problems),
            events_waiting: Bounded::of(activity.events_waiting),
            oldest_waiting: activity.oldest_waiting,
            usable_credentials: usable().count(),
            next_expiry: usable().filter_map(|credential| credential.expires).min(),
            last_used: credentials
                .iter()
                .filter_map(|credential| Some(credential.usage.last.as_ref()?.at))
                .max(),
        }
    }
}

#[cfg(test)]
mod tests;
