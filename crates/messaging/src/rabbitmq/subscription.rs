use std::panic::AssertUnwindSafe;

use async_trait::async_trait;
use events::{Applied, DecodeError, Event, EventHandler, HandlerUnavailable, Message};
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::Mutex;
use tracing::{debug, warn};

use super::topology::OwnQueue;
use super::{Broker, RabbitMqConsumer};

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A queue of a program's own, beside those of the services, from which it takes the events that it wants.
///
/// The queue and another beside it, of the same name with `.parked` behind, are declared when they are missing. Both keep
/// their messages while the program is away.
///
/// # Guarantees
/// At least once: an event is acknowledged only after it was applied. No order. Nothing is dropped: what is not for this
/// program to read, or refused by it, waits in the second queue. A type of events that is not known yet is passed over.
pub struct Subscription {
    consumer: RabbitMqConsumer,
}

/// Why an event was not applied, and thereby what becomes of it.
#[derive(Debug)]
pub enum NotApplied {
    /// Something is away: the event is given again until it is applied, and the others wait behind it.
    Later(Cause),
    /// It never can be: the event is parked for a person.
    Never(Cause),
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for NotApplied {
    /// What is not known to be for good is tried again.
    fn from(error: E) -> Self {
        Self::Later(Box::new(error))
    }
}

impl Subscription {
    /// Makes it for a queue, and for routing keys such as `production.*.user.*`; nothing is connected to yet.
    pub fn new(broker: Broker, queue: &str, keys: &[&str]) -> Self {
        let keys = keys.iter().map(ToString::to_string).collect();
        let queue = OwnQueue { name: queue.to_owned(), keys };
        Self { consumer: RabbitMqConsumer::of_queue(broker, queue) }
    }

    /// Has each event applied until the shutdown resolves, through every failure of the broker.
    ///
    /// On shutdown the event in hand is applied and acknowledged first. An event at which `apply` panics three times is
    /// parked. While one waits the queue holds all of them: that costs each of the sixteen at most that were in hand one of
    /// the deliveries that the queue allows.
    pub async fn run<'a, F, R>(&self, apply: F, shutdown: impl Future<Output = ()> + Send + 'static)
    where
        F: Fn(Event) -> R + Send + Sync + 'a,
        R: Future<Output = Result<(), NotApplied>> + Send + 'a,
    {
        self.consumer.give_to(&EachEvent::new(apply), shutdown).await;
    }
}

type Apply<'a> = dyn Fn(Event) -> BoxFuture<'a, Result<(), NotApplied>> + Send + Sync + 'a;

/// Decodes messages for a function of one event.
struct EachEvent<'a> {
    apply: Box<Apply<'a>>,
    /// What could not be applied last. To apply it is the one way to know whether others can be.
    waits: Mutex<Option<Message>>,
}

impl<'a> EachEvent<'a> {
    fn new<F, R>(apply: F) -> Self
    where
        F: Fn(Event) -> R + Send + Sync + 'a,
        R: Future<Output = Result<(), NotApplied>> + Send + 'a,
    {
        Self { apply: Box::new(move |event| apply(event).boxed()), waits: Mutex::new(None) }
    }

    async fn apply_one(&self, message: &Message) -> Result<Applied, HandlerUnavailable> {
        let event = match Event::decode(message) {
            Ok(event) => event,
            Err(DecodeError::UnknownType(name)) => {
                debug!(event.id = %message.id, event.r#type = name, "an event of an unknown type is passed over");
                return Ok(Applied::Executed);
            }
            Err(error) => return Ok(parked(message, &error)),
        };
        match (self.apply)(event).await {
            Ok(()) => Ok(Applied::Executed),
            Err(NotApplied::Never(cause)) => Ok(parked(message, &*cause)),
            Err(NotApplied::Later(cause)) => Err(HandlerUnavailable(cause)),
        }
    }
}

#[async_trait]
impl EventHandler for EachEvent<'_> {
    async fn handle(&self, batch: &[Message]) -> Result<Vec<Applied>, HandlerUnavailable> {
        let mut outcomes = Vec::with_capacity(batch.len());
        for message in batch {
            *self.waits.lock().await = Some(message.clone());
            outcomes.push(self.apply_one(message).await?);
        }
        *self.waits.lock().await = None;
        Ok(outcomes)
    }

    async fn probe(&self) -> Result<(), HandlerUnavailable> {
        match &*self.waits.lock().await {
            Some(message) => match AssertUnwindSafe(self.apply_one(message)).catch_unwind().await {
                Ok(outcome) => outcome.map(drop),
                // Nothing is away any more. Panics are counted where the event is given again.
                Err(_) => Ok(()),
            },
            None => Ok(()),
        }
    }
}

fn parked(message: &Message, reason: &dyn std::error::Error) -> Applied {
    warn!(event.id = %message.id, reason = %reason, "an event is parked");
    Applied::Parked
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use events::v1::GroupChange;
    use events::{
        ContentType, Envelope, Environment, EventData, EventId, EventType, Sequence, Subject, SubjectKind,
    };
    use uuid::Uuid;

    use super::*;

    fn message() -> Message {
        let envelope = Envelope {
            id: EventId(Uuid::nil()),
            event_type: EventType::GroupChanged,
            integration: "acme".to_owned(),
            environment: Environment::Production,
            portal: "acme".to_owned(),
            subject: Subject { kind: SubjectKind::Group, id: Uuid::nil() },
            time: Default::default(),
            sequence: Sequence { epoch: 0, incarnation: 1, version: 1 },
            txn: Uuid::nil(),
            traceparent: None,
        };
        let event = Event { envelope, data: EventData::Group(GroupChange::default()) };
        event.encode(ContentType::Json).unwrap()
    }

    #[tokio::test]
    async fn a_program_works_again_when_what_waits_can_be_applied() {
        let given = AtomicUsize::new(0);
        let apply = |_| {
            let is_away = given.fetch_add(1, Ordering::Relaxed) < 2;
            async move { if is_away { Err(NotApplied::Later("the database is away".into())) } else { Ok(()) } }
        };
        let handler = EachEvent::new(apply);
        assert!(handler.probe().await.is_ok(), "nothing waits yet");
        assert!(handler.handle(&[message()]).await.is_err());
        assert!(handler.probe().await.is_err());
        assert!(handler.probe().await.is_ok());
        assert_eq!(handler.handle(&[message()]).await.unwrap(), [Applied::Executed]);
        assert_eq!(given.load(Ordering::Relaxed), 4);
    }

    #[tokio::test]
    async fn an_event_that_waited_and_at_which_a_program_panics_is_given_again() {
        let given = AtomicUsize::new(0);
        let apply = |_| {
            let is_away = given.fetch_add(1, Ordering::Relaxed) == 0;
            async move {
                if is_away { Err(NotApplied::Later("away".into())) } else { panic!("as it is meant to") }
            }
        };
        let handler = EachEvent::new(apply);
        assert!(handler.handle(&[message()]).await.is_err());
        assert!(handler.probe().await.is_ok());
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_parked_and_what_is_not_known_yet_passed_over() {
        let handler =
            EachEvent::new(|_| async { Err(NotApplied::Never("it is of no portal of ours".into())) });
        let unreadable = Message { body: b"{".to_vec(), ..message() };
        let mut unknown = message();
        unknown.attributes.insert("type".to_owned(), "com.illuxilms.directory.group.changed.v2".to_owned());
        let outcomes = handler.handle(&[unreadable, unknown, message()]).await.unwrap();
        assert_eq!(outcomes, [Applied::Parked, Applied::Executed, Applied::Parked]);
    }
}
