//! The contract of the messaging ports, over both transports and a real broker.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failed test panics")]

mod consumer_example;
mod contract;
mod contract_headers;
mod deaf_channel;
mod definitions;
mod golden;
mod rabbitmq_consumer;
mod rabbitmq_publisher;
mod recording;
mod subscription;
mod transports;
