//! A balancer as small as it can be: requests go to the gateways in turn, and to none that said that it is not ready.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use testkit::entra::user;
use tokio::task::JoinHandle;

use crate::processes::Replica;

/// How often it looks.
const LOOK: Duration = Duration::from_millis(100);

/// Requests under way at the same moment.
const CLIENTS: usize = 6;

pub(crate) struct Balancer {
    replicas: Vec<(Replica, AtomicBool)>,
    turn: AtomicUsize,
    answered: AtomicUsize,
    is_over: AtomicBool,
}

/// Requests that go on until they are stopped.
pub(crate) struct Load {
    balancer: Arc<Balancer>,
    tasks: Vec<JoinHandle<()>>,
}

impl Balancer {
    pub(crate) fn in_front_of(replicas: [Replica; 2]) -> Self {
        Self {
            replicas: replicas.map(|replica| (replica, AtomicBool::new(true))).into(),
            turn: AtomicUsize::new(0),
            answered: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        }
    }

    /// Begins to ask and to write. A request that fails fails the test.
    pub(crate) fn load(self) -> Load {
        let balancer = Arc::new(self);
        let mut tasks: Vec<_> = (0..CLIENTS).map(|n| tokio::spawn(balancer.clone().ask(n))).collect();
        tasks.push(tokio::spawn(balancer.clone().look()));
        Load { balancer, tasks }
    }

    async fn look(self: Arc<Self>) {
        while !self.is_over.load(Ordering::Relaxed) {
            for (replica, is_ready) in &self.replicas {
                is_ready.store(replica.ready().await == 200, Ordering::Relaxed);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn ask(self: Arc<Self>, client: usize) {
        let mut number = 0;
        while !self.is_over.load(Ordering::Relaxed) {
            number += 1;
            let name = format!("load{client}.{number}");
            let body = user(&format!("{name}@contoso.example"), &name, "L", "Oad").to_string().into_bytes();
            let (method, path, body, expected) = match number % 4 {
                0 => (Method::POST, "/Users", Some(body), 201),
                _ => (Method::GET, "/Users?filter=userName+eq+%22nobody%22", None, 200),
            };
            let answer = self.next().entra.try_send(method, path, &[], body).await;
            let status = answer.unwrap_or_else(|error| panic!("request {number}: {error}")).status;
            assert_eq!(status, expected, "{}", json!({ "client": client, "request": number }));
            self.answered.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn next(&self) -> &Replica {
        loop {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed);
            let (replica, is_ready) = &self.replicas[turn % self.replicas.len()];
            if is_ready.load(Ordering::Relaxed) {
                return replica;
            }
        }
    }
}

impl Load {
    /// Waits for so many answers more.
    pub(crate) async fn answers(&self, more: usize) {
        let wanted = self.balancer.answered.load(Ordering::Relaxed) + more;
        testkit::eventually(Duration::from_secs(60), "requests are answered", async || {
            let is_broken = self.tasks.iter().any(JoinHandle::is_finished);
            assert!(!is_broken, "a request failed");
            self.balancer.answered.load(Ordering::Relaxed) >= wanted
        })
        .await;
    }

    pub(crate) async fn stop(self) {
        self.balancer.is_over.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}
