use std::ops::Range;

use events::Message;
use lapin::options::{ExchangeBindOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, ErrorKind, ExchangeKind};
use uuid::Uuid;

use super::link::{BrokerError, short};

/// Header that says which lane a message goes by. Not among the attributes: it is of no use to whoever reads the event.
pub(super) const LANE: &str = "illuxi_lane";

/// Names of what the services need on the broker.
///
/// Events come to user-sync by lanes, each a queue: those of one integration always by the same, so that an integration
/// with much to tell is waited for in its own lane only.
///
/// The exchange of events has no alternate exchange: what one catches counts as routed, so that an unroutable event would
/// be confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topology {
    /// Topic exchange that every event is published to; other consumers bind queues of their own.
    pub exchange: String,
    /// Headers exchange that gives user-sync's messages to the queues of their lanes, and what the names of those begin
    /// with.
    pub lane_exchange: String,
    /// How many lanes there are. The same for all services of a broker.
    pub lanes: usize,
    /// Topic exchange for messages that nobody could handle, also the dead-letter exchange of the policy.
    pub parked_exchange: String,
    /// Queue where those wait for a person.
    pub parked_queue: String,
}

/// What is declared before it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// All of it, for a publisher.
    Everything,
    /// One lane, and what leads to it.
    Lane(usize),
    /// Where messages go that were given up.
    Parked,
    /// The queue of a program outside, and where it is bound; the exchange is the publisher's to declare.
    Own(&'a OwnQueue),
}

/// A queue of a program outside: what it is called, and the routing keys that it wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OwnQueue {
    pub(super) name: String,
    pub(super) keys: Vec<String>,
}

impl Default for Topology {
    fn default() -> Self {
        Self {
            exchange: "scim.events".to_owned(),
            lane_exchange: "lms.sync".to_owned(),
            lanes: 8,
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
            lane_exchange: prefixed(self.lane_exchange),
            lanes: self.lanes,
            parked_exchange: prefixed(self.parked_exchange),
            parked_queue: prefixed(self.parked_queue),
        }
    }

    /// The queue of a lane.
    pub fn lane_queue(&self, lane: usize) -> String {
        format!("{}.{lane}", self.lane_exchange)
    }

    /// The lane of an integration.
    pub fn lane_of(&self, integration: &str) -> usize {
        // Made for names, the same on every machine and in every version.
        let number = Uuid::new_v5(&Uuid::NAMESPACE_OID, integration.as_bytes()).as_u128();
        usize::try_from(number % self.lanes.max(1) as u128).unwrap_or_default()
    }

    /// The lane of a message: that of the integration which it says it is of.
    pub(super) fn lane_of_message(&self, message: &Message) -> usize {
        self.lane_of(message.attributes.get("integration").map_or("", String::as_str))
    }

    fn lanes_of(&self, part: Part<'_>) -> Range<usize> {
        match part {
            Part::Everything => 0..self.lanes,
            Part::Lane(lane) => lane..lane + 1,
            Part::Parked | Part::Own(_) => 0..0,
        }
    }

    /// Declares what is needed; harmless when it exists.
    ///
    /// Publisher and consumer both do, so that events are routable before user-sync ran for the first time.
    pub(super) async fn declare(&self, channel: &Channel, part: Part<'_>) -> Result<(), BrokerError> {
        let declaring = Declaring(channel);
        if let Part::Own(queue) = part {
            return self.declare_own(&declaring, queue).await;
        }
        declaring.exchange(&self.parked_exchange, ExchangeKind::Topic, FieldTable::default()).await?;
        declaring.queue(&self.parked_queue, quorum()?).await?;
        declaring.bind(&self.parked_queue, &self.parked_exchange, "#", FieldTable::default()).await?;
        let lanes = self.lanes_of(part);
        if lanes.is_empty() {
            return Ok(());
        }
        // What says no lane, because somebody else published it, goes by the first.
        let rest = format!("{}.rest", self.lane_exchange);
        declaring.exchange(&rest, ExchangeKind::Fanout, FieldTable::default()).await?;
        let otherwise = table([("alternate-exchange", rest.as_str())])?;
        declaring.exchange(&self.lane_exchange, ExchangeKind::Headers, otherwise).await?;
        for lane in lanes {
            let queue = self.lane_queue(lane);
            declaring.queue(&queue, given_up_to(&self.parked_exchange)?).await?;
            let of_lane = table([("x-match", "all"), (LANE, &lane.to_string())])?;
            declaring.bind(&queue, &self.lane_exchange, "", of_lane).await?;
            if lane == 0 {
                declaring.bind(&queue, &rest, "", FieldTable::default()).await?;
            }
        }
        // Last: what comes before a lane has its queue would be lost.
        declaring.exchange(&self.exchange, ExchangeKind::Topic, FieldTable::default()).await?;
        declaring.bind_exchange(&self.lane_exchange, &self.exchange).await
    }

