//! How a message looks in AMQP: CloudEvents attributes as headers.

use std::collections::BTreeMap;

use events::{EventId, Message, PARKED_REASON};
use lapin::BasicProperties;
use lapin::message::Delivery;
use lapin::types::{AMQPValue, FieldTable, LongString, ShortStringError};
use uuid::Uuid;

use super::link::short;
use super::park::REASON;
use super::topology::LANE;

/// Prefix of an attribute's header. Never `x-`: RabbitMQ turns such headers into annotations for AMQP 1.0 consumers.
const PREFIX: &str = "cloudEvents_";
/// The other form that the CloudEvents binding allows.
const ACCEPTED_PREFIX: &str = "cloudEvents:";

/// Survives a restart of the broker.
pub(super) const PERSISTENT: u8 = 2;

/// Header in which RabbitMQ says which queues gave a message up, and why; the newest comes first.
const DEATHS: &str = "x-death";

const UNKNOWN_CONTENT_TYPE: &str = "application/octet-stream";

/// AMQP properties of a message that goes by a lane.
///
/// # Errors
/// When one of its texts is longer than AMQP allows.
pub(super) fn properties(message: &Message, lane: usize) -> Result<BasicProperties, ShortStringError> {
    let mut headers = FieldTable::default();
    headers.insert(short(LANE)?, AMQPValue::LongString(lane.to_string().into()));
    for (name, value) in &message.attributes {
        headers.insert(
            short(&format!("{PREFIX}{name}"))?,
            AMQPValue::LongString(LongString::from(value.as_str())),
        );
    }
    let mut properties = BasicProperties::default()
        .with_message_id(short(&message.id.to_string())?)
        .with_content_type(short(&message.content_type)?)
        .with_delivery_mode(PERSISTENT)
        .with_headers(headers);
    if let Some(event_type) = message.attributes.get("type") {
        properties = properties.with_type(short(event_type)?);
    }
    Ok(properties)
}

/// The message that was delivered. Whatever it is, it becomes one: what it means is the handler's to judge.
pub(super) fn message(delivery: &mut Delivery) -> Message {
    let body = std::mem::take(&mut delivery.data);
    let properties = &delivery.properties;
    let routing_key = delivery.routing_key.as_str();
    Message {
        id: event_id(properties, routing_key, &body),
        routing_key: routing_key.to_owned(),
        attributes: attributes(properties),
        content_type: properties
            .content_type()
            .as_ref()
            .map_or(UNKNOWN_CONTENT_TYPE, |content_type| content_type.as_str())
            .to_owned(),
        body,
    }
}

/// The same of a message that was given up, with the reason as an attribute.
pub(super) fn parked_message(delivery: &mut Delivery) -> Message {
    let mut message = message(delivery);
    message.attributes.insert(PARKED_REASON.to_owned(), reason(&delivery.properties));
    message
}

fn reason(properties: &BasicProperties) -> String {
    let header = |name| properties.headers().as_ref().and_then(|headers| headers.inner().get(name));
    if let Some(reason) = header(REASON).and_then(text) {
        return reason;
    }
    let Some(AMQPValue::FieldArray(deaths)) = header(DEATHS) else {
        return "it was put there by hand".to_owned();
    };
    let Some(AMQPValue::FieldTable(death)) = deaths.as_slice().first() else {
        return "the broker gave it up".to_owned();
    };
    let told = |name| death.inner().get(name).and_then(text).unwrap_or_else(|| "unknown".to_owned());
    format!("the broker gave it up: {} of the queue {}", told("reason"), told("queue"))
}

/// A message without an id gets one that is the same at every delivery, so that it can be recognised.
fn event_id(properties: &BasicProperties, routing_key: &str, body: &[u8]) -> EventId {
    let given = properties.message_id().as_ref().and_then(|id| Uuid::parse_str(id.as_str()).ok());
    EventId(given.unwrap_or_else(|| {
        let content = [routing_key.as_bytes(), b"\0", body].concat();
        Uuid::new_v5(&Uuid::NAMESPACE_OID, &content)
    }))
}

