//! What the consumer promises about a broker, a handler or a message that misbehaves.

use std::sync::Arc;
use std::time::Duration;

use events::{EventPublisher, Message};
use lapin::options::{BasicGetOptions, BasicPublishOptions, BasicRejectOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel};
use messaging::{Broker, ConsumerSettings, RabbitMqPublisher, Topology};
use testkit::broker::{BrokerScope, amqp_url};
use testkit::eventually;

use crate::deaf_channel::DeafChannels;
use crate::recording::{PATIENCE, RecordingHandler, ids, messages, relay};
use crate::transports::{RunningConsumer, broker_at, broker_behind, proxy, server, settings, topology};

/// A broker of the test's own names, a publisher and a handler.
struct Setting {
    scope: BrokerScope,
    topology: Topology,
    broker: Broker,
    publisher: RabbitMqPublisher,
    handler: Arc<RecordingHandler>,
}

impl Setting {
    fn new() -> Self {
        let scope = BrokerScope::new();
        let topology = topology(&scope);
        let broker = broker_at(&amqp_url(), topology.clone());
        let publisher = RabbitMqPublisher::new(broker.clone());
        Self { scope, topology, broker, publisher, handler: Arc::new(RecordingHandler::new()) }
    }

    fn start_consumer(&self) -> RunningConsumer {
        RunningConsumer::start(self.broker.clone(), settings(), self.handler.clone())
    }

    async fn has_consumer(&self) -> bool {
        self.scope.is_consumed(&self.topology.lane_queue(0)).await
    }

    async fn queue_has(&self, queue: &str, count: u32) {
        eventually(PATIENCE, "the queue has so many messages", || async {
            self.scope.queue_depth(queue).await == count
        })
        .await;
    }
}

#[tokio::test]
async fn a_cut_connection_heals_and_loses_nothing() {
    let setting = Setting::new();
    let proxy = proxy().await;
    let broker = broker_behind(proxy.port(), setting.topology.clone());
    let _consumer = RunningConsumer::start(broker, settings(), setting.handler.clone());

    // Cut while a batch is in the handler, so that its acknowledgement has nowhere to go.
    setting.handler.hold();
    let sent = messages(300);
    assert_eq!(setting.publisher.publish(&sent).await.unwrap().len(), 300);
    eventually(PATIENCE, "a batch is in the handler", || async { setting.handler.held() == 1 }).await;
    proxy.refuse();
    setting.handler.release();
    setting.queue_has(&setting.topology.lane_queue(0), 300).await;
    proxy.heal();

    setting.handler.has_handled(&sent).await;
    setting.queue_has(&setting.topology.lane_queue(0), 0).await;
    assert!(setting.handler.messages().len() > 300, "the batch that was not acknowledged comes again");
}

#[tokio::test]
async fn a_channel_that_died_unnoticed_is_noticed_while_nothing_arrives() {
    let setting = Setting::new();
    let mut way = DeafChannels::in_front_of(server()).await;
    let broker = broker_behind(way.port, setting.topology.clone());
    let settings = ConsumerSettings { idle_check: Duration::from_millis(200), ..settings() };
    let _consumer = RunningConsumer::start(broker, settings, setting.handler.clone());
    eventually(PATIENCE, "the consumer is known to the broker", || setting.has_consumer()).await;

    // Without a message there is no acknowledgement either, which would bring the death to light.
    way.kill().await;
    let sent = messages(2);
    setting.publisher.publish(&sent).await.unwrap();
    setting.handler.has_handled(&sent).await;
}

#[tokio::test]
async fn a_message_at_which_the_handler_panics_is_parked_with_its_reason() {
    let setting = Setting::new();
    let sent = messages(10);
    setting.handler.panic_at(sent[4].id);
    setting.publisher.publish(&sent).await.unwrap();
    let _consumer = setting.start_consumer();

    setting.queue_has(&setting.topology.parked_queue, 1).await;
    eventually(PATIENCE, "the others are handled", || async { setting.handler.messages().len() == 9 }).await;
    setting.queue_has(&setting.topology.lane_queue(0), 0).await;

    let (_connection, channel) = setting.scope.open_channel().await;
    let parked = get(&channel, &setting.topology.parked_queue).await;
    assert_eq!(parked.data, sent[4].body);
    assert_eq!(parked.routing_key.as_str(), sent[4].routing_key);
    let properties = &parked.properties;
    assert_eq!(properties.message_id().as_ref().unwrap().as_str(), sent[4].id.to_string());
    let headers = properties.headers().as_ref().unwrap();
    assert!(headers.contains_key("illuxi_parked_reason"));
    assert!(headers.contains_key("cloudEvents_subject"));
}

