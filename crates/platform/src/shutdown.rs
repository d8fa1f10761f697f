//! The end of a process.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Tells every part of a process that it is to end.
///
/// It may be announced before it is requested: the process goes on serving, and says that it is not ready, so that who
/// sends requests sends no more of them.
#[derive(Clone, Debug)]
pub struct Shutdown {
    stage: watch::Sender<Stage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Running,
    Announced,
    Requested,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

impl Shutdown {
    /// Not announced yet.
    pub fn new() -> Self {
        Self { stage: watch::Sender::new(Stage::Running) }
    }

    /// Says that the process is about to end.
    pub fn announce(&self) {
        self.reach(Stage::Announced);
    }

    /// Whether it was announced, or requested.
    pub fn is_announced(&self) -> bool {
        *self.stage.borrow() >= Stage::Announced
    }

    /// Asks every part to end.
    pub fn request(&self) {
        self.reach(Stage::Requested);
    }

    /// Whether it was requested.
    pub fn is_requested(&self) -> bool {
        *self.stage.borrow() == Stage::Requested
    }

    /// Returns once it was requested.
    pub async fn requested(&self) {
        let mut watching = self.stage.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = watching.wait_for(|stage| *stage == Stage::Requested).await;
    }

    /// Announces it on SIGTERM or SIGINT, and requests it so much later, or at the next of them.
    ///
    /// # Errors
    /// When the signals cannot be listened to.
    pub async fn on_signal(&self, drain: Duration) -> std::io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = self.requested() => {}
        }
        self.announce();
        tokio::select! {
            () = tokio::time::sleep(drain) => {}
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = self.requested() => {}
        }
        self.request();
        Ok(())
    }

    fn reach(&self, stage: Stage) {
        self.stage.send_if_modified(|now| {
            let is_later = *now < stage;
            if is_later {
                *now = stage;
            }
            is_later
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_requested_is_not_merely_announced_any_more() {
        let shutdown = Shutdown::new();
        assert!(!shutdown.is_announced() && !shutdown.is_requested());
        shutdown.announce();
        assert!(shutdown.is_announced() && !shutdown.is_requested());
        shutdown.request();
        shutdown.announce();
        assert!(shutdown.is_announced() && shutdown.is_requested());
    }
}
