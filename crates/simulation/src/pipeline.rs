//! The processes, and who of them goes on.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use directory::{Relay, RelayId, RelaySettings};
use events::{EventHandler, EventPublisher};
use lms::DirectorySync;
use messaging::InProcessBus;
use uuid::Uuid;

use crate::broker::{Broker, ConsumerId};
use crate::directory_store::DirectoryMemory;
use crate::entra::Entra;
use crate::lms_store::LmsMemory;
use crate::nature::Nature;

/// Replicas of each of the two services.
pub(crate) const REPLICAS: usize = 2;
/// Messages that a consumer takes at once, at most.
const BATCH: usize = 6;

/// All processes, their stores, and the broker between them.
pub(crate) struct Pipeline {
    pub(crate) nature: Arc<Nature>,
    pub(crate) directory: Arc<DirectoryMemory>,
    pub(crate) lms: Arc<LmsMemory>,
    pub(crate) broker: Arc<Broker>,
    /// Whether all runs in one process, without a broker.
    pub(crate) is_standalone: bool,
    tasks: Vec<Task>,
    /// How often each gateway and each user-sync began.
    starts: [u64; REPLICAS],
}

/// Something that a process does. Dropped, it ends where it is.
struct Task {
    replica: usize,
    work: Work,
    future: Pin<Box<dyn Future<Output = ()> + Send>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Request,
    Relay,
    Consumer,
    Retry,
    Recheck,
}

impl Work {
    fn is_of_gateway(self) -> bool {
        matches!(self, Self::Request | Self::Relay)
    }
}

impl Pipeline {
    pub(crate) fn new(nature: &Arc<Nature>, directory: &Arc<DirectoryMemory>, is_standalone: bool) -> Self {
        Self {
            nature: nature.clone(),
            directory: directory.clone(),
            lms: Arc::new(LmsMemory::new(nature.clone())),
            broker: Arc::new(Broker::new(nature.clone())),
            is_standalone,
            tasks: Vec::new(),
            starts: [0; REPLICAS],
        }
    }

    /// How many tasks of a kind are under way.
    pub(crate) fn under_way(&self, work: Work) -> usize {
        self.tasks.iter().filter(|task| task.work == work).count()
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.tasks.is_empty()
    }

    fn is_busy(&self, replica: usize, work: Work) -> bool {
        self.tasks.iter().any(|task| task.replica == replica && task.work == work)
    }

    fn spawn(&mut self, replica: usize, work: Work, future: impl Future<Output = ()> + Send + 'static) {
        self.nature.note("spawn", || format!("{work:?} at {replica}"));
        self.tasks.push(Task { replica, work, future: Box::pin(future) });
    }

    /// Sends a request to a replica.
    pub(crate) fn request(&mut self, replica: usize, entra: &Entra) {
        let request = entra.plan();
        self.spawn(replica, Work::Request, entra.clone().perform(request));
    }

    /// Begins some work of a replica, unless it is at it.
    pub(crate) fn begin(&mut self, replica: usize, work: Work) {
        if self.is_busy(replica, work) {
            return;
        }
        match work {
            Work::Request => {}
            Work::Relay => {
                let relay = self.relay(replica);
                self.spawn(replica, work, async move {
                    // What was not finished comes again.
                    let _unfinished = relay.pass().await;
                });
            }
            Work::Consumer => self.consume(replica),
            Work::Retry => {
                let sync = self.sync();
                self.spawn(replica, work, async move { _ = sync.retry_parked().await });
            }
            Work::Recheck => {
                let sync = self.sync();
                self.spawn(replica, work, async move { _ = sync.recheck().await });
            }
        }
    }

    fn sync(&self) -> DirectorySync {
        DirectorySync::new(self.lms.clone())
    }

    fn relay(&self, replica: usize) -> Relay {
        let publisher: Arc<dyn EventPublisher> = match self.is_standalone {
            true => Arc::new(InProcessBus::new(Arc::new(self.sync()))),
            false => self.broker.clone(),
        };
        let id = RelayId(Uuid::from_u128(u128::from(self.id(replica))));
        let settings = RelaySettings { batch: 5, ..RelaySettings::default() };
        Relay::new(id, self.directory.clone(), publisher, settings)
    }

    /// Of a replica since it began last.
    fn id(&self, replica: usize) -> u64 {
        1 + replica as u64 + self.starts[replica] * REPLICAS as u64
    }

    /// Handles a batch and acknowledges it behind the commit; what cannot be handled now goes back.
    fn consume(&mut self, replica: usize) {
        let consumer = ConsumerId(self.id(replica));
        let at_most = 1 + self.nature.draw(|chance| chance.below(BATCH));
        let batch = self.broker.deliver(consumer, at_most);
        if batch.is_empty() {
            return;
        }
        let (broker, sync) = (self.broker.clone(), self.sync());
        self.spawn(replica, Work::Consumer, async move {
            let messages: Vec<_> = batch.iter().map(|delivery| delivery.message.clone()).collect();
            match sync.handle(&messages).await {
                Ok(_) => broker.acknowledge(&batch).await,
                Err(_) => broker.return_all(&batch),
            }
        });
    }

    /// Lets one task go on to its next call of a port.
    pub(crate) fn step(&mut self) {
        if self.tasks.is_empty() {
            return;
        }
        let index = self.nature.draw(|chance| chance.below(self.tasks.len()));
        let task = &mut self.tasks[index];
        let (replica, work) = (task.replica, task.work);
        self.nature.note("step", || format!("{work:?} at {replica}"));
        if task.future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            self.tasks.swap_remove(index);
        }
    }

    /// Ends a process where it is, and starts it anew. It is a gateway, a user-sync, or both where there is one process.
    pub(crate) fn crash(&mut self, replica: usize, is_gateway: bool) {
        self.nature
            .note("crash", || format!("{} {replica}", if is_gateway { "gateway" } else { "user-sync" }));
        let is_standalone = self.is_standalone;
        let dies = |task: &Task| {
            task.replica == replica && (is_standalone || task.work.is_of_gateway() == is_gateway)
        };
        self.tasks.retain(|task| !dies(task));
        self.broker.forget(ConsumerId(self.id(replica)));
        self.starts[replica] += 1;
    }
}
