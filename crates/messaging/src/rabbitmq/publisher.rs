use async_trait::async_trait;
use events::{EventId, EventPublisher, Message, PublishError};
use lapin::options::ConfirmSelectOptions;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::Broker;
use super::backoff::Delays;
use super::confirm::{Fate, Outgoing, publish_confirmed};
use super::link::{BrokerError, Link, short, within};
use super::topology::{Part, Topology};

/// Publishes events to RabbitMQ.
///
/// It connects at the first batch, and again after every failure: at once when the connection was found dead, else
/// not before a delay that grows from 100 ms to 5 s, during which [`publish`](EventPublisher::publish) fails
/// without waiting. There is no background task: whoever publishes again drives the recovery.
///
/// # Guarantees
/// Persistent, mandatory and confirmed: an id is answered only when every queue that the message was routed to has
/// it on disk, and at least one has. A message that no queue wants is never answered. Batches are published one
/// after the other, each within the publish and confirm timeouts plus twice that to connect. Safe to cancel.
pub struct RabbitMqPublisher {
    broker: Broker,
    state: Mutex<State>,
}

struct State {
    way: Way,
    /// Whether a queue refused some of the last batch. It is reported when it begins.
    is_refused: bool,
    delays: Delays,
    next_attempt: Instant,
}

enum Way {
    /// None, or given up.
    Down,
    /// Ready, with no confirm outstanding.
    Open(Link),
    /// Spoilt by a batch that the broker did not take for lack of memory or disk. It is kept until the broker takes
    /// messages again, because closing it would hang as well, and a new one every few seconds would pile up.
    Blocked(Link),
}

impl RabbitMqPublisher {
    /// Makes a publisher; nothing is connected to yet.
    pub fn new(broker: Broker) -> Self {
        let state = State {
            way: Way::Down,
            is_refused: false,
            delays: Delays::between_connections(),
            next_attempt: Instant::now(),
        };
        Self { broker, state: Mutex::new(state) }
    }

    async fn publish_batch(&self, batch: &[Message]) -> Result<Vec<EventId>, BrokerError> {
        let mut state = self.state.lock().await;
        // The link is taken out while it is used: a caller that gives up drops it with its open confirms.
        let link = match state.take_usable()? {
            Some(link) => link,
            None => self.open(&mut state).await?,
        };
        let (sendable, messages) = encode(&self.broker.topology, batch);
        let exchange = short(&self.broker.topology.exchange)?;
        match publish_confirmed(&link.channel, &exchange, &sendable, &self.broker.timeouts).await {
            Ok(fates) => {
                let was_refused = std::mem::replace(&mut state.is_refused, fates.contains(&Fate::Refused));
                if fates.contains(&Fate::Returned) {
                    // Connecting anew declares the topology anew, which may be what a returned message needs.
                    report(&fates);
                    state.wait_before_connecting();
                } else {
                    // One lane may be full. The others are none the worse for it, and the way is good.
                    if state.is_refused && !was_refused {
                        report(&fates);
                    }
                    state.way = Way::Open(link);
                    state.delays = Delays::between_connections();
                }
                let confirmed = messages.iter().zip(fates).filter(|(_, fate)| *fate == Fate::Confirmed);
                Ok(confirmed.map(|(message, _)| message.id).collect())
            }
            Err(failure) => {
                state.wait_before_connecting();
                if link.connection.status().blocked() {
                    state.way = Way::Blocked(link);
                }
                Err(failure)
            }
        }
    }

    async fn open(&self, state: &mut State) -> Result<Link, BrokerError> {
        let remaining = state.next_attempt.saturating_duration_since(Instant::now());
        if !remaining.is_zero() {
            return Err(BrokerError::NotConnected(remaining));
        }
        // The steps together: a relay's lease runs meanwhile.
        let limit = self.broker.timeouts.connect * 2;
        let opening = tokio::time::timeout(limit, open_for_publishing(&self.broker, Part::Everything)).await;
        match opening.unwrap_or(Err(BrokerError::Timeout { step: "connect and declare", limit })) {
            Ok(link) => {
                info!("the publisher is connected to the broker");
                Ok(link)
            }
            Err(failure) => {
                state.wait_before_connecting();
                Err(failure)
            }
        }
    }
}

#[async_trait]
impl EventPublisher for RabbitMqPublisher {
    async fn publish(&self, batch: &[Message]) -> Result<Vec<EventId>, PublishError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        self.publish_batch(batch).await.map_err(|failure| PublishError(Box::new(failure)))
    }
}

impl State {
    fn take_usable(&mut self) -> Result<Option<Link>, BrokerError> {
        match std::mem::replace(&mut self.way, Way::Down) {
            Way::Open(link) | Way::Blocked(link)
                if link.connection.status().connected() && link.connection.status().blocked() =>
            {
                self.way = Way::Blocked(link);
                Err(BrokerError::Blocked)
            }
            Way::Open(link) if link.connection.status().connected() && link.channel.status().connected() => {
                Ok(Some(link))
            }
            Way::Down | Way::Open(_) | Way::Blocked(_) => Ok(None),
        }
    }

    fn wait_before_connecting(&mut self) {
        self.next_attempt = Instant::now() + self.delays.next_delay();
    }
}

/// Opens a link whose channel confirms.
pub(super) async fn open_for_publishing(broker: &Broker, part: Part<'_>) -> Result<Link, BrokerError> {
    let link = Link::open(broker, "illuxi publisher", part).await?;
    let selecting = link.channel.confirm_select(ConfirmSelectOptions::default());
    within(broker.timeouts.connect, "confirm messages", selecting).await?;
    Ok(link)
}

/// The messages that AMQP can carry; the others stay unconfirmed without holding up the batch.
fn encode<'a>(topology: &Topology, batch: &'a [Message]) -> (Vec<Outgoing<'a>>, Vec<&'a Message>) {
    let encode_one = |message| match Outgoing::of(message, topology.lane_of_message(message)) {
        Ok(outgoing) => Some((outgoing, message)),
        Err(failure) => {
            error!(event.id = %message.id, error = %failure, "an event cannot be sent over AMQP");
            None
        }
    };
    batch.iter().filter_map(encode_one).unzip()
}

fn report(fates: &[Fate]) {
    let count = |wanted: Fate| fates.iter().filter(|fate| **fate == wanted).count();
    warn!(
        batch.confirmed = count(Fate::Confirmed),
        batch.returned = count(Fate::Returned),
        batch.refused = count(Fate::Refused),
        "the broker did not take the whole batch"
    );
}
