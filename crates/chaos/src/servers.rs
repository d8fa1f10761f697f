use std::sync::Arc;

use crate::database::Database;
use testkit::postgres_server::PostgresServer;
use testkit::rabbitmq_node::RabbitMqNode;

/// Servers of our own, which trials may stop and kill, one after the other.
#[derive(Clone)]
pub(crate) struct Servers {
    pub(crate) directory: Arc<PostgresServer>,
    pub(crate) lms: Arc<PostgresServer>,
    pub(crate) broker: Arc<RabbitMqNode>,
}

impl Servers {
    /// Starts all three.
    pub(crate) async fn start() -> Self {
        let (directory, lms, broker) =
            futures::join!(PostgresServer::start(), PostgresServer::start(), RabbitMqNode::start());
        Self { directory: Arc::new(directory), lms: Arc::new(lms), broker: Arc::new(broker) }
    }

    /// A database of the gateways' cluster that is none of the product's.
    pub(crate) fn elsewhere(&self) -> Database {
        Database::new(&self.directory.url("postgres"))
    }

    /// Has all three answer again, whatever was done to them.
    pub(crate) async fn mend(&self) {
        for server in [&self.directory, &self.lms] {
            if server.is_running() {
                server.thaw();
            } else {
                server.start_again().await;
            }
        }
        if self.broker.is_running() {
            self.broker.thaw();
        } else {
            self.broker.boot().await;
        }
        self.broker.is_up().await;
    }
}
