use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use async_trait::async_trait;
use events::{
    Applied, ContentType, Event, EventData, EventHandler, HandlerUnavailable, Message, Subject, SubjectKind,
};

use futures::FutureExt;

use crate::decide::{Decision, decide};
use crate::question::question_of;
use crate::snapshot_event::{groups, pieces, users};
use crate::task::{PANICKED, Task, footprint_of, newcomers, receive, receive_unharmed};
use crate::text::fits_key;
use crate::{
    Change, DriftListener, Effect, EffectKind, HandledEvent, IntegrationSlug, LmsStore, Occasion, ParkReason,
    ParkedEvent, Question, ScimId, Snapshot, StoreError, Supplement,
};

/// How often a batch is decided anew because another replica was faster. Each time that one has got on; one of several
/// may be the slower one many times in a row.
const MAX_DECISIONS: usize = 100;

/// Parked events in one round of trying again.
const RETRIED_AT_ONCE: u32 = 100;

/// Resources in one round of deciding anew.
const RECHECKED_AT_ONCE: u32 = 200;

/// People of a detached integration who become the LMS's own in one transaction.
const DETACHED_AT_ONCE: u32 = 1_000;

/// Keeps the LMS in step with the directory.
///
/// # Guarantees
/// A batch is committed whole. Only when the LMS refuses it, its events are committed one by one, so that the refused
/// ones are parked and all others apply; if the database goes away in the middle of that, those already committed are
/// recognised when the batch comes again.
pub struct DirectorySync {
    store: Arc<dyn LmsStore>,
    drift_listener: Arc<dyn DriftListener>,
}

/// A task, and the message that it came as.
struct Received {
    task: Task,
    message: Option<Message>,
}

impl DirectorySync {
    /// Follows directories into a store, each by its own rules.
    pub fn new(store: Arc<dyn LmsStore>) -> Self {
        Self { store, drift_listener: Arc::new(()) }
    }

    /// The same, and tells a listener of drift.
    #[must_use]
    pub fn with_drift_listener(self, drift_listener: Arc<dyn DriftListener>) -> Self {
        Self { drift_listener, ..self }
    }

    /// Gives parked events again whose time has come; answers how many are parked no more.
    ///
    /// What stood in an event's way may be gone: a login that another learner held when events of the two came in
    /// another order than they happened. What is older than the present state by now is forgotten. What this program
    /// panics at is given up, and tried again only when somebody asks.
    ///
    /// # Errors
    /// When the database is away. Nothing is lost.
    pub async fn retry_parked(&self) -> Result<usize, HandlerUnavailable> {
        let due = self.store.due_parked(RETRIED_AT_ONCE).await.map_err(unavailable)?;
        let outcomes = self.work_unharmed(received(&due, receive_unharmed)).await.map_err(unavailable)?;
        Ok(outcomes.into_iter().filter(|outcome| *outcome != Applied::Parked).count())
    }

    /// Decides resources anew that were asked for: after a change of rules, the end of an exemption, a decision of a
    /// person, or because a manager is known now. Answers how many were due.
    ///
    /// # Errors
    /// When the database is away. Nothing is lost.
    pub async fn recheck(&self) -> Result<usize, HandlerUnavailable> {
        let due = self.store.due_rechecks(RECHECKED_AT_ONCE).await.map_err(unavailable)?;
        let count = due.len();
        let tasks: Vec<Received> =
            due.into_iter().map(|recheck| Received { task: Task::Recheck(recheck), message: None }).collect();
        self.work_unharmed(tasks).await.map_err(unavailable)?;
        Ok(count)
    }

    /// Makes some of what a detached integration left the LMS's own. Answers whether there was anything left to do.
    ///
    /// # Errors
    /// When the database is away. Nothing is lost.
    pub async fn settle_detachment(&self) -> Result<bool, HandlerUnavailable> {
        let Some(integration) = self.store.unsettled_detachment().await.map_err(unavailable)? else {
            return Ok(false);
        };
        self.store.detach_some(&integration, DETACHED_AT_ONCE).await.map_err(unavailable)?;
        Ok(true)
    }

    /// As [`DirectorySync::work`], and survives a panic: behind this there is no transport that would take the message
    /// out of the way.
    async fn work_unharmed(&self, tasks: Vec<Received>) -> Result<Vec<Applied>, StoreError> {
        if let Ok(outcomes) = AssertUnwindSafe(self.work(&tasks)).catch_unwind().await {
            return outcomes;
        }
        let mut outcomes = Vec::with_capacity(tasks.len());
        for task in &tasks {
            match AssertUnwindSafe(self.work(std::slice::from_ref(task))).catch_unwind().await {
                Ok(applied) => outcomes.extend(applied?),
                Err(_) => {
                    outcomes.push(self.set_aside(task, ParkReason::GivenUp(PANICKED.to_owned())).await?)
                }
            }
        }
        Ok(outcomes)
    }

