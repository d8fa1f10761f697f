#![doc = include_str!("../README.md")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test without its surroundings ends by panicking, with a reason that can be read"
)]

pub mod broker;
pub mod collector;
pub mod entra;
pub mod issuer;
pub mod lms_reader;
pub mod load_balancer;
pub mod migrations;
pub mod person;
pub mod postgres;
pub mod postgres_schema;
pub mod postgres_server;
pub mod proxy;
pub mod rabbitmq_cluster;
pub mod rabbitmq_node;
pub mod raw;
pub mod signal;

mod account;
mod cleanup;
mod eventually;
mod free_port;

pub use eventually::eventually;
pub use free_port::free_port;
