use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, ErrorKind, ExchangeKind};

use super::link::{BrokerError, short};

/// Names of what the services need on the broker.
///
/// Nothing here has an alternate exchange: what one catches counts as routed, so that an unroutable event would be
/// confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topology {
    /// Topic exchange that every event is published to; other consumers bind queues of their own.
    pub exchange: String,
    /// Queue of user-sync, bound to everything.
    pub queue: String,
    /// Topic exchange for messages that nobody could handle, also the dead-letter exchange of the policy.
    pub parked_exchange: String,
    /// Queue where those wait for a person.
    pub parked_queue: String,
}

impl Default for Topology {
    fn default() -> Self {
        Self {
            exchange: "scim.events".to_owned(),
            queue: "lms.sync".to_owned(),
            parked_exchange: "scim.parked".to_owned(),
            parked_queue: "lms.parked".to_owned(),
        }
    }
}

impl Topology {
    /// The same with `prefix` before every name, so that several deployments can share a virtual host.
    #[must_use]
    pub fn with_prefix(self, prefix: &str) -> Self {
        let prefixed = |name: String| format!("{prefix}{name}");
        Self {
            exchange: prefixed(self.exchange),
            queue: prefixed(self.queue),
            parked_exchange: prefixed(self.parked_exchange),
            parked_queue: prefixed(self.parked_queue),
        }
    }

    /// Declares all of it; harmless when it exists.
    ///
    /// Publisher and consumer both do, so that events are routable before user-sync ran for the first time.
    pub(super) async fn declare(&self, channel: &Channel) -> Result<(), BrokerError> {
        declare_pair(channel, &self.parked_exchange, &self.parked_queue, None).await?;
        declare_pair(channel, &self.exchange, &self.queue, Some(&self.parked_exchange)).await
    }
}

/// An exchange and the quorum queue that gets everything from it.
///
/// Where a message goes that the broker gives up is no matter of taste and belongs to the queue: without it a broker
/// deletes at its delivery limit (20 by default from 4.0 on). How much and how often is an operator's policy.
async fn declare_pair(
    channel: &Channel,
    exchange: &str,
    queue: &str,
    dead_letter_exchange: Option<&str>,
) -> Result<(), BrokerError> {
    let refused = |kind, name: &str| {
        let name = name.to_owned();
        move |source| refusal(kind, name, source)
    };
    let (of_exchange, of_queue) = (refused("exchange", exchange), refused("queue", queue));
    let exchange = short(exchange)?;
    let queue = short(queue)?;
    let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    channel
        .exchange_declare(exchange.clone(), ExchangeKind::Topic, durable, FieldTable::default())
        .await
        .map_err(of_exchange)?;
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    let mut arguments = FieldTable::default();
    arguments.insert(short("x-queue-type")?, AMQPValue::LongString("quorum".into()));
    if let Some(parked_exchange) = dead_letter_exchange {
        for (name, value) in [
            ("x-dead-letter-exchange", parked_exchange),
            // The default, at-most-once, loses what it moves when the target is away. It needs the overflow below.
            ("x-dead-letter-strategy", "at-least-once"),
            // A full queue refuses what is new, which then waits in the outbox, instead of dropping what is old.
            ("x-overflow", "reject-publish"),
        ] {
            arguments.insert(short(name)?, AMQPValue::LongString(value.into()));
        }
    }
    channel.queue_declare(queue.clone(), durable, arguments).await.map_err(of_queue)?;
    let everything: ShortString = short("#")?;
    channel
        .queue_bind(queue, exchange, everything, QueueBindOptions::default(), FieldTable::default())
        .await
        .map_err(|source| BrokerError::Refused { step: "bind the queue", source })
}

fn refusal(kind: &'static str, name: String, source: lapin::Error) -> BrokerError {
    let is_other = matches!(source.kind(), ErrorKind::ProtocolError(error)
        if error.kind() == &AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED));
    match is_other {
        true => BrokerError::OtherProperties { kind, name, source },
        false => BrokerError::Refused { step: "declare what is needed", source },
    }
}