#[tokio::test]
async fn a_lonely_message_at_which_the_handler_panics_is_parked_too() {
    let setting = Setting::new();
    let sent = messages(1);
    setting.handler.panic_at(sent[0].id);
    setting.publisher.publish(&sent).await.unwrap();
    let _consumer = setting.start_consumer();
    setting.queue_has(&setting.topology.parked_queue, 1).await;
    setting.queue_has(&setting.topology.lane_queue(0), 0).await;
}

#[tokio::test]
async fn garbage_reaches_the_handler_as_a_message() {
    let setting = Setting::new();
    let _consumer = setting.start_consumer();
    let known = messages(1);
    setting.publisher.publish(&known).await.unwrap();
    setting.handler.has_handled(&known).await;

    let (_connection, channel) = setting.scope.open_channel().await;
    let exchange = setting.topology.exchange.as_str();
    for _ in 0..2 {
        channel
            .basic_publish(
                exchange.into(),
                "anything".into(),
                BasicPublishOptions::default(),
                b"\xff\x00",
                BasicProperties::default(),
            )
            .await
            .unwrap();
    }
    eventually(PATIENCE, "both arrive", || async { setting.handler.messages().len() == 3 }).await;
    let garbage = &setting.handler.messages()[1..];
    assert_eq!(garbage[0], garbage[1], "the same bytes have the same id");
    assert_eq!(garbage[0].body, b"\xff\x00");
    assert_eq!(garbage[0].routing_key, "anything");
    assert!(garbage[0].attributes.is_empty());
}

#[tokio::test]
async fn an_unavailable_handler_holds_no_messages_and_begins_again_with_one() {
    let setting = Setting::new();
    setting.handler.set_available(false);
    let sent = messages(30);
    setting.publisher.publish(&sent).await.unwrap();
    let _consumer = setting.start_consumer();
    eventually(PATIENCE, "the handler is probed", || async { setting.handler.probes() >= 2 }).await;
    setting.queue_has(&setting.topology.lane_queue(0), 30).await;
    assert_eq!(setting.handler.refusals(), 3, "the first attempt and two retries, then nothing but probes");

    let (connection, channel) = setting.scope.open_channel().await;
    let delivery = get(&channel, &setting.topology.lane_queue(0)).await;
    let headers = delivery.properties.headers().as_ref().unwrap();
    let count = headers.inner().get("x-delivery-count").unwrap().as_long_long_int().unwrap();
    assert_eq!(count, 1, "one delivery is counted for the outage");
    connection.close(200, "given back".into()).await.unwrap();

    setting.handler.set_available(true);
    setting.handler.has_handled(&sent).await;
    assert_eq!(setting.handler.batches()[0].len(), 1);
    assert_eq!(ids(&setting.handler.messages()), ids(&sent));
}

#[tokio::test]
async fn a_shutdown_lets_the_batch_in_hand_end_and_acknowledges_it() {
    let setting = Setting::new();
    setting.handler.hold();
    let sent = messages(5);
    setting.publisher.publish(&sent).await.unwrap();
    let consumer = setting.start_consumer();
    eventually(PATIENCE, "the batch is in the handler", || async { setting.handler.held() == 1 }).await;
    let stopped = consumer.stop();
    tokio::task::yield_now().await;
    assert!(!stopped.is_finished());

    setting.handler.release();
    stopped.await.unwrap();
    let handled = setting.handler.messages().len();
    assert!(handled > 0);
    setting.queue_has(&setting.topology.lane_queue(0), u32::try_from(5 - handled).unwrap()).await;
}

#[tokio::test]
async fn a_consumer_whose_queue_is_deleted_declares_it_again() {
    let setting = Setting::new();
    let _consumer = setting.start_consumer();
    let first = messages(1);
    setting.publisher.publish(&first).await.unwrap();
    setting.handler.has_handled(&first).await;

    let (_connection, channel) = setting.scope.open_channel().await;
    channel.queue_delete(setting.topology.lane_queue(0).as_str().into(), Default::default()).await.unwrap();
    let second = messages(1);
    relay(&setting.publisher, &second).await;
    setting.handler.has_handled(&second).await;
}

