//! What is on the wire is what the published schema of the headers describes.

use std::collections::BTreeSet;

use events::EventPublisher;
use lapin::options::{BasicGetOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use messaging::RabbitMqPublisher;
use serde_json::Value;
use testkit::broker::{BrokerScope, amqp_url};

use crate::golden::golden;
use crate::recording::{messages, relay};
use crate::transports::{broker_at, topology};

/// Of no use to whoever reads an event.
const LANE: &str = "illuxi_lane";

#[tokio::test]
async fn an_event_has_the_headers_that_are_published_and_no_others() {
    let scope = BrokerScope::new();
    let topology = topology(&scope);
    let publisher = RabbitMqPublisher::new(broker_at(&amqp_url(), topology.clone()));
    relay(&publisher, &messages(1)).await;
    let (_connection, channel) = scope.open_channel().await;
    let queue = scope.queue("reports");
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    channel.queue_declare(queue.as_str().into(), durable, FieldTable::default()).await.unwrap();
    let (from, key, none) = (topology.exchange.into(), "#".into(), FieldTable::default());
    channel.queue_bind(queue.as_str().into(), from, key, QueueBindOptions::default(), none).await.unwrap();

    let sent = golden("user.changed.v1");
    assert_eq!(publisher.publish(std::slice::from_ref(&sent)).await.unwrap(), [sent.id]);
    let got = channel.basic_get(queue.into(), BasicGetOptions::default()).await.unwrap().unwrap();
    let properties = &got.delivery.properties;
    assert_eq!(got.delivery.routing_key.as_str(), "production.acme-production.user.changed");
    assert_eq!(properties.content_type().as_ref().unwrap().as_str(), "application/json");
    assert_eq!(properties.message_id().as_ref().unwrap().as_str(), sent.attributes["id"]);
    assert_eq!(properties.kind().as_ref().unwrap().as_str(), "com.illuxilms.directory.user.changed.v1");
    let headers = properties.headers().as_ref().unwrap().inner();
    let are_texts = headers.values().all(|value| matches!(value, AMQPValue::LongString(_)));
    assert!(are_texts, "{headers:?}");

    let schema: Value =
        serde_json::from_str(include_str!("../../../../proto/illuxi/directory/v1/envelope.schema.json"))
            .unwrap();
    let described = schema["properties"].as_object().unwrap().keys().map(String::as_str);
    let names: BTreeSet<&str> = headers.keys().map(|name| name.as_str()).collect();
    assert_eq!(names, described.chain([LANE]).collect());
}
