#![doc = include_str!("../README.md")]

mod attempt;
#[cfg(feature = "in-process")]
mod in_process;
#[cfg(feature = "rabbitmq")]
mod rabbitmq;

#[cfg(feature = "in-process")]
pub use in_process::InProcessBus;
#[cfg(feature = "rabbitmq")]
pub use rabbitmq::{
    Broker, BrokerUnusable, BrokerUrlError, ConsumerSettings, NotApplied, RabbitMqConsumer,
    RabbitMqPublisher, Subscription, Timeouts, Topology,
};
