//! Callers that wait for an answer.

use std::collections::VecDeque;

use tokio::sync::oneshot;

/// What somebody asks for, and where the answer goes.
pub(super) struct Waiting<T, A> {
    pub(super) what: T,
    pub(super) answer: oneshot::Sender<A>,
}

/// What the first asks for who still waits. Those before who have gone leave the queue, and nothing is done for them.
pub(super) fn first<T, A>(queue: &mut VecDeque<Waiting<T, A>>) -> Option<&T> {
    while queue.front().is_some_and(|first| first.answer.is_closed()) {
        queue.pop_front();
    }
    queue.front().map(|first| &first.what)
}
