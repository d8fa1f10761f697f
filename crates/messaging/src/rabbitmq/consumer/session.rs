use std::time::Duration;

use events::{Applied, EventHandler, HandlerUnavailable, Message};
use futures::StreamExt;
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions,
};
use lapin::types::{FieldTable, ShortString};
use tracing::{error, info};

use super::insist::{Verdict, insist};
use super::{ConsumerSettings, Shutdown, Source};
use crate::rabbitmq::link::{BrokerError, Link, short, within};
use crate::rabbitmq::park::park;
use crate::rabbitmq::{Broker, wire};

const POISONOUS: &str = "the handler panicked 3 times at this message";

/// Why a session ended.
pub(super) enum End {
    /// The process is about to end.
    ShutDown,
    /// A trial succeeded.
    Proven,
    /// The handler cannot work for now.
    Unavailable(HandlerUnavailable),
    /// There was no connection.
    Unopened(BrokerError),
    /// The broker, or the way to it, failed.
    Lost(BrokerError),
}

/// One connection's worth of consuming.
pub(super) struct Session<'a> {
    pub(super) broker: &'a Broker,
    pub(super) settings: &'a ConsumerSettings,
    pub(super) source: &'a Source,
    pub(super) handler: &'a dyn EventHandler,
    pub(super) shutdown: &'a Shutdown,
    pub(super) link: &'a Link,
    /// Whether the handler has just failed: then it is given one message, and the session ends after it.
    pub(super) is_trial: bool,
}

/// Messages for the handler, and the deliveries that they came in, in the same order.
struct Batch {
    messages: Vec<Message>,
    deliveries: Vec<Delivery>,
}

/// Messages of a batch from which on many come: the next ones gather.
const MANY: usize = 8;

