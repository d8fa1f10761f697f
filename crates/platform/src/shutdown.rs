//! The end of a process.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Tells every part of a process that it is to end.
#[derive(Clone, Debug)]
pub struct Shutdown {
    requested: watch::Sender<bool>,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

impl Shutdown {
    /// Not requested yet.
    pub fn new() -> Self {
        Self { requested: watch::Sender::new(false) }
    }

    /// Asks every part to end.
    pub fn request(&self) {
        self.requested.send_replace(true);
    }

    /// Whether it was requested.
    pub fn is_requested(&self) -> bool {
        *self.requested.borrow()
    }

    /// Returns once it was requested.
    pub async fn requested(&self) {
        let mut watching = self.requested.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ = watching.wait_for(|requested| *requested).await;
    }

    /// Requests it on SIGTERM or SIGINT. Ends with the first of them.
    ///
    /// # Errors
    /// When the signals cannot be listened to.
    pub async fn on_signal(&self) -> std::io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = self.requested() => {}
        }
        self.request();
        Ok(())
    }
}
