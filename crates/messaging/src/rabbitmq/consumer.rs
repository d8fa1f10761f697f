mod insist;
mod session;

use std::sync::Arc;
use std::time::Duration;

use events::EventHandler;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use tokio::time::Instant;
use tracing::{debug, info, warn};

use self::insist::probe;
use self::session::{End, Session};
use super::Broker;
use super::backoff::{Delays, about};
use super::link::{BrokerError, Link};
use super::topology::{OwnQueue, Part};

/// A session that lasted this long proves the broker well; the next failure is a new one.
const WELL: Duration = Duration::from_secs(5);

/// After how long an outage is told again.
const TOLD_AGAIN: Duration = Duration::from_secs(300);

/// Resolves when the process is about to end.
type Shutdown = Shared<BoxFuture<'static, ()>>;

/// Gives a queue's messages to a handler.
///
/// # Guarantees
/// At least once: a message is acknowledged only after the handler made it durable, or after it was parked with a
/// confirm. No order.
pub struct RabbitMqConsumer {
    broker: Broker,
    settings: ConsumerSettings,
    source: Source,
}

/// Where messages are taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    /// The queue of a lane.
    Lane(usize),
    /// The queue of those that were given up. There is no further place for what the handler panics at: it stays.
    Parked,
    /// The queue of a program outside. What its handler answers to be parked is refused.
    Own(OwnQueue),
}

impl Source {
    fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }
}

/// How much to take at once, and when to give up for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsumerSettings {
    /// Messages that the broker may hand out unacknowledged. Quorum queues allow at most 2000.
    pub prefetch: u16,
    /// Messages of a batch at most.
    pub batch: usize,
    /// How long a batch waits for a further message after its first, while many come.
    pub linger: Duration,
    /// How long the handler may take for a batch, and for a probe, before it counts as unavailable.
    pub handler_timeout: Duration,
    /// How often an unavailable handler is given the same batch again, 50 ms to 2 s apart, before all messages go
    /// back to the queue.
    pub retries: usize,
    /// After that, how often the handler is asked at least whether it works again.
    pub probe_interval: Duration,
    /// After how long without a message the broker is asked whether it still knows the channel.
    pub idle_check: Duration,
}

impl Default for ConsumerSettings {
    /// Prefetch 256, batches of 128, linger 5 ms, 60 s for the handler, 5 retries, a probe every 5 s, a look at
    /// the channel after 10 idle seconds.
    fn default() -> Self {
        Self {
            prefetch: 256,
            batch: 128,
            linger: Duration::from_millis(5),
            handler_timeout: Duration::from_secs(60),
            retries: 5,
            probe_interval: Duration::from_secs(5),
            idle_check: Duration::from_secs(10),
        }
    }
}

impl RabbitMqConsumer {
    /// Makes a consumer of the events of each lane; nothing is connected to yet. Each has a connection of its own, and what
    /// one waits for holds up no other.
    pub fn of_lanes(broker: &Broker, settings: ConsumerSettings) -> Vec<Self> {
        let lanes = 0..broker.topology.lanes;
        lanes.map(|lane| Self { broker: broker.clone(), settings, source: Source::Lane(lane) }).collect()
    }

    /// Makes a consumer of what was parked: of messages at which a handler panicked, and that the broker gave up. Each has
    /// the attribute [`PARKED_REASON`](events::PARKED_REASON).
    pub fn of_parked(broker: Broker, settings: ConsumerSettings) -> Self {
        Self { broker, settings, source: Source::Parked }
    }

    /// Makes a consumer of a program's own queue, of one message at a time: others need not wait for what one comes to. Few
    /// are in hand, as each wait counts a delivery of those.
    pub(super) fn of_queue(broker: Broker, queue: OwnQueue) -> Self {
        let settings = ConsumerSettings { batch: 1, prefetch: 16, ..ConsumerSettings::default() };
        Self { broker, settings, source: Source::Own(queue) }
    }