impl Session<'_> {
    /// Consumes; a trial takes one message at a time and ends after the first.
    pub(super) async fn run(&self) -> End {
        let consumer = match self.consume().await {
            Ok(consumer) => consumer,
            Err(failure) => return End::Lost(failure),
        };
        info!(consumer.prefetch = self.prefetch(), "consuming");
        self.handler.is_delivered_to(true);
        let end = self.take_from(consumer).await;
        self.handler.is_delivered_to(false);
        end
    }

    async fn take_from(&self, mut consumer: lapin::Consumer) -> End {
        let mut many_come = false;
        loop {
            let batch = tokio::select! {
                biased;
                () = self.shutdown.clone() => {
                    self.cancel(&consumer).await;
                    return End::ShutDown;
                }
                batch = self.next_batch(&mut consumer, many_come) => batch,
            };
            many_come = batch.as_ref().is_ok_and(|batch| batch.messages.len() >= MANY);
            let settled = match batch {
                Ok(batch) => self.settle(batch).await,
                Err(failure) => Err(End::Lost(failure)),
            };
            match settled {
                Ok(()) if self.is_trial => return End::Proven,
                Ok(()) => {}
                Err(end) => return end,
            }
        }
    }

    async fn consume(&self) -> Result<lapin::Consumer, BrokerError> {
        self.set_prefetch("set the prefetch").await?;
        let queue = match self.source {
            Source::Lane(lane) => self.broker.topology.lane_queue(*lane),
            Source::Parked => self.broker.topology.parked_queue.clone(),
            Source::Own(queue) => queue.name.clone(),
        };
        let consuming = self.link.channel.basic_consume(
            short(&queue)?,
            ShortString::default(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        );
        within(self.broker.timeouts.publish, "begin to deliver", consuming).await
    }

    /// Waits for a first message, and then, while many come, a little for more.
    async fn next_batch(
        &self,
        consumer: &mut lapin::Consumer,
        many_come: bool,
    ) -> Result<Batch, BrokerError> {
        let mut batch = Batch { messages: Vec::new(), deliveries: Vec::new() };
        batch.push(self.source, self.first(consumer).await?);
        let linger = tokio::time::sleep(if many_come { self.settings.linger } else { Duration::ZERO });
        tokio::pin!(linger);
        while batch.messages.len() < self.settings.batch {
            tokio::select! {
                // What is there is taken in any case.
                biased;
                delivery = consumer.next() => batch.push(self.source, received(delivery)?),
                () = &mut linger => break,
            }
        }
        Ok(batch)
    }

    /// Waits for a message, and from time to time asks the broker whether the channel still exists.
    ///
    /// Heartbeats belong to the connection: a channel whose process at the broker has died gets no messages, and nobody
    /// says so until it is used.
    async fn first(&self, consumer: &mut lapin::Consumer) -> Result<Delivery, BrokerError> {
        loop {
            match tokio::time::timeout(self.settings.idle_check, consumer.next()).await {
                Ok(delivery) => return received(delivery),
                Err(_) => self.set_prefetch("answer on an idle channel").await?,
            }
        }
    }

    fn prefetch(&self) -> u16 {
        if self.is_trial { 1 } else { self.settings.prefetch }
    }

    /// Only consumers that begin later heed it, so that a repetition changes nothing.
    async fn set_prefetch(&self, step: &'static str) -> Result<(), BrokerError> {
        let setting = self.link.channel.basic_qos(self.prefetch(), BasicQosOptions::default());
        within(self.broker.timeouts.publish, step, setting).await
    }

    /// Has the batch handled and acknowledged, or leaves it unacknowledged and says why.
    async fn settle(&self, batch: Batch) -> Result<(), End> {
        match self.insist(&batch.messages).await {
            Verdict::Applied(outcomes) => match batch.deliveries.last() {
                Some(only) if self.source.is_own() && outcomes == [Applied::Parked] => {
                    self.refuse(only).await
                }
                // The channel's earlier deliveries are all settled, so that this means just the batch.
                Some(last) => self.acknowledge(last, true).await,
                None => Ok(()),
            },
            Verdict::Poisonous => self.settle_one_by_one(&batch).await,
            Verdict::Unavailable(unavailable) => Err(End::Unavailable(unavailable)),
            Verdict::ShutDown => Err(End::ShutDown),
        }
    }

    /// Finds the message that the handler panics at, so that it does not hold up the others.
    async fn settle_one_by_one(&self, batch: &Batch) -> Result<(), End> {
        let is_alone = batch.messages.len() == 1;
        for (message, delivery) in batch.messages.iter().zip(&batch.deliveries) {
            let verdict =
                if is_alone { Verdict::Poisonous } else { self.insist(std::slice::from_ref(message)).await };
            match verdict {
                Verdict::Applied(_) => {}
                Verdict::Poisonous if self.source.is_own() => {
                    error!(event.id = %message.id, "a message is refused, because the program panics at it");
                    self.refuse(delivery).await?;
                    continue;
                }
                Verdict::Poisonous => self.park(message, delivery).await?,
                Verdict::Unavailable(unavailable) => return Err(End::Unavailable(unavailable)),
                Verdict::ShutDown => return Err(End::ShutDown),
            }
            self.acknowledge(delivery, false).await?;
        }
        Ok(())
    }

    async fn insist(&self, messages: &[Message]) -> Verdict {
        insist(self.handler, messages, self.settings, self.shutdown).await
    }

    async fn park(&self, message: &Message, delivery: &Delivery) -> Result<(), End> {
        if *self.source == Source::Parked {
            error!(event.id = %message.id, "a parked message is left where it is, because the handler panics at it");
            return Err(End::Unavailable(HandlerUnavailable(POISONOUS.into())));
        }
        error!(event.id = %message.id, "a message is parked, because the handler panics at it");
        park(self.broker, &delivery.properties, message, POISONOUS).await.map_err(End::Lost)
    }

    async fn acknowledge(&self, delivery: &Delivery, multiple: bool) -> Result<(), End> {
        let acknowledging = delivery.acker.ack(BasicAckOptions { multiple });
        self.settled(acknowledging).await
    }

    /// Leaves a message of a program's own queue to the broker, which moves it to where the queue says.
    async fn refuse(&self, delivery: &Delivery) -> Result<(), End> {
        let options = BasicNackOptions { requeue: false, ..BasicNackOptions::default() };
        self.settled(delivery.acker.nack(options)).await
    }

    async fn settled(&self, settling: impl Future<Output = lapin::Result<bool>>) -> Result<(), End> {
        match within(self.broker.timeouts.publish, "take an acknowledgement", settling).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(End::Lost(BrokerError::NotSettled)),
            Err(failure) => Err(End::Lost(failure)),
        }
    }

    async fn cancel(&self, consumer: &lapin::Consumer) {
        let cancelling = self.link.channel.basic_cancel(consumer.tag(), BasicCancelOptions::default());
        // The connection is closed next, which cancels as well.
        let _cancelled = within(self.broker.timeouts.publish, "cancel the consumer", cancelling).await;
    }
}

impl Batch {
    fn push(&mut self, source: &Source, mut delivery: Delivery) {
        self.messages.push(match source {
            Source::Lane(_) | Source::Own(_) => wire::message(&mut delivery),
            Source::Parked => wire::parked_message(&mut delivery),
        });
        self.deliveries.push(delivery);
    }
}

fn received(delivery: Option<lapin::Result<Delivery>>) -> Result<Delivery, BrokerError> {
    match delivery {
        Some(Ok(delivery)) => Ok(delivery),
        Some(Err(source)) => Err(BrokerError::Refused { step: "deliver", source }),
        None => Err(BrokerError::ConsumerEnded),
    }
}
