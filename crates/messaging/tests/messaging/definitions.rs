//! The definitions that are shipped for RabbitMQ are what this crate declares.

use std::collections::BTreeSet;

use events::EventPublisher;
use lapin::options::{ExchangeBindOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, ExchangeKind};
use messaging::{RabbitMqPublisher, Topology};
use serde_json::Value;
use testkit::broker::{BrokerScope, amqp_url};

use crate::recording::{ids, messages};
use crate::transports::{broker_at, topology_of};

fn shipped() -> Value {
    serde_json::from_str(include_str!("../../../../deploy/rabbitmq/definitions.json")).unwrap()
}

fn text<'a>(thing: &'a Value, key: &str) -> &'a str {
    thing[key].as_str().unwrap_or_else(|| panic!("{key} of {thing}"))
}

fn list<'a>(definitions: &'a Value, kind: &str) -> &'a [Value] {
    definitions[kind].as_array().unwrap()
}

/// Source, destination, key, and lane of a binding.
type Binding = (String, String, String, String);

#[test]
fn they_name_what_is_declared_and_nothing_else() {
    let (shipped, topology) = (shipped(), Topology::default());
    let names = |kind| list(&shipped, kind).iter().map(|thing| text(thing, "name").to_owned());
    let rest = format!("{}.rest", topology.lane_exchange);

    let exchanges = [&topology.exchange, &topology.lane_exchange, &rest, &topology.parked_exchange];
    assert_eq!(names("exchanges").collect::<BTreeSet<_>>(), exchanges.map(String::clone).into());
    let lanes = (0..topology.lanes).map(|lane| topology.lane_queue(lane));
    let queues: BTreeSet<_> = lanes.chain([topology.parked_queue.clone()]).collect();
    assert_eq!(names("queues").collect::<BTreeSet<_>>(), queues);

    let bound = list(&shipped, "bindings").iter().map(|binding| {
        let lane = binding["arguments"]["illuxi_lane"].as_str().unwrap_or_default().to_owned();
        let of = |key| text(binding, key).to_owned();
        (of("source"), of("destination"), of("routing_key"), lane)
    });
    let mut expected: BTreeSet<Binding> = (0..topology.lanes)
        .map(|lane| {
            (topology.lane_exchange.clone(), topology.lane_queue(lane), String::new(), lane.to_string())
        })
        .collect();
    expected.insert((topology.exchange, topology.lane_exchange, "#".to_owned(), String::new()));
    expected.insert((rest, "lms.sync.0".to_owned(), String::new(), String::new()));
    expected.insert((topology.parked_exchange, topology.parked_queue, "#".to_owned(), String::new()));
    assert_eq!(bound.collect::<BTreeSet<_>>(), expected);
}

#[tokio::test]
async fn a_broker_that_has_them_takes_what_is_declared() {
    let scope = BrokerScope::new();
    let topology = topology_of(&scope, Topology::default().lanes);
    let (_connection, channel) = scope.open_channel().await;
    load(&channel, &scope.prefix()).await;

    let publisher = RabbitMqPublisher::new(broker_at(&amqp_url(), topology));
    let sent = messages(2);
    // A queue or exchange with other properties would be refused, and nothing published.
    let confirmed = publisher.publish(&sent).await.unwrap();
    assert_eq!(confirmed.into_iter().collect::<BTreeSet<_>>(), ids(&sent));
}

/// Makes what the definitions say, with a prefix before every name.
async fn load(channel: &Channel, prefix: &str) {
    let definitions = shipped();
    for exchange in list(&definitions, "exchanges") {
        let kind = match text(exchange, "type") {
            "topic" => ExchangeKind::Topic,
            "headers" => ExchangeKind::Headers,
            "fanout" => ExchangeKind::Fanout,
            other => panic!("{other}"),
        };
        let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        let name = format!("{prefix}{}", text(exchange, "name"));
        channel.exchange_declare(name.into(), kind, options, arguments(exchange, prefix)).await.unwrap();
    }
    for queue in list(&definitions, "queues") {
        let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        let name = format!("{prefix}{}", text(queue, "name"));
        channel.queue_declare(name.into(), options, arguments(queue, prefix)).await.unwrap();
    }
    for binding in list(&definitions, "bindings") {
        let (from, to) = (text(binding, "source"), text(binding, "destination"));
        let (from, to) = (format!("{prefix}{from}").into(), format!("{prefix}{to}").into());
        let (key, arguments) = (text(binding, "routing_key").into(), arguments(binding, prefix));
        match text(binding, "destination_type") {
            "queue" => {
                channel.queue_bind(to, from, key, QueueBindOptions::default(), arguments).await.unwrap()
            }
            _ => {
                channel.exchange_bind(to, from, key, ExchangeBindOptions::default(), arguments).await.unwrap()
            }
        }
    }
}

fn arguments(thing: &Value, prefix: &str) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in thing["arguments"].as_object().unwrap() {
        let value = value.as_str().unwrap();
        let names_exchange = name.ends_with("-exchange");
        let value = if names_exchange { format!("{prefix}{value}") } else { value.to_owned() };
        table.insert(name.as_str().into(), AMQPValue::LongString(value.into()));
    }
    table
}
