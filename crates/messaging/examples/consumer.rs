//! An LMS program that follows a directory: a queue of its own, and each event applied once, whatever the broker does.
//!
//! ```sh
//! AMQP_URL=amqp://user:password@host/vhost cargo run -p messaging --example consumer -- QUEUE [EXCHANGE]
//! ```
//!
//! A real one keeps [`Newest`] in its database, and writes it in the transaction of what it does.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::io::Write;

use events::v1::UserChange;
use events::{DecodeError, Event, EventData, EventId, Message, Sequence};
use futures::StreamExt;
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions};
use lapin::options::{QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, ConnectionProperties};

/// The newest sequence that was applied, by what it was applied to: a person, a group, or a membership.
type Newest = HashMap<String, Sequence>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let queue = arguments.next().ok_or("the name of a queue is needed")?;
    let exchange = arguments.next().unwrap_or_else(|| "scim.events".to_owned());
    let connection =
        Connection::connect(&std::env::var("AMQP_URL")?, ConnectionProperties::default()).await?;
    let channel = connection.create_channel().await?;
    declare(&channel, &queue, &exchange).await?;
    channel.basic_qos(100, BasicQosOptions::default()).await?;
    let (tag, options) = ("".into(), BasicConsumeOptions::default());
    let mut deliveries =
        channel.basic_consume(queue.as_str().into(), tag, options, FieldTable::default()).await?;
    let mut out = std::io::stdout();
    writeln!(out, "{queue} is bound")?;

    let mut newest = Newest::new();
    while let Some(delivery) = deliveries.next().await.transpose()? {
        match message(&delivery).and_then(|message| apply(&mut newest, &message)) {
            Ok(applied) => {
                applied.iter().try_for_each(|line| writeln!(out, "{line}"))?;
                delivery.ack(BasicAckOptions::default()).await?;
            }
            Err(reason) => {
                writeln!(out, "parked: {reason}")?;
                delivery.nack(BasicNackOptions { requeue: false, ..Default::default() }).await?;
            }
        }
    }
    Ok(())
}

/// A queue that survives, and another beside it for what could not be handled.
async fn declare(channel: &Channel, queue: &str, exchange: &str) -> Result<(), lapin::Error> {
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    let parked = format!("{queue}.parked");
    let quorum = [("x-queue-type", "quorum")];
    channel.queue_declare(parked.as_str().into(), durable, table(&quorum)).await?;
    let given_up_to_parked = [
        ("x-queue-type", "quorum"),
        ("x-dead-letter-exchange", ""),
        ("x-dead-letter-routing-key", parked.as_str()),
        ("x-dead-letter-strategy", "at-least-once"),
        ("x-overflow", "reject-publish"),
    ];
    channel.queue_declare(queue.into(), durable, table(&given_up_to_parked)).await?;
    for key in ["*.*.user.*", "*.*.group.*", "*.*.membership.*"] {
        let (options, none) = (QueueBindOptions::default(), FieldTable::default());
        channel.queue_bind(queue.into(), exchange.into(), key.into(), options, none).await?;
    }
    Ok(())
}

fn table(arguments: &[(&str, &str)]) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in arguments {
        table.insert((*name).into(), AMQPValue::LongString((*value).into()));
    }
    table
}

/// The event's attributes are headers with a prefix.
fn message(delivery: &Delivery) -> Result<Message, Box<dyn Error>> {
    let properties = &delivery.properties;
    let mut attributes = BTreeMap::new();
    for (name, value) in properties.headers().iter().flat_map(FieldTable::inner) {
        if let (Some(name), AMQPValue::LongString(text)) = (name.as_str().strip_prefix("cloudEvents_"), value)
        {
            attributes.insert(name.to_owned(), text.to_string());
        }
    }
    Ok(Message {
        id: EventId(attributes.get("id").ok_or("it has no id")?.parse()?),
        routing_key: delivery.routing_key.to_string(),
        attributes,
        content_type: properties.content_type().as_ref().map(ToString::to_string).unwrap_or_default(),
        body: delivery.data.clone(),
    })
}

/// What the event changed, in words: nothing if it was there before, or something newer was.
fn apply(newest: &mut Newest, message: &Message) -> Result<Vec<String>, Box<dyn Error>> {
    let event = match Event::decode(message) {
        Ok(event) => event,
        // A later version may publish it; it is not for this program.
        Err(DecodeError::UnknownType(name)) => return Ok(vec![format!("passed over: {name}")]),
        Err(error) => return Err(error.into()),
    };
    let (integration, sequence) = (&event.envelope.integration, event.envelope.sequence);
    let subject = format!("{integration} {}", event.envelope.subject);
    let action = event.envelope.event_type.routing_suffix();
    let mut applied = Vec::new();
    match event.data {
        EventData::User(change) => {
            let person = format!("{integration} {}", person(&change).unwrap_or(&subject));
            if is_newer(newest, &person, sequence) {
                let user = change.after.unwrap_or_default();
                applied.push(format!("{action}: {person} is now {:?}", user.user_name));
            }
        }
        EventData::Group(change) => {
            if is_newer(newest, &subject, sequence) {
                let group = change.after.unwrap_or_default();
                applied.push(format!("{action}: {subject} is now {:?}", group.display_name));
            }
        }
        // Of each membership by itself: other events of the group say nothing about it.
        EventData::Membership(change) => {
            let joined = change.added.iter().map(|user| (user, "joined"));
            for (user, what) in joined.chain(change.removed.iter().map(|user| (user, "left"))) {
                if is_newer(newest, &format!("{subject} {user}"), sequence) {
                    applied.push(format!("{action}: Users/{user} {what} {subject}"));
                }
            }
        }
        EventData::Integration(_) | EventData::SnapshotChunk(_) | EventData::SnapshotEnd(_) => {}
    }
    Ok(applied)
}

/// Who it is beyond deletion and return, which give a person another SCIM id.
fn person(change: &UserChange) -> Option<&str> {
    let user = change.after.as_ref().or(change.before.as_ref())?;
    Some(user.external_id.as_str()).filter(|id| !id.is_empty())
}

fn is_newer(newest: &mut Newest, what: &str, sequence: Sequence) -> bool {
    let known = newest.entry(what.to_owned()).or_default();
    let is_newer = sequence > *known;
    *known = sequence.max(*known);
    is_newer
}
