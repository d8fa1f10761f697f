//! What a program with a queue of its own may rely on.

use events::{Event, EventId, EventPublisher, Message};
use messaging::{Broker, NotApplied, RabbitMqPublisher, Subscription, Topology};
use testkit::broker::{BrokerScope, amqp_url};
use testkit::eventually;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::golden::golden;
use crate::recording::{PATIENCE, relay};
use crate::transports::{broker_at, broker_behind, proxy, topology};

/// Ids of events as a program was given them, in order.
type Given = watch::Sender<Vec<EventId>>;

struct Setting {
    scope: BrokerScope,
    topology: Topology,
    publisher: RabbitMqPublisher,
    queue: String,
    parked: String,
}

impl Setting {
    fn new() -> Self {
        let scope = BrokerScope::new();
        let topology = topology(&scope);
        let publisher = RabbitMqPublisher::new(broker_at(&amqp_url(), topology.clone()));
        let (queue, parked) = (scope.queue("reports"), scope.queue("reports.parked"));
        Self { scope, topology, publisher, queue, parked }
    }

    fn broker(&self) -> Broker {
        broker_at(&amqp_url(), self.topology.clone())
    }

    /// A program that wants users. It ends when the sender is dropped.
    fn start<R>(
        &self,
        broker: Broker,
        apply: impl Fn(Event) -> R + Send + Sync + 'static,
    ) -> (oneshot::Sender<()>, JoinHandle<()>)
    where
        R: Future<Output = Result<(), NotApplied>> + Send + 'static,
    {
        let subscription = Subscription::new(broker, &self.queue, &["*.*.user.*"]);
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move { drop(stopped.await) };
        (stop, tokio::spawn(async move { subscription.run(apply, shutdown).await }))
    }

    /// What is published before a queue is bound goes past it.
    async fn is_consumed(&self) {
        eventually(PATIENCE, "the queue is consumed", || self.scope.is_consumed(&self.queue)).await;
    }

    async fn declare_exchange(&self) {
        relay(&self.publisher, &[golden("group.changed.v1")]).await;
    }

    async fn queue_has(&self, queue: &str, count: u32) {
        eventually(PATIENCE, "the queue has so many messages", || async {
            self.scope.queue_depth(queue).await == count
        })
        .await;
    }
}

/// So many different events of a user.
fn users<const N: usize>() -> [Message; N] {
    std::array::from_fn(|_| {
        let mut message = golden("user.changed.v1");
        message.id = EventId(Uuid::new_v4());
        message.attributes.insert("id".to_owned(), message.id.to_string());
        message
    })
}

async fn given(given: &Given, ids: &[EventId]) {
    let mut given = given.subscribe();
    let waiting = given.wait_for(|given| ids.iter().all(|id| given.contains(id)));
    tokio::time::timeout(PATIENCE, waiting).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_it_refuses_or_panics_at_is_parked_and_the_rest_applied() {
    let setting = Setting::new();
    setting.declare_exchange().await;
    let sent: [Message; 4] = users();
    let (refused, poison) = (sent[0].id, sent[1].id);
    let applied = Given::default();
    let recorded = applied.clone();
    let _program = setting.start(setting.broker(), move |event| {
        let recorded = recorded.clone();
        async move {
            assert_ne!(event.envelope.id, poison, "as the test says");
            if event.envelope.id == refused {
                return Err(NotApplied::Never("it is of no portal of ours".into()));
            }
            recorded.send_modify(|applied| applied.push(event.envelope.id));
            Ok(())
        }
    });
    setting.is_consumed().await;
    setting.publisher.publish(&sent).await.unwrap();

    given(&applied, &[sent[2].id, sent[3].id]).await;
    setting.queue_has(&setting.parked, 2).await;
    setting.queue_has(&setting.queue, 0).await;
    assert_eq!(applied.borrow().len(), 2);
}

#[tokio::test]
async fn what_cannot_be_applied_yet_is_given_again_and_not_parked() {
    let setting = Setting::new();
    setting.declare_exchange().await;
    let offered = Given::default();
    let recorded = offered.clone();
    let _program = setting.start(setting.broker(), move |event| {
        let mut count = 0;
        recorded.send_modify(|offered| {
            offered.push(event.envelope.id);
            count = offered.len();
        });
        async move {
            if count < 3 {
                Err(NotApplied::from(std::io::Error::other("the database is away")))
            } else {
                Ok(())
            }
        }
    });
    setting.is_consumed().await;
    let [first] = users();
    setting.publisher.publish(std::slice::from_ref(&first)).await.unwrap();
    let [second] = users();
    setting.publisher.publish(std::slice::from_ref(&second)).await.unwrap();

    given(&offered, &[first.id, second.id]).await;
    assert_eq!(*offered.borrow(), [first.id, first.id, first.id, second.id]);
    setting.queue_has(&setting.queue, 0).await;
    setting.queue_has(&setting.parked, 0).await;
}

#[tokio::test]
async fn a_cut_connection_heals_and_loses_nothing() {
    let setting = Setting::new();
    setting.declare_exchange().await;
    let proxy = proxy().await;
    let applied = Given::default();
    let recorded = applied.clone();
    let broker = broker_behind(proxy.port(), setting.topology.clone());
    let _program = setting.start(broker, move |event| {
        recorded.send_modify(|applied| applied.push(event.envelope.id));
        async { Ok(()) }
    });
    setting.is_consumed().await;
    proxy.refuse();
    let sent: [Message; 3] = users();
    setting.publisher.publish(&sent).await.unwrap();
    proxy.heal();
    given(&applied, &sent.map(|message| message.id)).await;
    setting.queue_has(&setting.queue, 0).await;
}

#[tokio::test]
async fn a_shutdown_lets_the_event_in_hand_end_and_acknowledges_it() {
    let setting = Setting::new();
    setting.declare_exchange().await;
    let (offered, release) = (Given::default(), watch::Sender::new(false));
    let (recorded, released) = (offered.clone(), release.subscribe());
    let (stop, program) = setting.start(setting.broker(), move |event| {
        recorded.send_modify(|offered| offered.push(event.envelope.id));
        let mut released = released.clone();
        async move {
            let waiting = released.wait_for(|is_released| *is_released);
            waiting.await.map(drop).map_err(NotApplied::from)
        }
    });
    setting.is_consumed().await;
    let sent: [Message; 2] = users();
    setting.publisher.publish(&sent).await.unwrap();
    eventually(PATIENCE, "one is in hand", || async { offered.borrow().len() == 1 }).await;

    drop(stop);
    release.send_replace(true);
    program.await.unwrap();
    assert_eq!(offered.borrow().len(), 1);
    setting.queue_has(&setting.queue, 1).await;
}

#[tokio::test]
async fn a_program_may_begin_before_the_gateway_has_ever_run() {
    let setting = Setting::new();
    let applied = Given::default();
    let recorded = applied.clone();
    let _program = setting.start(setting.broker(), move |event| {
        recorded.send_modify(|applied| applied.push(event.envelope.id));
        async { Ok(()) }
    });
    eventually(PATIENCE, "its queue is there", || setting.scope.has_queue(&setting.queue)).await;
    setting.declare_exchange().await;
    setting.is_consumed().await;
    let [sent] = users();
    relay(&setting.publisher, std::slice::from_ref(&sent)).await;
    given(&applied, &[sent.id]).await;
}