    async fn work(&self, tasks: &[Received]) -> Result<Vec<Applied>, StoreError> {
        if tasks.is_empty() {
            return Ok(Vec::new());
        }
        match self.apply(tasks).await {
            Err(StoreError::Refused { rule, .. }) => {
                tracing::info!(events = tasks.len(), rule, "a batch was refused, its events go one by one");
                self.apply_singly(tasks).await
            }
            applied => applied,
        }
    }

    /// Loads, decides and commits, again after a clash. `Refused` leaves nothing applied.
    async fn apply(&self, batch: &[Received]) -> Result<Vec<Applied>, StoreError> {
        let tasks: Vec<Task> = batch.iter().map(|received| received.task.clone()).collect();
        let mut attempt = 1;
        loop {
            let (snapshot, question, supplement) = self.load(&tasks).await?;
            let Decision { mut change, outcomes, refused } = decide(&tasks, snapshot, &question, supplement);
            change.parked.extend(park(batch, refused));
            change.effects.extend(effects_of(&change.parked));
            match self.store.commit(&change).await {
                Ok(()) => {
                    log_parked(&change);
                    self.drift_listener.found(&change.drift);
                    return Ok(outcomes);
                }
                Err(StoreError::Clash) if attempt < MAX_DECISIONS => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    async fn load(&self, batch: &[Task]) -> Result<(Snapshot, Question, Supplement), StoreError> {
        let footprint = footprint_of(batch);
        let mut snapshot = self.store.load(&footprint).await?;
        let unknown = newcomers(batch, &snapshot);
        if !unknown.is_empty() {
            self.store.register(&unknown).await?;
            snapshot = self.store.load(&footprint).await?;
        }
        let question = question_of(batch, &snapshot);
        let supplement = if question.is_empty() {
            Supplement::default()
        } else {
            self.store.supplement(&question).await?
        };
        Ok((snapshot, question, supplement))
    }

    /// Applies one task; parks or postpones it when the LMS refuses it.
    async fn apply_or_park(&self, received: &Received) -> Result<Applied, StoreError> {
        let batch = std::slice::from_ref(received);
        let mut refusal = self.apply(batch).await;
        if matches!(refusal, Err(StoreError::Refused { .. })) {
            // It may have lost a race to a replica that wrote the same person; on the newer state it is no refusal.
            refusal = self.apply(batch).await;
        }
        if let (Err(StoreError::Refused { .. }), Task::Event(event)) = (&refusal, &received.task) {
            let pieces = pieces_of(event);
            if !pieces.is_empty() {
                return self.apply_pieces(event, pieces).await;
            }
        }
        match refusal {
            Ok(outcomes) => Ok(outcomes.first().copied().unwrap_or(Applied::AlreadyApplied)),
            Err(StoreError::Refused { rule, .. }) => {
                self.set_aside(received, ParkReason::Refused(rule)).await
            }
            Err(error) => Err(error),
        }
    }

    /// Parks an event, or postpones deciding a resource anew.
    async fn set_aside(&self, received: &Received, reason: ParkReason) -> Result<Applied, StoreError> {
        let change = match &received.task {
            Task::Recheck(recheck) => {
                Change { postponed: vec![(recheck.clone(), reason)], ..Change::default() }
            }
            Task::Event(_) | Task::Unreadable(_) => {
                let parked = park(std::slice::from_ref(received), vec![(0, reason)]);
                Change { effects: effects_of(&parked), parked, ..Change::default() }
            }
        };
        self.store.commit(&change).await?;
        log_parked(&change);
        Ok(Applied::Parked)
    }

    /// Applies a part of a snapshot resource by resource, because the LMS refuses one of them. What is extra in its range
    /// is left to the next snapshot.
    async fn apply_pieces(&self, part: &Event, pieces: Vec<Event>) -> Result<Applied, StoreError> {
        for piece in pieces {
            let message = piece.encode(ContentType::Json).ok();
            let received = Received { task: Task::Event(Box::new(piece)), message };
            Box::pin(self.apply_or_park(&received)).await?;
        }
        self.store.commit(&done_with(part)).await?;
        Ok(Applied::Executed)
    }

    async fn apply_singly(&self, batch: &[Received]) -> Result<Vec<Applied>, StoreError> {
        let mut outcomes = Vec::with_capacity(batch.len());
        for received in batch {
            outcomes.push(self.apply_or_park(received).await?);
        }
        Ok(outcomes)
    }
}

fn pieces_of(event: &Event) -> Vec<Event> {
    match &event.data {
        EventData::SnapshotChunk(chunk) => pieces(&event.envelope, chunk),
        EventData::User(_)
        | EventData::Group(_)
        | EventData::Membership(_)
        | EventData::SnapshotEnd(_)
        | EventData::Integration(_) => Vec::new(),
    }
}

/// The change that does nothing but remember an event as handled.
fn done_with(event: &Event) -> Change {
    let envelope = &event.envelope;
    let integration = IntegrationSlug(envelope.integration.clone());
    let handled = HandledEvent {
        id: envelope.id,
        integration: integration.clone(),
        subject: envelope.subject,
        sequence: envelope.sequence,
        outcome: Applied::Executed,
    };
    Change { integrations: [integration].into(), handled: vec![handled], ..Change::default() }
}

/// The messages that cannot be applied, each once.
fn park(batch: &[Received], refused: Vec<(usize, ParkReason)>) -> Vec<ParkedEvent> {
    let mut parked: Vec<ParkedEvent> = Vec::new();
    for (number, reason) in refused {
        let Some(received) = batch.get(number) else { continue };
        let Some(message) = received.message.as_ref() else { continue };
        if parked.iter().any(|other| other.message.id == message.id) {
            continue;
        }
        parked.push(parked_event(&received.task, message.clone(), reason));
    }
    parked
}

/// A message that is kept, with as much about it as can be read.
pub(crate) fn parked_event(task: &Task, message: Message, reason: ParkReason) -> ParkedEvent {
    let envelope = match task {
        Task::Event(event) => Some(&event.envelope),
        Task::Unreadable(_) | Task::Recheck(_) => None,
    };
    // Of one that cannot be read: whose it says it is, so that somebody sees it.
    let claimed = message.attributes.get("integration").filter(|name| fits_key(Some(name)));
    let integration = envelope.map(|envelope| &envelope.integration).or(claimed);
    ParkedEvent {
        integration: integration.cloned().map(IntegrationSlug),
        subject: subject_of(task),
        occasion: envelope.map(Occasion::of_event),
        message,
        reason,
    }
}

/// That each waits, of those that tell whose they are. Of what was given up it is not told: whose it says it is may not even
/// exist.
fn effects_of(parked: &[ParkedEvent]) -> Vec<Effect> {
    let effect = |parked: &ParkedEvent| {
        if matches!(parked.reason, ParkReason::GivenUp(_)) {
            return None;
        }
        let subject = parked.subject?;
        let (kind, scim_id) = match subject.kind {
            SubjectKind::User => (EffectKind::User, Some(ScimId(subject.id))),
            SubjectKind::Group => (EffectKind::Group, Some(ScimId(subject.id))),
            SubjectKind::Integration => (EffectKind::Integration, None),
        };
        let occasion = parked.occasion.clone()?;
        Some(Effect::parked(occasion, kind, scim_id, parked.reason.clone()))
    };
    parked.iter().filter_map(effect).collect()
}

/// What a task is about; of a part of a snapshot that lists one resource, that one.
fn subject_of(task: &Task) -> Option<Subject> {
    let Task::Event(event) = task else { return None };
    let EventData::SnapshotChunk(chunk) = &event.data else { return Some(event.envelope.subject) };
    let users = users(chunk).map(|user| (SubjectKind::User, &user.id));
    let groups = groups(chunk).map(|group| (SubjectKind::Group, &group.id));
    let listed: Vec<_> = users.chain(groups).take(2).collect();
    let only = match listed.as_slice() {
        [(kind, id)] => id.parse().ok().map(|id| Subject { kind: *kind, id }),
        _ => None,
    };
    only.or(Some(event.envelope.subject))
}

fn log_parked(change: &Change) {
    for parked in &change.parked {
        tracing::warn!(event.id = %parked.message.id, reason = %parked.reason, "an event was parked");
    }
    for (recheck, reason) in &change.postponed {
        tracing::warn!(scim.id = %recheck.key.scim_id.0, %reason, "a resource could not be decided anew");
    }
}

pub(crate) fn unavailable(error: StoreError) -> HandlerUnavailable {
    HandlerUnavailable(Box::new(error))
}

fn received(batch: &[Message], read: fn(&Message) -> Task) -> Vec<Received> {
    batch.iter().map(|message| Received { task: read(message), message: Some(message.clone()) }).collect()
}

#[async_trait]
impl EventHandler for DirectorySync {
    async fn handle(&self, batch: &[Message]) -> Result<Vec<Applied>, HandlerUnavailable> {
        self.work(&received(batch, receive)).await.map_err(unavailable)
    }

    async fn probe(&self) -> Result<(), HandlerUnavailable> {
        self.store.probe().await.map_err(unavailable)
    }
}
