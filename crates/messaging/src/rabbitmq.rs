//! The transport over RabbitMQ, AMQP 0-9-1.

mod backoff;
mod broker;
mod confirm;
mod consumer;
mod link;
mod park;
mod publisher;
mod subscription;
mod topology;
mod wire;

pub use broker::{Broker, BrokerUnusable, BrokerUrlError, Timeouts};
pub use consumer::{ConsumerSettings, RabbitMqConsumer};
pub use publisher::RabbitMqPublisher;
pub use subscription::{NotApplied, Subscription};
pub use topology::Topology;
