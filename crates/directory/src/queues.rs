use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::oneshot;
use uuid::Uuid;

/// Queues that writers are spread over. Two resources that share one wait for each other, which costs a moment.
const QUEUES: usize = 1_024;

/// Lets the writers of one resource in one after the other, within this process, in the order in which they came.
///
/// No promise rests on it: a store refuses a change that was decided on another version. It spares writers who would
/// otherwise read and decide again and again, and wins when only replicas meet.
#[derive(Clone)]
pub(crate) struct WriterQueues {
    queues: Arc<[Arc<Queue>]>,
    hasher: RandomState,
}

/// Who may be let in beside whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Nobody else.
    Alone,
    /// Others who come the same way.
    BesideOthers,
}

#[derive(Default)]
struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    /// How many are in, and how they came.
    inside: Option<(Manner, usize)>,
    waiting: VecDeque<(Manner, oneshot::Sender<Turn>)>,
}

/// Somebody's turn, until it is dropped. None when it was given back already.
pub(crate) struct Turn(Option<Arc<Queue>>);

impl WriterQueues {
    pub(crate) fn new() -> Self {
        Self { queues: (0..QUEUES).map(|_| Arc::default()).collect(), hasher: RandomState::new() }
    }

    /// Waits for a turn alone, as needs who decides on what was read.
    pub(crate) async fn turn(&self, resource: Uuid) -> Option<Turn> {
        self.wait(resource, Manner::Alone).await
    }

    /// Waits for a turn together with others who ask for such a one, as do whose changes the store makes together.
    pub(crate) async fn turn_beside_others(&self, resource: Uuid) -> Option<Turn> {
        self.wait(resource, Manner::BesideOthers).await
    }

    async fn wait(&self, resource: Uuid, manner: Manner) -> Option<Turn> {
        let index = usize::try_from(self.hasher.hash_one(resource)).unwrap_or_default() % QUEUES;
        let queue = self.queues.get(index)?;
        let waiting = {
            let mut state = queue.state();
            if state.waiting.is_empty() && state.lets_in(manner) {
                state.enter(manner);
                return Some(Turn(Some(Arc::clone(queue))));
            }
            let (sender, receiver) = oneshot::channel();
            state.waiting.push_back((manner, sender));
            receiver
        };
        waiting.await.ok()
    }
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends a turn, and lets in who is next.
    fn pass_on(self: &Arc<Self>) {
        let mut ended = 1;
        while ended > 0 {
            let next = self.state().end(ended);
            ended = 0;
            for sender in next {
                // The turn of who does not wait any more ends here: dropped, each would be passed on within the one before.
                if let Err(mut unwanted) = sender.send(Turn(Some(Arc::clone(self)))) {
                    unwanted.0 = None;
                    ended += 1;
                }
            }
        }
    }
}

impl State {
    fn lets_in(&self, manner: Manner) -> bool {
        self.inside.is_none_or(|(inside, _)| (inside, manner) == (Manner::BesideOthers, Manner::BesideOthers))
    }

    fn enter(&mut self, manner: Manner) {
        let already = self.inside.map_or(0, |(_, count)| count);
        self.inside = Some((manner, already + 1));
    }

    fn leave(&mut self) {
        self.inside = self.inside.and_then(|(manner, count)| (count > 1).then_some((manner, count - 1)));
    }

    /// Ends so many turns, and answers who is let in for them.
    fn end(&mut self, turns: usize) -> Vec<oneshot::Sender<Turn>> {
        for _ in 0..turns {
            self.leave();
        }
        std::iter::from_fn(|| self.next()).collect()
    }

    /// The next to be let in, if it is their turn.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        let (manner, _) = self.waiting.front()?;
        if !self.lets_in(*manner) {
            return None;
        }
        let (manner, sender) = self.waiting.pop_front()?;
        self.enter(manner);
        Some(sender)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(queue) = self.0.take() {
            queue.pass_on();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::FutureExt;

    use super::*;

    #[test]
    fn who_comes_later_is_let_in_later() {
        let (queues, id) = (WriterQueues::new(), Uuid::nil());
        let first = queues.turn(id).now_or_never();
        let (mut second, mut third) = (pin!(queues.turn(id)), pin!(queues.turn(id)));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(third.as_mut().now_or_never().is_none());
        drop(first);
        assert!(queues.turn(id).now_or_never().is_none(), "two came before");
        assert!(third.as_mut().now_or_never().is_none(), "one came before");
        drop(second.now_or_never().unwrap());
        assert!(third.now_or_never().is_some());
    }

    #[test]
    fn nobody_waits_for_who_has_gone() {
        let (queues, id) = (WriterQueues::new(), Uuid::nil());
        let first = queues.turn(id).now_or_never();
        let (mut gone_before, mut gone_after) = (Box::pin(queues.turn(id)), Box::pin(queues.turn(id)));
        assert!(gone_before.as_mut().now_or_never().is_none());
        assert!(gone_after.as_mut().now_or_never().is_none());
        drop(gone_before);
        drop(first);
        drop(gone_after);
        assert!(queues.turn(id).now_or_never().is_some());
    }

    #[test]
    fn many_may_have_gone() {
        let (queues, id) = (WriterQueues::new(), Uuid::nil());
        let first = queues.turn(id).now_or_never();
        for _ in 0..100_000 {
            assert!(queues.turn(id).now_or_never().is_none());
        }
        drop(first);
        assert!(queues.turn(id).now_or_never().is_some());
    }

    #[test]
    fn those_beside_others_come_in_together_and_wait_for_who_is_alone() {
        let (queues, id) = (WriterQueues::new(), Uuid::nil());
        let one = queues.turn_beside_others(id).now_or_never().unwrap();
        let other = queues.turn_beside_others(id).now_or_never().unwrap();
        let mut alone = pin!(queues.turn(id));
        assert!(alone.as_mut().now_or_never().is_none());
        let mut behind = pin!(queues.turn_beside_others(id));
        assert!(behind.as_mut().now_or_never().is_none(), "somebody waits to be alone");
        drop(one);
        assert!(alone.as_mut().now_or_never().is_none());
        drop(other);
        let alone = alone.now_or_never().unwrap();
        assert!(behind.as_mut().now_or_never().is_none());
        drop(alone);
        assert!(behind.now_or_never().is_some());
    }
}
