//! Three RabbitMQ nodes of one's own that keep the same queues.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lapin::{Connection, ConnectionProperties};
use uuid::Uuid;

use crate::eventually;
use crate::load_balancer::LoadBalancer;
use crate::rabbitmq_node::{RabbitMqNode, queue_depth};

/// A node that was in the minority stops, waits for the others, and starts.
const PATIENCE: Duration = Duration::from_secs(180);

/// A cluster whose minority stops, behind one address. It is gone with it.
#[derive(Debug)]
pub struct RabbitMqCluster {
    nodes: [RabbitMqNode; 3],
    cookie: String,
    isolated: Mutex<Option<usize>>,
    balancer: LoadBalancer,
}

impl RabbitMqCluster {
    /// Makes the nodes and boots them.
    ///
    /// # Panics
    /// When RabbitMQ is not installed, or does not boot.
    pub async fn start() -> Self {
        let cookie = Uuid::new_v4().simple().to_string();
        let names = ["a", "b", "c"].map(|place| format!("illuxi-{}-{place}@localhost", &cookie[..8]));
        let members = names.each_ref().map(|name| format!("'{name}'")).join(",");
        // A node that does not answer is down for the others after 10 seconds instead of 60.
        let arguments = format!(
            "-kernel net_ticktime 10 -rabbit cluster_partition_handling pause_minority \
             -rabbit cluster_nodes {{[{members}],disc}}"
        );
        let nodes = names.map(|name| RabbitMqNode::new(name, &cookie, &arguments));
        let [first, others @ ..] = &nodes;
        // Whom the others find.
        first.boot().await;
        for node in others {
            node.boot().await;
        }
        let authorities = nodes.iter().map(RabbitMqNode::authority).collect();
        let balancer = LoadBalancer::in_front_of(authorities).await;
        let cluster = Self { nodes, cookie, isolated: Mutex::default(), balancer };
        assert_eq!(cluster.members_seen_by(0).await, "3", "the nodes have not found each other");
        cluster
    }

    /// `host:port` where some node answers.
    pub fn authority(&self) -> String {
        self.balancer.authority()
    }

    /// Connections of clients that the node of that place has now.
    pub fn connections_of(&self, node: usize) -> usize {
        self.balancer.connections_of(node)
    }

    /// The place of the node that leads the first queue whose name begins so.
    ///
    /// # Panics
    /// When there is none.
    pub async fn leader_of(&self, queue: &str) -> usize {
        let listed = self.nodes[0].control(&["list_queues", "--no-table-headers", "name", "leader"]).await;
        let leader =
            listed.lines().find(|line| line.starts_with(queue)).and_then(|line| line.split('\t').nth(1));
        let leads = |node: &RabbitMqNode| Some(node.name()) == leader;
        self.nodes.iter().position(leads).unwrap_or_else(|| panic!("nobody leads {queue}: {listed}"))
    }

    /// Holds a node still; every connection stays open.
    ///
    /// # Panics
    /// When it is not running.
    pub fn freeze(&self, node: usize) {
        self.nodes[node].freeze();
    }

    /// Cuts a node off from the two others, which stay together.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn isolate(&self, node: usize) {
        *self.isolated.lock().unwrap_or_else(PoisonError::into_inner) = Some(node);
        // With another cookie for them it can connect to none of the two, and none of them to it.
        let hang_up = self.each_other(node, |other| format!("erlang:disconnect_node('{other}')"));
        self.trust(node, "another", &hang_up).await;
    }

    /// Ends [`RabbitMqCluster::freeze`] and [`RabbitMqCluster::isolate`], whichever it was.
    ///
    /// # Panics
    /// When a node is not running.
    pub async fn mend(&self) {
        for node in &self.nodes {
            node.thaw();
        }
        let isolated = self.isolated.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(node) = isolated {
            self.trust(node, &self.cookie, "true").await;
        }
    }

    /// Waits until a node that was isolated is with the others again. One that was frozen for long has kept its memory of a
    /// cluster that has gone on without it; RabbitMQ takes that for a partition, and waits for an operator to restart the node.
    ///
    /// # Panics
    /// When it is not within a few minutes.
    pub async fn is_joined_by(&self, node: usize) {
        let another = (node + 1) % self.nodes.len();
        let is_joined = async || self.members_seen_by(another).await == "3";
        eventually(PATIENCE, "a node has joined its cluster again", is_joined).await;
    }

    async fn members_seen_by(&self, node: usize) -> String {
        self.nodes[node].control(&["eval", "length(rabbit_mnesia:cluster_nodes(running))."]).await
    }

    /// Has a node expect that cookie of the two others, and then do something.
    async fn trust(&self, node: usize, cookie: &str, and_then: &str) {
        let expect = self.each_other(node, |other| format!("erlang:set_cookie('{other}', '{cookie}')"));
        self.nodes[node].control(&["eval", &format!("{expect}, {and_then}.")]).await;
    }

    fn each_other(&self, node: usize, step: impl Fn(&str) -> String) -> String {
        let others = self.nodes.iter().enumerate().filter(|(at, _)| *at != node);
        others.map(|(_, other)| step(other.name())).collect::<Vec<_>>().join(", ")
    }

    /// Messages that wait in a queue, asked at a node that answers; `None` when there is no such queue.
    pub async fn queue_depth(&self, queue: &str) -> Option<u32> {
        let url = format!("amqp://guest:guest@{}/%2f", self.authority());
        let connecting = Connection::connect(&url, ConnectionProperties::default());
        let connection = tokio::time::timeout(Duration::from_secs(10), connecting).await.ok()?.ok()?;
        queue_depth(&connection, queue).await
    }
}
