#![doc = include_str!("../README.md")]

mod admin;
pub mod background;
mod metrics;
mod observed_handler;
pub mod settings;
#[cfg(feature = "distributed")]
pub mod wiring;

pub use admin::{READS, admin_routes, configure};
pub use metrics::SyncMetrics;
pub use observed_handler::ObservedHandler;
