//! Group commit: changes that wait for the one connection that writes share a transaction, and its flush to the disk.
//!
//! There is no timer. A change that finds nobody at work goes at once; those that come meanwhile go together.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use diesel::SqliteConnection;
use directory::{Change, CommitError, Committed, StoreError};
use tokio::sync::{Notify, oneshot};

use super::commit;
use super::connections::Connections;
use super::error::Failure;
use crate::waiting::{CommitAnswer, Waiting, first, tell_all};

/// Changes in one transaction at most: whoever comes next, a relay for instance, waits for all of them.
const LARGEST_GROUP: usize = 64;

/// Changes that wait.
#[derive(Clone, Default)]
pub(super) struct Queue(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Whether somebody commits what waits here.
    is_worked: bool,
    waiting: VecDeque<WaitingChange>,
}

type WaitingChange = Waiting<Change, CommitAnswer>;

impl Queue {
    /// Commits the change, together with others if there are any, and wakes a relay.
    ///
    /// Where nobody is at work it begins at once, and what has begun is committed whether the caller goes on waiting or not.
    /// One that waits for others is not made when its caller has gone before its turn.
    pub(super) async fn commit(
        &self,
        connections: &Connections,
        wake: &Arc<Notify>,
        change: Change,
    ) -> CommitAnswer {
        let (answer, answered) = oneshot::channel();
        if let Some(first) = self.push(Waiting { what: change, answer }) {
            connections.spawn(work(self.clone(), connections.clone(), Arc::clone(wake), first));
        }
        answered.await.unwrap_or_else(|gone| Err(StoreError::Unexpected(Box::new(gone)).into()))
    }

    /// Answers what to begin with where nobody is at work.
    fn push(&self, waiting: WaitingChange) -> Option<WaitingChange> {
        let mut state = self.locked();
        if std::mem::replace(&mut state.is_worked, true) {
            state.waiting.push_back(waiting);
            return None;
        }
        Some(waiting)
    }

    /// What waits first. When nothing does the work is done, and the next to come begins anew.
    fn next(&self) -> Option<WaitingChange> {
        let mut state = self.locked();
        let next = state.next();
        state.is_worked = next.is_some();
        next
    }

    /// Those who go with the first.
    fn others(&self) -> Vec<WaitingChange> {
        let mut state = self.locked();
        std::iter::from_fn(|| state.next()).take(LARGEST_GROUP - 1).collect()
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next(&mut self) -> Option<WaitingChange> {
        first(&mut self.waiting)?;
        self.waiting.pop_front()
    }
}

/// Commits a change, and what waits until nothing does.
async fn work(queue: Queue, connections: Connections, wake: Arc<Notify>, first: WaitingChange) {
    let mut next = Some(first);
    while let Some(first) = next {
        let (theirs, told) = (queue.clone(), Arc::clone(&wake));
        let together = move |connection: &mut SqliteConnection| {
            // Taken only now: whoever came while the connection was busy goes along.
            let group = std::iter::once(first).chain(theirs.others()).collect();
            Ok::<_, Failure>(commit_group(connection, group, &told))
        };
        // What fails here was a panic: the group is told by its channels.
        let alone = connections.write(together).await.unwrap_or_default();
        for change in alone.into_iter().filter(|change| !change.answer.is_closed()) {
            let told = Arc::clone(&wake);
            let alone = move |connection: &mut SqliteConnection| {
                commit_group(connection, vec![change], &told);
                Ok::<_, Failure>(())
            };
            let _ended = connections.write(alone).await;
        }
        next = queue.next();
    }
}

/// Commits changes together, and answers those that have to be made one by one.
fn commit_group(
    connection: &mut SqliteConnection,
    group: Vec<WaitingChange>,
    wake: &Notify,
) -> Vec<WaitingChange> {
    let (changes, answers): (Vec<_>, Vec<_>) =
        group.into_iter().map(|waiting| (waiting.what, waiting.answer)).unzip();
    let outcomes = match changes.as_slice() {
        [change] => Ok(vec![commit::commit(connection, change).map_err(CommitError::from)]),
        changes => commit::commit_all(connection, changes).map_err(CommitError::from),
    };
    match outcomes {
        Ok(outcomes) => {
            if outcomes.iter().any(|outcome| matches!(outcome, Ok(Committed::Applied(_)))) {
                wake.notify_one();
            }
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                // Whoever does not wait any more finds it done.
                let _ = answer.send(outcome);
            }
            vec![]
        }
        // No better for one of them alone; and when nobody knows the outcome, none must be made twice.
        Err(cause @ CommitError::Store(StoreError::Unavailable { outcome_unknown, .. })) => {
            tell_all(answers, outcome_unknown, cause);
            vec![]
        }
        // One of them stood in the way of the others.
        Err(_) => {
            let alone = changes.into_iter().zip(answers);
            alone.map(|(what, answer)| Waiting { what, answer }).collect()
        }
    }
}
