//! What the publisher promises about a broker that misbehaves.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use events::{EventPublisher, Message};
use lapin::options::{BasicPublishOptions, ExchangeBindOptions, ExchangeUnbindOptions};
use lapin::types::FieldTable;
use messaging::{RabbitMqPublisher, Topology};
use testkit::broker::{BrokerScope, amqp_url};
use testkit::eventually;

use crate::recording::{PATIENCE, RecordingHandler, ids, message, messages, relay};
use crate::transports::{RunningConsumer, broker_at, broker_behind, proxy, settings, topology, topology_of};

/// Leaves user-sync's exchange bound to that key only, or to none.
async fn bind_only(scope: &BrokerScope, topology: &Topology, key: Option<&str>) {
    let (lanes, events) = (topology.lane_exchange.as_str(), topology.exchange.as_str());
    let (_connection, channel) = scope.open_channel().await;
    let (options, none) = (ExchangeUnbindOptions::default(), FieldTable::default());
    channel.exchange_unbind(lanes.into(), events.into(), "#".into(), options, none).await.unwrap();
    if let Some(key) = key {
        let (options, none) = (ExchangeBindOptions::default(), FieldTable::default());
        channel.exchange_bind(lanes.into(), events.into(), key.into(), options, none).await.unwrap();
    }
}

#[tokio::test]
async fn each_integration_goes_by_its_lane_and_what_names_none_by_the_first() {
    let scope = BrokerScope::new();
    let topology = topology_of(&scope, 3);
    let publisher = RabbitMqPublisher::new(broker_at(&amqp_url(), topology.clone()));
    let of_integration = |(number, integration): (usize, &str)| {
        let mut message = message("production.a", number);
        message.attributes.insert("integration".to_owned(), integration.to_owned());
        message
    };
    // Python's uuid5 of the names, modulo 3: 2, 2, 1, 2.
    let integrations = ["acme-production", "globex-production", "initech-production", "acme-production"];
    let sent: Vec<Message> = integrations.into_iter().enumerate().map(of_integration).collect();
    relay(&publisher, &sent).await;
    let depth = async |lane| scope.queue_depth(&topology.lane_queue(lane)).await;
    assert_eq!([depth(0).await, depth(1).await, depth(2).await], [0, 1, 3]);

    let (_connection, channel) = scope.open_channel().await;
    let (exchange, options) = (topology.exchange.as_str().into(), BasicPublishOptions::default());
    channel.confirm_select(Default::default()).await.unwrap();
    let by_hand = channel.basic_publish(exchange, "by.hand".into(), options, b"{}", Default::default());
    assert!(by_hand.await.unwrap().await.unwrap().is_ack());
    assert_eq!(depth(0).await, 1);
}

