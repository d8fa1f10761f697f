use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use chrono::{DateTime, Duration, Utc};

use crate::chance::Chance;

/// What all share that a process cannot choose: time, chance, and whether a dependency answers.
///
/// One thread at a time uses it; the lock is there because ports have to be `Sync`.
pub(crate) struct Nature(Mutex<State>);

struct State {
    chance: Chance,
    now: DateTime<Utc>,
    weather: Weather,
    trace: Option<Vec<String>>,
    violations: Vec<String>,
    /// Digest of everything that happened, to compare two runs.
    digest: u64,
}

/// How often a call fails, in percent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weather {
    pub(crate) directory: usize,
    pub(crate) broker: usize,
    pub(crate) lms: usize,
}

/// Where a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dependency {
    Directory,
    Broker,
    Lms,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Answered,
    /// It fails before it did anything.
    Away,
    /// It is done, and the answer is lost.
    AnswerLost,
}

impl Nature {
    pub(crate) fn new(seed: u64, is_traced: bool) -> Self {
        Self(Mutex::new(State {
            chance: Chance::new(seed),
            now: DateTime::UNIX_EPOCH + Duration::days(20_000),
            weather: Weather::default(),
            trace: is_traced.then(Vec::new),
            violations: Vec::new(),
            digest: 0xcbf2_9ce4_8422_2325,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Draws from the seed.
    pub(crate) fn draw<T>(&self, draw: impl FnOnce(&mut Chance) -> T) -> T {
        draw(&mut self.state().chance)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.state().now
    }

    pub(crate) fn pass_time(&self, by: Duration) {
        self.state().now += by;
    }

    pub(crate) fn set_weather(&self, weather: Weather) {
        self.state().weather = weather;
    }

    /// Notes a step. The text is made only when somebody will read it.
    pub(crate) fn note(&self, step: &'static str, text: impl FnOnce() -> String) {
        let mut state = self.state();
        for byte in step.bytes() {
            state.digest = (state.digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        if let Some(trace) = &mut state.trace {
            let line = format!("{:>5} {step} {}", trace.len(), text());
            trace.push(line);
        }
    }

    /// Notes that something came to be that must never be.
    pub(crate) fn violate(&self, what: String) {
        self.note("VIOLATION", || what.clone());
        self.state().violations.push(what);
    }

    pub(crate) fn violations(&self) -> Vec<String> {
        self.state().violations.clone()
    }

    pub(crate) fn trace(&self) -> Vec<String> {
        self.state().trace.clone().unwrap_or_default()
    }

    pub(crate) fn digest(&self) -> u64 {
        self.state().digest
    }

    /// Carries out a call as one step, with a pause before it and one behind it: whoever is dropped in the first did
    /// nothing, and whoever is dropped in the second never learns that it is done.
    pub(crate) async fn call<T, E>(
        &self,
        dependency: Dependency,
        port: &'static str,
        effect: impl FnOnce() -> Result<T, E>,
        failed: impl FnOnce(bool) -> E,
    ) -> Result<T, E> {
        pause().await;
        let fate = self.fate(dependency);
        self.note(port, || format!("{fate:?}"));
        if fate == Fate::Away {
            return Err(failed(false));
        }
        let answer = effect();
        pause().await;
        if fate == Fate::AnswerLost { Err(failed(true)) } else { answer }
    }

    pub(crate) fn fate(&self, dependency: Dependency) -> Fate {
        let mut state = self.state();
        let percent = match dependency {
            Dependency::Directory => state.weather.directory,
            Dependency::Broker => state.weather.broker,
            Dependency::Lms => state.weather.lms,
        };
        match state.chance.percent(percent) {
            false => Fate::Answered,
            true if state.chance.one_in(2) => Fate::Away,
            true => Fate::AnswerLost,
        }
    }
}

/// Lets the scheduler choose who goes on.
pub(crate) async fn pause() {
    let mut has_paused = false;
    poll_fn(|_| if std::mem::replace(&mut has_paused, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// The cause of a failure that the seed thought of.
#[derive(Debug)]
pub(crate) struct Fault;

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a fault of the simulation")
    }
}

impl std::error::Error for Fault {}
