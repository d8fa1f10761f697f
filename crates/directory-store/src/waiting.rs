//! Callers that wait for an answer.

use std::collections::VecDeque;
use std::sync::Arc;

use directory::{CommitError, Committed, StoreError};
use tokio::sync::oneshot;

/// What came of one change.
pub(crate) type CommitAnswer = Result<Committed, CommitError>;

/// What somebody asks for, and where the answer goes.
pub(crate) struct Waiting<T, A> {
    pub(crate) what: T,
    pub(crate) answer: oneshot::Sender<A>,
}

/// What the first asks for who still waits. Those before who have gone leave the queue, and nothing is done for them.
pub(crate) fn first<T, A>(queue: &mut VecDeque<Waiting<T, A>>) -> Option<&T> {
    while queue.front().is_some_and(|first| first.answer.is_closed()) {
        queue.pop_front();
    }
    queue.front().map(|first| &first.what)
}

/// Tells all whose changes were to be committed together that the store could not do it now.
pub(crate) fn tell_all(
    answers: impl IntoIterator<Item = oneshot::Sender<CommitAnswer>>,
    outcome_unknown: bool,
    cause: CommitError,
) {
    let cause = Arc::new(cause);
    for answer in answers {
        let source = Box::new(GroupFailed(Arc::clone(&cause)));
        // Whoever does not wait any more finds out with the next request.
        let _ = answer.send(Err(StoreError::Unavailable { outcome_unknown, source }.into()));
    }
}

/// Why a whole group was not committed.
#[derive(Debug, thiserror::Error)]
#[error("the changes that were committed together failed")]
struct GroupFailed(#[source] Arc<CommitError>);
