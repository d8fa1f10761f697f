use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use events::{Applied, EventHandler, EventId, EventPublisher, HandlerUnavailable, Message};
use testkit::eventually;
use tokio::sync::watch;
use uuid::Uuid;

/// Longest that anything here may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A handler that remembers what it was given, and misbehaves when told to.
pub(crate) struct RecordingHandler {
    batches: Mutex<Vec<Vec<Message>>>,
    poison: Mutex<HashSet<EventId>>,
    is_available: watch::Sender<bool>,
    is_released: watch::Sender<bool>,
    refusals: AtomicUsize,
    probes: AtomicUsize,
    held: AtomicUsize,
}

impl RecordingHandler {
    pub(crate) fn new() -> Self {
        Self {
            batches: Mutex::default(),
            poison: Mutex::default(),
            is_available: watch::Sender::new(true),
            is_released: watch::Sender::new(true),
            refusals: AtomicUsize::new(0),
            probes: AtomicUsize::new(0),
            held: AtomicUsize::new(0),
        }
    }

    pub(crate) fn set_available(&self, is_available: bool) {
        self.is_available.send_replace(is_available);
    }

    /// Lets batches wait inside the handler until [`RecordingHandler::release`].
    pub(crate) fn hold(&self) {
        self.is_released.send_replace(false);
    }

    pub(crate) fn release(&self) {
        self.is_released.send_replace(true);
    }

    pub(crate) fn panic_at(&self, id: EventId) {
        self.poison.lock().unwrap().insert(id);
    }

    /// Batches that were handled, in order.
    pub(crate) fn batches(&self) -> Vec<Vec<Message>> {
        self.batches.lock().unwrap().clone()
    }

    /// Messages that were handled, in order.
    pub(crate) fn messages(&self) -> Vec<Message> {
        self.batches().concat()
    }

    pub(crate) fn refusals(&self) -> usize {
        self.refusals.load(Ordering::Relaxed)
    }

    pub(crate) fn probes(&self) -> usize {
        self.probes.load(Ordering::Relaxed)
    }

    pub(crate) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// Waits until each of the messages was handled at least once.
    pub(crate) async fn has_handled(&self, expected: &[Message]) {
        let expected = ids(expected);
        eventually(PATIENCE, "every message is handled", || async {
            ids(&self.messages()).is_superset(&expected)
        })
        .await;
    }
}

#[async_trait]
impl EventHandler for RecordingHandler {
    async fn handle(&self, batch: &[Message]) -> Result<Vec<Applied>, HandlerUnavailable> {
        if !*self.is_available.borrow() {
            self.refusals.fetch_add(1, Ordering::Relaxed);
            return Err(HandlerUnavailable("told to be away".into()));
        }
        let poison = self.poison.lock().unwrap().clone();
        assert!(!batch.iter().any(|message| poison.contains(&message.id)), "told to panic");
        self.held.fetch_add(1, Ordering::Relaxed);
        self.is_released.subscribe().wait_for(|is_released| *is_released).await.unwrap();
        self.batches.lock().unwrap().push(batch.to_vec());
        Ok(vec![Applied::Executed; batch.len()])
    }

    async fn probe(&self) -> Result<(), HandlerUnavailable> {
        self.probes.fetch_add(1, Ordering::Relaxed);
        match *self.is_available.borrow() {
            true => Ok(()),
            false => Err(HandlerUnavailable("told to be away".into())),
        }
    }
}

pub(crate) fn ids(messages: &[Message]) -> BTreeSet<EventId> {
    messages.iter().map(|message| message.id).collect()
}

/// Messages with ids and contents of their own.
pub(crate) fn messages(count: usize) -> Vec<Message> {
    (0..count).map(|number| message("production.acme.user.changed", number)).collect()
}

pub(crate) fn message(routing_key: &str, number: usize) -> Message {
    let id = EventId(Uuid::new_v4());
    let attributes = [
        ("id", id.to_string()),
        ("type", "com.illuxilms.directory.user.changed.v1".to_owned()),
        ("subject", format!("Users/{number}")),
        ("source", "/integrations/größe".to_owned()),
    ];
    Message {
        id,
        routing_key: routing_key.to_owned(),
        attributes: BTreeMap::from(attributes.map(|(name, value)| (name.to_owned(), value))),
        content_type: "application/json".to_owned(),
        body: format!("{{\"number\":{number}}}").into_bytes(),
    }
}

/// Publishes as the relay does: again and again what is not yet confirmed.
pub(crate) async fn relay(publisher: &dyn EventPublisher, messages: &[Message]) {
    let confirmed = Mutex::new(BTreeSet::new());
    eventually(PATIENCE, "every message is confirmed", || async {
        let waiting: Vec<Message> = {
            let confirmed = confirmed.lock().unwrap();
            messages.iter().filter(|message| !confirmed.contains(&message.id)).cloned().collect()
        };
        let answer = publisher.publish(&waiting).await.unwrap_or_default();
        let mut confirmed = confirmed.lock().unwrap();
        confirmed.extend(answer);
        confirmed.len() == messages.len()
    })
    .await;
}
