use events::Message;
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, ShortStringError};

use super::Broker;
use super::confirm::{Fate, Outgoing, publish_confirmed};
use super::link::{BrokerError, short};
use super::publisher::open_for_publishing;
use super::topology::Part;
use super::wire::PERSISTENT;

/// Header that says why a message was parked.
pub(super) const REASON: &str = "illuxi_parked_reason";

/// Headers by which RabbitMQ routes to further queues.
const ROUTING_HEADERS: [&str; 2] = ["CC", "BCC"];

/// Copies a message to the parked exchange with the reason beside it.
///
/// Only after this answered may the original be acknowledged. It is rare, so that it opens a connection of its own
/// and never publishes on the one that consumes.
pub(super) async fn park(
    broker: &Broker,
    properties: &BasicProperties,
    message: &Message,
    reason: &str,
) -> Result<(), BrokerError> {
    let outgoing = Outgoing {
        routing_key: short(&message.routing_key)?,
        properties: parked_properties(properties, message, reason)?,
        body: &message.body,
    };
    let link = open_for_publishing(broker, Part::Parked).await?;
    let exchange = short(&broker.topology.parked_exchange)?;
    let fates = publish_confirmed(&link.channel, &exchange, &[outgoing], &broker.timeouts).await?;
    link.close(broker.timeouts.publish).await;
    if fates == [Fate::Confirmed] { Ok(()) } else { Err(BrokerError::NotConfirmed) }
}

/// What describes the message is kept. What instructs the broker is not: an expiration would lose it, and the user
/// id of somebody else would make the broker refuse it.
fn parked_properties(
    given: &BasicProperties,
    message: &Message,
    reason: &str,
) -> Result<BasicProperties, ShortStringError> {
    let mut headers = FieldTable::default();
    for (name, value) in given.headers().iter().flat_map(FieldTable::inner) {
        if !ROUTING_HEADERS.contains(&name.as_str()) {
            headers.insert(name.clone(), value.clone());
        }
    }
    headers.insert(short(REASON)?, AMQPValue::LongString(reason.into()));
    let mut properties = BasicProperties::default()
        .with_message_id(short(&message.id.to_string())?)
        .with_content_type(short(&message.content_type)?)
        .with_delivery_mode(PERSISTENT)
        .with_headers(headers);
    if let Some(encoding) = given.content_encoding() {
        properties = properties.with_content_encoding(encoding.clone());
    }
    if let Some(kind) = given.kind() {
        properties = properties.with_type(kind.clone());
    }
    Ok(properties)
}
