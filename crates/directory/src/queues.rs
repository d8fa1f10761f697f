use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use futures::lock::{Mutex, MutexGuard};
use uuid::Uuid;

/// Queues that writers are spread over. Two resources that share one wait for each other, which costs a moment.
const QUEUES: usize = 1_024;

/// Lets the writers of one resource in one after the other, within this process.
///
/// No promise rests on it: a store refuses a change that was decided on another version. It spares writers who would
/// otherwise read and decide again and again, and wins when only replicas meet.
#[derive(Clone)]
pub(crate) struct WriterQueues {
    queues: Arc<[Mutex<()>]>,
    hasher: RandomState,
}

impl WriterQueues {
    pub(crate) fn new() -> Self {
        Self { queues: (0..QUEUES).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }

    /// Waits for one's turn; others wait until the guard is dropped.
    pub(crate) async fn turn(&self, resource: Uuid) -> Option<MutexGuard<'_, ()>> {
        let index = usize::try_from(self.hasher.hash_one(resource)).unwrap_or_default() % QUEUES;
        match self.queues.get(index) {
            Some(queue) => Some(queue.lock().await),
            None => None,
        }
    }
}
