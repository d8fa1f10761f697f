//! An exchange and one queue in memory, as far from kind as a broker may be.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use events::{EventId, EventPublisher, Message, PublishError};

use crate::nature::{Dependency, Fate, Fault, Nature, pause};

/// Repeats, delays and reorders messages, and gives those again that were not acknowledged. It loses nothing that it
/// confirmed.
pub(crate) struct Broker {
    nature: Arc<Nature>,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    ready: Vec<Message>,
    unacknowledged: BTreeMap<u64, (ConsumerId, Message)>,
    last_delivery: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConsumerId(pub(crate) u64);

pub(crate) struct Delivery {
    tag: u64,
    pub(crate) message: Message,
}

impl Broker {
    pub(crate) fn new(nature: Arc<Nature>) -> Self {
        Self { nature, queue: Mutex::default() }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_empty(&self) -> bool {
        let queue = self.queue();
        queue.ready.is_empty() && queue.unacknowledged.is_empty()
    }

    /// Puts a message somewhere into the queue.
    pub(crate) fn enqueue(&self, message: Message) {
        let mut queue = self.queue();
        let place = self.nature.draw(|chance| match chance.one_in(3) {
            true => chance.below(queue.ready.len() + 1),
            false => queue.ready.len(),
        });
        queue.ready.insert(place, message);
    }

    /// Delivers some messages: mostly from the front, and sometimes as if those before were delayed.
    pub(crate) fn deliver(&self, to: ConsumerId, at_most: usize) -> Vec<Delivery> {
        let mut queue = self.queue();
        let mut batch = Vec::new();
        while batch.len() < at_most && !queue.ready.is_empty() {
            let place = self.nature.draw(|chance| match chance.one_in(4) {
                true => chance.below(queue.ready.len()),
                false => 0,
            });
            let message = queue.ready.remove(place);
            queue.last_delivery += 1;
            let tag = queue.last_delivery;
            queue.unacknowledged.insert(tag, (to, message.clone()));
            batch.push(Delivery { tag, message });
        }
        batch
    }

    /// Takes acknowledgements; those that get lost leave the messages to be given again.
    pub(crate) async fn acknowledge(&self, batch: &[Delivery]) {
        pause().await;
        let fate = self.nature.fate(Dependency::Broker);
        self.nature.note("broker.acknowledge", || format!("{fate:?}"));
        for delivery in batch {
            match fate {
                Fate::Answered | Fate::AnswerLost => _ = self.queue().unacknowledged.remove(&delivery.tag),
                Fate::Away => self.give_back(delivery),
            }
        }
    }

    /// Takes messages back that could not be handled.
    pub(crate) fn return_all(&self, batch: &[Delivery]) {
        batch.iter().for_each(|delivery| self.give_back(delivery));
    }

    fn give_back(&self, delivery: &Delivery) {
        let mut queue = self.queue();
        if let Some((_, message)) = queue.unacknowledged.remove(&delivery.tag) {
            queue.ready.insert(0, message);
        }
    }

    /// Takes back what a consumer held that is gone.
    pub(crate) fn forget(&self, consumer: ConsumerId) {
        let mut queue = self.queue();
        let (its, others) = std::mem::take(&mut queue.unacknowledged)
            .into_iter()
            .partition(|(_, (holder, _))| *holder == consumer);
        queue.unacknowledged = others;
        let its: BTreeMap<u64, (ConsumerId, Message)> = its;
        for (_, (_, message)) in its.into_iter().rev() {
            queue.ready.insert(0, message);
        }
    }
}

#[async_trait]
impl EventPublisher for Broker {
    async fn publish(&self, batch: &[Message]) -> Result<Vec<EventId>, PublishError> {
        pause().await;
        let fate = self.nature.fate(Dependency::Broker);
        self.nature.note("broker.publish", || format!("{} messages, {fate:?}", batch.len()));
        if fate == Fate::Away {
            return Err(PublishError(Box::new(Fault)));
        }
        let mut confirmed = Vec::new();
        for message in batch {
            // Each has a fate of its own.
            let own = self.nature.fate(Dependency::Broker);
            if own == Fate::Away {
                continue;
            }
            self.enqueue(message.clone());
            if self.nature.draw(|chance| chance.one_in(8)) {
                self.enqueue(message.clone());
            }
            if own == Fate::Answered {
                confirmed.push(message.id);
            }
        }
        // A slow broker: the lease of the relay may end meanwhile.
        pause().await;
        if fate == Fate::AnswerLost { Err(PublishError(Box::new(Fault))) } else { Ok(confirmed) }
    }
}