#[tokio::test]
async fn an_unroutable_message_is_never_confirmed_also_not_amid_routable_ones() {
    for round in 0..3 {
        let scope = BrokerScope::new();
        let topology = topology(&scope);
        let publisher = RabbitMqPublisher::new(broker_at(&amqp_url(), topology.clone()));
        relay(&publisher, &messages(1)).await;
        bind_only(&scope, &topology, Some("production.#")).await;

        let key = |number: usize| if number.is_multiple_of(2 + round) { "staging.a" } else { "production.a" };
        let sent: Vec<Message> = (0..400).map(|number| message(key(number), number)).collect();
        let confirmed = publisher.publish(&sent).await.unwrap();
        let routable = sent.iter().filter(|message| message.routing_key.starts_with("production"));
        assert_eq!(confirmed, routable.map(|message| message.id).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_lost_binding_is_made_again() {
    let scope = BrokerScope::new();
    let topology = topology(&scope);
    let publisher = RabbitMqPublisher::new(broker_at(&amqp_url(), topology.clone()));
    relay(&publisher, &messages(1)).await;
    bind_only(&scope, &topology, None).await;

    let sent = messages(3);
    assert_eq!(publisher.publish(&sent).await.unwrap(), []);
    relay(&publisher, &sent).await;
    assert_eq!(scope.queue_depth(&topology.lane_queue(0)).await, 4);
}

#[tokio::test]
async fn events_wait_in_the_queue_of_a_consumer_that_never_ran() {
    let scope = BrokerScope::new();
    let topology = topology(&scope);
    let sent = messages(5);
    let publisher = RabbitMqPublisher::new(broker_at(&amqp_url(), topology.clone()));
    assert_eq!(publisher.publish(&sent).await.unwrap().len(), 5);

    let handler = Arc::new(RecordingHandler::new());
    let broker = broker_at(&amqp_url(), topology);
    let _consumer = RunningConsumer::start(broker, settings(), handler.clone());
    handler.has_handled(&sent).await;
}

#[tokio::test]
async fn a_cut_connection_heals_and_loses_nothing_that_was_confirmed() {
    let scope = BrokerScope::new();
    let topology = topology(&scope);
    let proxy = proxy().await;
    let publisher = Arc::new(RabbitMqPublisher::new(broker_behind(proxy.port(), topology.clone())));
    relay(&*publisher, &messages(1)).await;

    let sent = messages(20_000);
    let publishing = {
        let (publisher, sent) = (publisher.clone(), sent.clone());
        tokio::spawn(async move { publisher.publish(&sent).await })
    };
    eventually(PATIENCE, "the broker has a part of the batch", || async {
        scope.queue_depth(&topology.lane_queue(0)).await > 1
    })
    .await;
    proxy.cut();
    assert!(publishing.await.unwrap().is_err(), "the batch was over before the cut");

    relay(&*publisher, &sent[..500]).await;
    let handler = Arc::new(RecordingHandler::new());
    let broker = broker_at(&amqp_url(), topology);
    let _consumer = RunningConsumer::start(broker, settings(), handler.clone());
    handler.has_handled(&sent[..500]).await;
}

#[tokio::test]
async fn without_a_broker_publishing_fails_at_once_and_heals_by_itself() {
    let scope = BrokerScope::new();
    let topology = topology(&scope);
    let proxy = proxy().await;
    let publisher = RabbitMqPublisher::new(broker_behind(proxy.port(), topology.clone()));
    let sent = messages(10);
    proxy.refuse();
    let started = Instant::now();
    for _ in 0..20 {
        assert!(publisher.publish(&sent).await.is_err());
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());

    proxy.heal();
    relay(&publisher, &sent).await;
    assert!(scope.queue_depth(&topology.lane_queue(0)).await >= 10);
}

#[tokio::test]
async fn a_batch_that_was_given_up_does_not_spoil_the_next() {
    let scope = BrokerScope::new();
    let topology = topology(&scope);
    let publisher = RabbitMqPublisher::new(broker_at(&amqp_url(), topology.clone()));
    relay(&publisher, &messages(1)).await;

    let given_up = messages(20_000);
    let begun = eventually(PATIENCE, "the broker has a part of the batch", || async {
        scope.queue_depth(&topology.lane_queue(0)).await > 1
    });
    tokio::select! {
        _ = publisher.publish(&given_up) => panic!("the batch was over too soon"),
        () = begun => {}
    }
    let sent = messages(50);
    let confirmed: BTreeSet<_> = publisher.publish(&sent).await.unwrap().into_iter().collect();
    assert_eq!(confirmed, ids(&sent));
}

#[tokio::test]
async fn a_message_that_amqp_cannot_carry_stays_unconfirmed_and_the_others_do_not() {
    let scope = BrokerScope::new();
    let publisher = RabbitMqPublisher::new(broker_at(&amqp_url(), topology(&scope)));
    let sent = [message(&"k".repeat(300), 0), message("production.a", 1)];
    assert_eq!(publisher.publish(&sent).await.unwrap(), [sent[1].id]);
}
