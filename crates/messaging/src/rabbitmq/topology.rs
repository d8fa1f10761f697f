use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, ExchangeKind};

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

    /// Definition, in JSON, of the policy that the operator sets for [`Topology::queue`].
    ///
    /// Limits belong to a policy and not to the queue's arguments, which could never be changed again:
    /// `rabbitmqctl set_policy --apply-to queues lms-sync '^lms\.sync$' '<definition>'`. A message that was
    /// delivered 100 times moves to the parked exchange at least once, and a full queue (2 GiB) refuses new
    /// messages, which then wait in the outbox, instead of dropping old ones.
    pub fn policy_definition(&self) -> String {
        // A name with a quotation mark is refused by no broker, but never used; it is escaped all the same.
        let parked_exchange = self.parked_exchange.replace('\\', "\\\\").replace('"', "\\\"");
        format!(
            r#"{{"delivery-limit":100,"dead-letter-exchange":"{parked_exchange}","dead-letter-strategy":"at-least-once","overflow":"reject-publish","max-length-bytes":2147483648}}"#
        )
    }

    /// Declares all of it; harmless when it exists.
    ///
    /// Publisher and consumer both do, so that events are routable before user-sync ran for the first time.
    pub(super) async fn declare(&self, channel: &Channel) -> Result<(), BrokerError> {
        declare_pair(channel, &self.exchange, &self.queue).await?;
        declare_pair(channel, &self.parked_exchange, &self.parked_queue).await
    }
}

async fn declare_pair(channel: &Channel, exchange: &str, queue: &str) -> Result<(), BrokerError> {
    let refused = |step| move |source| BrokerError::Refused { step, source };
    let exchange = short(exchange)?;
    let queue = short(queue)?;
    let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    channel
        .exchange_declare(exchange.clone(), ExchangeKind::Topic, durable, FieldTable::default())
        .await
        .map_err(refused("declare the exchange"))?;
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    let mut arguments = FieldTable::default();
    arguments.insert(short("x-queue-type")?, AMQPValue::LongString("quorum".into()));
    channel.queue_declare(queue.clone(), durable, arguments).await.map_err(refused("declare the queue"))?;
    let everything: ShortString = short("#")?;
    channel
        .queue_bind(queue, exchange, everything, QueueBindOptions::default(), FieldTable::default())
        .await
        .map_err(refused("bind the queue"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_keeps_what_cannot_be_handled() {
        let definition: serde_json::Value =
            serde_json::from_str(&Topology::default().policy_definition()).unwrap();
        assert_eq!(
            definition,
            serde_json::json!({
                "delivery-limit": 100,
                "dead-letter-exchange": "scim.parked",
                "dead-letter-strategy": "at-least-once",
                "overflow": "reject-publish",
                "max-length-bytes": 2_147_483_648_u64,
            })
        );
    }
}
