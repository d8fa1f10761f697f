//! What a process asks of its dependencies when it starts.
//!
//! A dependency that answers and refuses would do so tomorrow: the process ends, with a line that says what to change. One
//! that does not answer is waited for. Once it has let the process in it is not asked again: a server that hands over to
//! another, or is restored, must end nobody.

use std::time::Duration;

use crate::shutdown::Shutdown;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Time between two questions.
const PAUSE: Duration = Duration::from_secs(1);

/// A dependency that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("setting `{setting}`")]
pub struct Unusable {
    /// The setting that names it.
    setting: &'static str,
    /// Whether it may heal by itself.
    is_away: bool,
    source: Cause,
}

impl Unusable {
    /// What the setting names is away and may heal by itself, or else refuses until somebody changes something.
    pub fn new(setting: &'static str, is_away: bool, source: impl Into<Cause>) -> Self {
        Self { setting, is_away, source: source.into() }
    }

    fn reason(&self) -> String {
        let causes = std::iter::successors(std::error::Error::source(self), |error| error.source());
        causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
    }
}

/// Asks once. `None`: it is away, which is logged.
///
/// # Errors
/// When it refuses.
pub async fn ask<T>(question: impl AsyncFnOnce() -> Result<T, Unusable>) -> Result<Option<T>, Unusable> {
    match question().await {
        Ok(answer) => Ok(Some(answer)),
        Err(unusable) if unusable.is_away => {
            tracing::warn!(
                setting = unusable.setting,
                reason = unusable.reason(),
                "what the setting names is waited for"
            );
            Ok(None)
        }
        Err(unusable) => Err(unusable),
    }
}

/// Asks until there is an answer, or shutdown is requested: `None`. What is away is logged when the reason is a new one.
///
/// # Errors
/// When it refuses.
pub async fn ask_until_answered<T>(
    question: impl AsyncFn() -> Result<T, Unusable>,
    shutdown: &Shutdown,
) -> Result<Option<T>, Unusable> {
    let mut logged = String::new();
    while !shutdown.is_requested() {
        let unusable = match question().await {
            Err(unusable) if unusable.is_away => unusable,
            answer => return answer.map(Some),
        };
        let reason = unusable.reason();
        if reason != logged {
            tracing::warn!(setting = unusable.setting, reason, "what the setting names is waited for");
            logged = reason;
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = shutdown.requested() => {}
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_away_is_waited_for_and_what_refuses_is_not() {
        let asked = Cell::new(0);
        let third_time = async || {
            asked.set(asked.get() + 1);
            match asked.get() {
                1 | 2 => Err(Unusable::new("database.url", true, "connection refused")),
                3 => Err(Unusable::new("database.url", false, "wrong password")),
                _ => Ok(()),
            }
        };
        let refused = ask_until_answered(third_time, &Shutdown::new()).await.unwrap_err();
        assert_eq!(asked.get(), 3);
        assert_eq!(refused.to_string(), "setting `database.url`");
        assert_eq!(ask_until_answered(third_time, &Shutdown::new()).await.unwrap(), Some(()));
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_told_to_end_waits_no_more() {
        let shutdown = Shutdown::new();
        let question = async || {
            shutdown.request();
            Err::<(), _>(Unusable::new("broker.url", true, "connection refused"))
        };
        assert!(ask_until_answered(question, &shutdown).await.unwrap().is_none());
    }
}