    async fn declare_own(&self, declaring: &Declaring<'_>, queue: &OwnQueue) -> Result<(), BrokerError> {
        let OwnQueue { name, keys } = queue;
        let parked = format!("{name}.parked");
        declaring.queue(&parked, quorum()?).await?;
        // By the default exchange, which needs no declaration.
        let mut arguments = given_up_to("")?;
        arguments.insert(short("x-dead-letter-routing-key")?, AMQPValue::LongString(parked.into()));
        declaring.queue(name, arguments).await?;
        for key in keys {
            declaring.bind(name, &self.exchange, key, FieldTable::default()).await?;
        }
        Ok(())
    }
}

fn table<const N: usize>(arguments: [(&str, &str); N]) -> Result<FieldTable, BrokerError> {
    let mut table = FieldTable::default();
    for (name, value) in arguments {
        table.insert(short(name)?, AMQPValue::LongString(value.into()));
    }
    Ok(table)
}

fn quorum() -> Result<FieldTable, BrokerError> {
    table([("x-queue-type", "quorum")])
}

/// Where a message goes that the broker gives up is no matter of taste and belongs to the queue: without it a broker
/// deletes at its delivery limit (20 by default from 4.0 on). How much and how often is an operator's policy.
fn given_up_to(parked_exchange: &str) -> Result<FieldTable, BrokerError> {
    table([
        ("x-queue-type", "quorum"),
        ("x-dead-letter-exchange", parked_exchange),
        // The default, at-most-once, loses what it moves when the target is away. It needs the overflow below.
        ("x-dead-letter-strategy", "at-least-once"),
        // A full queue refuses what is new, which then waits in the outbox, instead of dropping what is old.
        ("x-overflow", "reject-publish"),
    ])
}

/// Declares durable things.
struct Declaring<'a>(&'a Channel);

impl Declaring<'_> {
    async fn exchange(
        &self,
        name: &str,
        kind: ExchangeKind,
        arguments: FieldTable,
    ) -> Result<(), BrokerError> {
        let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        let declared = self.0.exchange_declare(short(name)?, kind, durable, arguments).await;
        declared.map_err(|source| refusal("exchange", name, source))
    }

    async fn queue(&self, name: &str, arguments: FieldTable) -> Result<(), BrokerError> {
        let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        let declared = self.0.queue_declare(short(name)?, durable, arguments).await;
        declared.map(drop).map_err(|source| refusal("queue", name, source))
    }

    async fn bind(
        &self,
        queue: &str,
        exchange: &str,
        key: &str,
        arguments: FieldTable,
    ) -> Result<(), BrokerError> {
        let (queue, exchange, key) = (short(queue)?, short(exchange)?, short(key)?);
        let bound = self.0.queue_bind(queue, exchange, key, QueueBindOptions::default(), arguments).await;
        bound.map_err(|source| BrokerError::Refused { step: "bind the queue", source })
    }

    /// Gives everything that comes to `source` to `destination` as well.
    async fn bind_exchange(&self, destination: &str, source: &str) -> Result<(), BrokerError> {
        let (destination, source): (ShortString, ShortString) = (short(destination)?, short(source)?);
        let (everything, none) = (short("#")?, FieldTable::default());
        let bound =
            self.0.exchange_bind(destination, source, everything, ExchangeBindOptions::default(), none).await;
        bound.map_err(|source| BrokerError::Refused { step: "bind the exchange", source })
    }
}

fn refusal(kind: &'static str, name: &str, source: lapin::Error) -> BrokerError {
    let is_other = matches!(source.kind(), ErrorKind::ProtocolError(error)
        if error.kind() == &AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED));
    match is_other {
        true => BrokerError::OtherProperties { kind, name: name.to_owned(), source },
        false => BrokerError::Refused { step: "declare what is needed", source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integration_has_its_lane_for_good() {
        let topology = Topology::default();
        // Python's uuid5 of the name, modulo 8.
        let lanes =
            ["acme-production", "acme-staging", "globex-production"].map(|name| topology.lane_of(name));
        assert_eq!(lanes, [5, 2, 7]);
    }
}