fn attributes(properties: &BasicProperties) -> BTreeMap<String, String> {
    let headers = properties.headers().as_ref().map(FieldTable::inner);
    headers
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| {
            let name = name.as_str();
            let name = name.strip_prefix(PREFIX).or_else(|| name.strip_prefix(ACCEPTED_PREFIX))?;
            Some((name.to_owned(), text(value)?))
        })
        .collect()
}

fn text(value: &AMQPValue) -> Option<String> {
    match value {
        AMQPValue::LongString(text) => String::from_utf8(text.as_bytes().to_vec()).ok(),
        AMQPValue::ShortString(text) => Some(text.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(properties: BasicProperties, body: &[u8]) -> Delivery {
        let key = short("production.acme.user.changed").unwrap();
        let mut delivery = Delivery::mock(1, short("scim.events").unwrap(), key, false, body.to_vec());
        delivery.properties = properties;
        delivery
    }

    #[test]
    fn a_message_comes_out_as_it_went_in() {
        let sent = Message {
            id: EventId(Uuid::from_u128(7)),
            routing_key: "production.acme.user.changed".to_owned(),
            attributes: BTreeMap::from([
                ("type".to_owned(), "com.example.changed.v1".to_owned()),
                ("subject".to_owned(), "Users/ü".to_owned()),
            ]),
            content_type: "application/json".to_owned(),
            body: b"{}".to_vec(),
        };
        let properties = properties(&sent, 3).unwrap();
        assert_eq!(properties.delivery_mode(), &Some(2));
        assert_eq!(properties.kind().as_ref().unwrap().as_str(), "com.example.changed.v1");
        assert_eq!(message(&mut delivery(properties, b"{}")), sent);
    }

    #[test]
    fn the_other_prefix_and_short_strings_are_read_and_foreign_headers_ignored() {
        let mut headers = FieldTable::default();
        headers.insert(short("cloudEvents:txn").unwrap(), AMQPValue::ShortString(short("t").unwrap()));
        headers.insert(short("cloudEvents_time").unwrap(), AMQPValue::LongString("now".into()));
        headers.insert(short("cloudEvents_odd").unwrap(), AMQPValue::LongInt(1));
        headers.insert(short("x-death").unwrap(), AMQPValue::LongString("1".into()));
        let read = message(&mut delivery(BasicProperties::default().with_headers(headers), b""));
        let expected =
            [("time", "now"), ("txn", "t")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read.attributes, BTreeMap::from(expected));
    }

    #[test]
    fn a_message_without_a_usable_id_has_the_same_id_at_every_delivery() {
        let anonymous = |body: &[u8]| message(&mut delivery(BasicProperties::default(), body)).id;
        let misnamed = BasicProperties::default().with_message_id(short("no uuid").unwrap());
        assert_eq!(anonymous(b"a"), message(&mut delivery(misnamed, b"a")).id);
        assert_ne!(anonymous(b"a"), anonymous(b"b"));
    }

    #[test]
    fn what_was_given_up_says_why() {
        let of = |headers: FieldTable| {
            let mut delivery = delivery(BasicProperties::default().with_headers(headers), b"");
            parked_message(&mut delivery).attributes["parkedreason"].clone()
        };
        let text = |text: &str| AMQPValue::LongString(text.into());
        let mut by_consumer = FieldTable::default();
        by_consumer.insert(short("illuxi_parked_reason").unwrap(), text("it panics"));
        assert_eq!(of(by_consumer), "it panics");
        let mut death = FieldTable::default();
        death.insert(short("reason").unwrap(), text("delivery_limit"));
        death.insert(short("queue").unwrap(), text("lms.sync"));
        let deaths = lapin::types::FieldArray::from(vec![AMQPValue::FieldTable(death)]);
        let mut by_broker = FieldTable::default();
        by_broker.insert(short("x-death").unwrap(), AMQPValue::FieldArray(deaths));
        assert_eq!(of(by_broker), "the broker gave it up: delivery_limit of the queue lms.sync");
        assert_eq!(of(FieldTable::default()), "it was put there by hand");
    }

    #[test]
    fn what_amqp_cannot_carry_is_refused_without_a_panic() {
        let sent = Message {
            id: EventId(Uuid::nil()),
            routing_key: "k".to_owned(),
            attributes: BTreeMap::new(),
            content_type: "x".repeat(256),
            body: Vec::new(),
        };
        assert!(properties(&sent, 3).is_err());
    }
}