#[tokio::test]
async fn a_message_that_the_broker_gives_up_is_parked_and_not_deleted() {
    let setting = Setting::new();
    assert_eq!(setting.publisher.publish(&messages(1)).await.unwrap().len(), 1);
    let (_connection, channel) = setting.scope.open_channel().await;
    // What the broker itself does at its delivery limit.
    let given_up = BasicRejectOptions { requeue: false };
    get(&channel, &setting.topology.lane_queue(0)).await.reject(given_up).await.unwrap();
    setting.queue_has(&setting.topology.parked_queue, 1).await;
}

#[tokio::test]
async fn what_was_given_up_is_taken_from_the_parked_queue_with_its_reason() {
    let setting = Setting::new();
    let sent = messages(2);
    let poison = [sent[0].clone()];
    setting.handler.panic_at(poison[0].id);
    setting.publisher.publish(&poison).await.unwrap();
    let consumer = setting.start_consumer();
    setting.queue_has(&setting.topology.parked_queue, 1).await;
    consumer.stop().await.unwrap();
    setting.publisher.publish(&sent[1..]).await.unwrap();
    let (_connection, channel) = setting.scope.open_channel().await;
    let given_up = BasicRejectOptions { requeue: false };
    get(&channel, &setting.topology.lane_queue(0)).await.reject(given_up).await.unwrap();

    let keeper = Arc::new(RecordingHandler::new());
    let _taking = RunningConsumer::start_parked(setting.broker.clone(), settings(), keeper.clone());
    keeper.has_handled(&sent).await;
    setting.queue_has(&setting.topology.parked_queue, 0).await;
    let reason = |message: &Message| {
        let taken = keeper.messages().into_iter().find(|taken| taken.id == message.id).unwrap();
        assert_eq!((taken.body, taken.routing_key), (message.body.clone(), message.routing_key.clone()));
        taken.attributes["parkedreason"].clone()
    };
    assert_eq!(reason(&sent[0]), "the handler panicked 3 times at this message");
    let by_broker =
        format!("the broker gave it up: rejected of the queue {}", setting.topology.lane_queue(0));
    assert_eq!(reason(&sent[1]), by_broker);
}

#[tokio::test]
async fn a_parked_message_at_which_the_keeper_panics_stays_parked() {
    let setting = Setting::new();
    let sent = messages(1);
    setting.handler.panic_at(sent[0].id);
    setting.publisher.publish(&sent).await.unwrap();
    let _consumer = setting.start_consumer();
    setting.queue_has(&setting.topology.parked_queue, 1).await;

    let keeper = Arc::new(RecordingHandler::new());
    keeper.panic_at(sent[0].id);
    let taking = RunningConsumer::start_parked(setting.broker.clone(), settings(), keeper.clone());
    eventually(PATIENCE, "the keeper is asked again", || async { keeper.probes() >= 2 }).await;
    taking.stop().await.unwrap();
    setting.queue_has(&setting.topology.parked_queue, 1).await;
}

#[tokio::test]
async fn a_queue_of_other_properties_is_named_and_waited_for() {
    let setting = Setting::new();
    let (_connection, channel) = setting.scope.open_channel().await;
    let queue = setting.topology.lane_queue(0);
    let queue = queue.as_str();
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("classic".into()));
    channel.queue_declare(queue.into(), durable, arguments).await.unwrap();

    let sent = messages(1);
    let refused = setting.publisher.publish(&sent).await.unwrap_err();
    let said = std::error::Error::source(&refused).unwrap().to_string();
    assert_eq!(
        said,
        format!(
            "the queue {queue} of the broker has other properties than this program needs; delete it once it is empty, \
             and it is made anew (docs/operations.md, \"A queue of other properties\")"
        )
    );
    let _consumer = setting.start_consumer();
    channel.queue_delete(queue.into(), Default::default()).await.unwrap();
    relay(&setting.publisher, &sent).await;
    setting.handler.has_handled(&sent).await;
}

async fn get(channel: &Channel, queue: &str) -> lapin::message::Delivery {
    let message = channel.basic_get(queue.into(), BasicGetOptions::default()).await.unwrap();
    message.unwrap().delivery
}
