use std::sync::Arc;
use std::time::Duration;

use events::{EventHandler, EventPublisher};
use messaging::{
    Broker, ConsumerSettings, InProcessBus, RabbitMqConsumer, RabbitMqPublisher, Timeouts, Topology,
};
use testkit::broker::{BrokerScope, amqp_url};
use testkit::proxy::CuttingProxy;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A publisher whose messages reach a handler.
pub(crate) struct Transport {
    pub(crate) publisher: Arc<dyn EventPublisher>,
    /// Kept so that the messages flow until the test ends. The consumer stops before its queue is deleted.
    _consumer: Option<RunningConsumer>,
    _scope: Option<BrokerScope>,
}

pub(crate) async fn in_process(handler: Arc<dyn EventHandler>) -> Transport {
    Transport { publisher: Arc::new(InProcessBus::new(handler)), _consumer: None, _scope: None }
}

pub(crate) async fn rabbitmq(handler: Arc<dyn EventHandler>) -> Transport {
    let scope = BrokerScope::new();
    let broker = broker_at(&amqp_url(), topology(&scope));
    let consumer = RunningConsumer::start(broker.clone(), settings(), handler);
    let publisher = Arc::new(RabbitMqPublisher::new(broker));
    Transport { publisher, _consumer: Some(consumer), _scope: Some(scope) }
}

/// The broker under test by way of a proxy at the port.
pub(crate) fn broker_behind(port: u16, topology: Topology) -> Broker {
    broker_at(&amqp_url().replace(&server(), &format!("127.0.0.1:{port}")), topology)
}

pub(crate) async fn proxy() -> CuttingProxy {
    CuttingProxy::in_front_of(server()).await
}

/// `host:port` of the broker under test.
pub(crate) fn server() -> String {
    let url = amqp_url();
    let authority = url.trim_start_matches("amqp://").split('/').next().unwrap();
    let server = authority.rsplit('@').next().unwrap();
    assert!(server.contains(':'), "AMQP_URL must name the port");
    server.to_owned()
}

pub(crate) fn broker_at(url: &str, topology: Topology) -> Broker {
    // Declaring quorum queues is slow on a broker that many tests use at once.
    let timeouts = Timeouts { connect: Duration::from_secs(15), ..Timeouts::default() };
    Broker::parse(url).unwrap().with_topology(topology).with_timeouts(timeouts)
}

pub(crate) fn topology(scope: &BrokerScope) -> Topology {
    topology_of(scope, 1)
}

pub(crate) fn topology_of(scope: &BrokerScope, lanes: usize) -> Topology {
    for lane in 0..lanes {
        scope.queue(&format!("lms.sync.{lane}"));
    }
    scope.exchange("lms.sync.rest");
    Topology {
        exchange: scope.exchange("scim.events"),
        lane_exchange: scope.exchange("lms.sync"),
        lanes,
        parked_exchange: scope.exchange("scim.parked"),
        parked_queue: scope.queue("lms.parked"),
    }
}

pub(crate) fn settings() -> ConsumerSettings {
    ConsumerSettings { retries: 2, probe_interval: Duration::from_millis(20), ..ConsumerSettings::default() }
}

/// A consumer in a task of its own.
pub(crate) struct RunningConsumer {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl RunningConsumer {
    pub(crate) fn start(broker: Broker, settings: ConsumerSettings, handler: Arc<dyn EventHandler>) -> Self {
        Self::run(RabbitMqConsumer::of_lanes(&broker, settings).remove(0), handler)
    }

    /// Of what was parked.
    pub(crate) fn start_parked(
        broker: Broker,
        settings: ConsumerSettings,
        handler: Arc<dyn EventHandler>,
    ) -> Self {
        Self::run(RabbitMqConsumer::of_parked(broker, settings), handler)
    }

    fn run(consumer: RabbitMqConsumer, handler: Arc<dyn EventHandler>) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let shutdown = async move { drop(stopped.await) };
            consumer.run(handler, shutdown).await;
        });
        Self { stop, task }
    }

    /// Asks it to stop, and gives the task that ends when it has.
    pub(crate) fn stop(self) -> JoinHandle<()> {
        drop(self.stop);
        self.task
    }
}