    /// Consumes until the shutdown resolves, through every failure of the broker and of the handler.
    ///
    /// On shutdown the batch in hand is handled and acknowledged first. While the handler is unavailable no message
    /// is held: the channel is closed once, which counts one delivery for each message that it held, and opened
    /// again when the handler's probe succeeds, at first for a single message.
    pub async fn run(
        &self,
        handler: Arc<dyn EventHandler>,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) {
        self.give_to(&*handler, shutdown).await;
    }

    /// The same with a handler that is only lent.
    pub(super) async fn give_to(
        &self,
        handler: &dyn EventHandler,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) {
        let shutdown = shutdown.boxed().shared();
        let mut delays = Delays::between_connections();
        let mut is_trial = false;
        let mut outage = Outage::default();
        loop {
            let started = Instant::now();
            let end = self.run_session(handler, is_trial, &shutdown).await;
            let was_well = matches!(end, End::Lost(_)) && started.elapsed() > WELL;
            match end {
                End::ShutDown => break,
                End::Proven => (is_trial, outage) = (false, Outage::default()),
                End::Unavailable(unavailable) => {
                    warn!(error = %chain(&unavailable), "consuming stops until the handler works again");
                    if !self.wait_for(handler, &shutdown).await {
                        break;
                    }
                    info!("the handler works again");
                    (is_trial, outage) = (true, Outage::default());
                }
                End::Lost(failure) | End::Unopened(failure) => {
                    if was_well {
                        (delays, outage) = (Delays::between_connections(), Outage::default());
                    }
                    let delay = delays.next_delay();
                    outage.tell(&failure, delay);
                    if !pause(delay, &shutdown).await {
                        break;
                    }
                }
            }
        }
        info!("the consumer has stopped");
    }

    async fn run_session(&self, handler: &dyn EventHandler, is_trial: bool, shutdown: &Shutdown) -> End {
        let (role, part) = match &self.source {
            Source::Lane(lane) => (format!("illuxi consumer {lane}"), Part::Lane(*lane)),
            Source::Parked => ("illuxi consumer of parked messages".to_owned(), Part::Parked),
            Source::Own(queue) => (format!("consumer of {}", queue.name), Part::Own(queue)),
        };
        let opening = Link::open(&self.broker, &role, part);
        let link = tokio::select! {
            () = shutdown.clone() => return End::ShutDown,
            link = opening => match link {
                Ok(link) => link,
                Err(failure) => return End::Unopened(failure),
            },
        };
        let session = Session {
            broker: &self.broker,
            settings: &self.settings,
            source: &self.source,
            handler,
            shutdown,
            link: &link,
            is_trial,
        };
        let end = session.run().await;
        link.close(self.broker.timeouts.publish).await;
        end
    }

    /// Answers whether the handler works; false when the process is about to end.
    async fn wait_for(&self, handler: &dyn EventHandler, shutdown: &Shutdown) -> bool {
        loop {
            if !pause(about(self.settings.probe_interval), shutdown).await {
                return false;
            }
            if probe(handler, self.settings.handler_timeout).await {
                return true;
            }
        }
    }
}

/// What was told of a broker that is away.
#[derive(Default)]
struct Outage(Option<(String, Instant)>);

impl Outage {
    /// Warns of what is new, and of the old every few minutes: each lane tries every few seconds.
    fn tell(&mut self, failure: &BrokerError, delay: Duration) {
        let (error, retry_in_ms) = (chain(failure), delay.as_millis());
        if self.0.as_ref().is_some_and(|(told, at)| *told == error && at.elapsed() < TOLD_AGAIN) {
            debug!(error, retry_in_ms, "consuming is interrupted still");
        } else {
            warn!(error, retry_in_ms, "consuming was interrupted");
            self.0 = Some((error, Instant::now()));
        }
    }
}

/// Answers whether the whole pause went by; false when the process is about to end.
async fn pause(time: Duration, shutdown: &Shutdown) -> bool {
    tokio::select! {
        () = shutdown.clone() => false,
        () = tokio::time::sleep(time) => true,
    }
}

/// An error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
