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
    replicas: Vec<Behind>,
    turn: AtomicUsize,
    answered: AtomicUsize,
    is_over: AtomicBool,
}

/// A gateway, and what the balancer knows of it.
struct Behind {
    replica: Replica,
    is_ready: AtomicBool,
    under_way: AtomicUsize,
}

/// Requests that go on until they are stopped.
pub(crate) struct Load {
    balancer: Arc<Balancer>,
    tasks: Vec<JoinHandle<()>>,
}

impl Balancer {
    pub(crate) fn in_front_of(replicas: [Replica; 2]) -> Self {
        Self {
            replicas: replicas
                .map(|replica| Behind {
                    replica,
                    is_ready: AtomicBool::new(true),
                    under_way: AtomicUsize::new(0),
                })
                .into(),
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
            for behind in &self.replicas {
                behind.is_ready.store(behind.replica.ready().await == 200, Ordering::SeqCst);
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
            let behind = self.next().await;
            let answer = behind.replica.entra.try_send(method, path, &[], body).await;
            behind.under_way.fetch_sub(1, Ordering::SeqCst);
            let status = answer.unwrap_or_else(|error| panic!("request {number}: {error}")).status;
            assert_eq!(status, expected, "{}", json!({ "client": client, "request": number }));
            self.answered.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whose turn it is; one request more is under way there.
    async fn next(&self) -> &Behind {
        loop {
            let turn = self.turn.fetch_add(1, Ordering::Relaxed);
            let behind = &self.replicas[turn % self.replicas.len()];
            behind.under_way.fetch_add(1, Ordering::SeqCst);
            if behind.is_ready.load(Ordering::SeqCst) {
                return behind;
            }
            behind.under_way.fetch_sub(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
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

    /// Waits until the first gateway gets no request any more, and has answered those that it got.
    pub(crate) async fn leaves_the_first(&self) {
        testkit::eventually(Duration::from_secs(60), "the balancer turns away", async || {
            let first = &self.balancer.replicas[0];
            !first.is_ready.load(Ordering::SeqCst) && first.under_way.load(Ordering::SeqCst) == 0
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
