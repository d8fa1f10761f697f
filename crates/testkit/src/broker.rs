//! Throw-away names on RabbitMQ.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lapin::options::{ExchangeDeleteOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::FieldTable;
use lapin::{Channel, Connection, ConnectionProperties, Queue};
use uuid::Uuid;

use crate::cleanup::run_to_end;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CLEANUP_TIMEOUT: Duration = Duration::from_secs(20);

/// Address of the broker under test: `AMQP_URL`, or a RabbitMQ on this machine.
pub fn amqp_url() -> String {
    std::env::var("AMQP_URL").unwrap_or_else(|_| "amqp://guest:guest@127.0.0.1:5672/%2f".to_owned())
}

/// Names of a test's own on the broker; what bears them is deleted with it.
#[derive(Debug)]
pub struct BrokerScope {
    prefix: String,
    exchanges: Mutex<Vec<String>>,
    queues: Mutex<Vec<String>>,
}

impl BrokerScope {
    /// Begins a scope with a random prefix; nothing is made on the broker.
    #[expect(clippy::new_without_default, reason = "a default that is another at every call would surprise")]
    pub fn new() -> Self {
        Self {
            prefix: format!("illuxi_test_{}", Uuid::new_v4().simple()),
            exchanges: Mutex::default(),
            queues: Mutex::default(),
        }
    }

    /// What stands before every name of this scope, the dot included.
    pub fn prefix(&self) -> String {
        format!("{}.", self.prefix)
    }

    /// Name for an exchange, deleted at the end if something declared it.
    pub fn exchange(&self, name: &str) -> String {
        let name = format!("{}.{name}", self.prefix);
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).push(name.clone());
        name
    }

    /// Name for a queue, deleted at the end if something declared it.
    pub fn queue(&self, name: &str) -> String {
        let name = format!("{}.{name}", self.prefix);
        self.queues.lock().unwrap_or_else(PoisonError::into_inner).push(name.clone());
        name
    }

    /// Opens a connection and a channel past the code under test.
    ///
    /// # Panics
    /// When no broker answers at [`amqp_url`].
    pub async fn open_channel(&self) -> (Connection, Channel) {
        open(&amqp_url()).await.unwrap_or_else(|reason| {
            panic!("this test needs RabbitMQ, and none answers ({reason}): start one, or name it in AMQP_URL")
        })
    }

    /// Messages that wait in the queue; those already handed to a consumer are not among them.
    ///
    /// # Panics
    /// When there is no such queue, or no broker.
    pub async fn queue_depth(&self, queue: &str) -> u32 {
        let found = self.find(queue).await;
        found.unwrap_or_else(|error| panic!("no queue {queue}: {error}")).message_count()
    }

    /// Whether there is such a queue.
    pub async fn has_queue(&self, queue: &str) -> bool {
        self.find(queue).await.is_ok()
    }

    /// Whether somebody takes messages from the queue.
    pub async fn is_consumed(&self, queue: &str) -> bool {
        self.find(queue).await.is_ok_and(|queue| queue.consumer_count() > 0)
    }

    async fn find(&self, queue: &str) -> lapin::Result<Queue> {
        let (_connection, channel) = self.open_channel().await;
        let passive = QueueDeclareOptions { passive: true, durable: true, ..QueueDeclareOptions::default() };
        channel.queue_declare(queue.into(), passive, FieldTable::default()).await
    }
}

impl Drop for BrokerScope {
    fn drop(&mut self) {
        let exchanges = std::mem::take(&mut *self.exchanges.lock().unwrap_or_else(PoisonError::into_inner));
        let queues = std::mem::take(&mut *self.queues.lock().unwrap_or_else(PoisonError::into_inner));
        if exchanges.is_empty() && queues.is_empty() {
            return;
        }
        run_to_end(&self.prefix, async move {
            tokio::time::timeout(CLEANUP_TIMEOUT, delete(exchanges, queues))
                .await
                .unwrap_or_else(|_| Err(format!("not done within {CLEANUP_TIMEOUT:?}")))
        });
    }
}

async fn open(url: &str) -> Result<(Connection, Channel), String> {
    let connecting = Connection::connect(url, ConnectionProperties::default());
    let connection = tokio::time::timeout(CONNECT_TIMEOUT, connecting)
        .await
        .map_err(|_| format!("no answer within {CONNECT_TIMEOUT:?}"))?
        .map_err(|error| error.to_string())?;
    let channel = connection.create_channel().await.map_err(|error| error.to_string())?;
    Ok((connection, channel))
}

/// Deleting what does not exist is no error for RabbitMQ.
async fn delete(exchanges: Vec<String>, queues: Vec<String>) -> Result<(), String> {
    let (connection, channel) = open(&amqp_url()).await?;
    for queue in queues {
        channel
            .queue_delete(queue.as_str().into(), QueueDeleteOptions::default())
            .await
            .map_err(|error| error.to_string())?;
    }
    for exchange in exchanges {
        channel
            .exchange_delete(exchange.as_str().into(), ExchangeDeleteOptions::default())
            .await
            .map_err(|error| error.to_string())?;
    }
    connection.close(200, "test ended".into()).await.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_queue_of_a_scope_is_gone_with_the_scope() {
        let scope = BrokerScope::new();
        let queue = scope.queue("queue");
        let (_connection, channel) = scope.open_channel().await;
        let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        channel.queue_declare(queue.as_str().into(), durable, FieldTable::default()).await.unwrap();
        assert_eq!(scope.queue_depth(&queue).await, 0);

        drop(scope);
        let passive = QueueDeclareOptions { passive: true, durable: true, ..QueueDeclareOptions::default() };
        assert!(channel.queue_declare(queue.as_str().into(), passive, FieldTable::default()).await.is_err());
    }
}
