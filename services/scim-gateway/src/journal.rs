//! The provisioning log, written behind the requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use directory::{LoggedRequest, ProvisioningLog};
use platform::shutdown::Shutdown;
use platform::telemetry::chain;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::metrics::GatewayMetrics;

/// Entries that wait to be written at most: some seconds of a busy replica. More are dropped rather than a request kept
/// waiting; what changed anything has its entry from the transaction itself.
const WAITING: usize = 20_000;

/// Entries in one write.
const BATCH: usize = 500;

/// How long to let entries gather, so that a busy gateway writes them together.
const LINGER: Duration = Duration::from_millis(100);

/// Pause after a write that failed.
const PAUSE: Duration = Duration::from_secs(1);

/// Takes entries without waiting. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Journal {
    sender: Sender<LoggedRequest>,
    dropped: Arc<AtomicU64>,
    metrics: GatewayMetrics,
    writer: Arc<Writer>,
}

struct Writer {
    log: Arc<dyn ProvisioningLog>,
    receiver: Mutex<Receiver<LoggedRequest>>,
}

impl Journal {
    pub(crate) fn new(log: Arc<dyn ProvisioningLog>, metrics: GatewayMetrics) -> Self {
        let (sender, receiver) = channel(WAITING);
        let writer = Arc::new(Writer { log, receiver: Mutex::new(receiver) });
        Self { sender, dropped: Arc::default(), metrics, writer }
    }

    /// Notes an entry, to be written soon.
    pub(crate) fn note(&self, entry: LoggedRequest) {
        if self.sender.try_send(entry).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            self.metrics.entries_dropped(1);
        }
    }

    /// Writes entries until shutdown is requested, and then those that still wait.
    pub(crate) async fn write(&self, shutdown: &Shutdown) {
        let mut receiver = self.writer.receiver.lock().await;
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            if batch.is_empty() {
                tokio::select! {
                    _ = receiver.recv_many(&mut batch, BATCH) => {}
                    () = shutdown.requested() => break,
                }
                tokio::time::sleep(LINGER).await;
            }
            gather(&mut receiver, &mut batch);
            if !self.append(&mut batch).await {
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    () = shutdown.requested() => break,
                }
            }
        }
        loop {
            gather(&mut receiver, &mut batch);
            // When even that fails the entries are lost: nothing was changed by what they tell of.
            if batch.is_empty() || !self.append(&mut batch).await {
                return;
            }
        }
    }

    async fn append(&self, batch: &mut Vec<LoggedRequest>) -> bool {
        let dropped = self.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            tracing::warn!(
                dropped,
                "entries of the provisioning log were dropped: they came faster than they could be written"
            );
        }
        match self.writer.log.append(batch).await {
            Ok(()) => {
                batch.clear();
                true
            }
            Err(error) => {
                tracing::warn!(error = %chain(&error), entries = batch.len(), "the provisioning log waits");
                false
            }
        }
    }
}

/// Takes what is there already, up to a full batch.
fn gather(receiver: &mut Receiver<LoggedRequest>, batch: &mut Vec<LoggedRequest>) {
    while batch.len() < BATCH {
        let Ok(entry) = receiver.try_recv() else { return };
        batch.push(entry);
    }
}
