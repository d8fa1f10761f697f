#![doc = include_str!("../README.md")]

mod admin;
pub mod admin_token;
pub mod bootstrap;
mod cause;
mod gateway;
pub mod housekeeping;
mod http;
mod journal;
mod metrics;
mod networks;
mod observed_publisher;
pub mod outbox_watch;
pub mod relay_task;
pub mod settings;
mod sign_in;
pub mod snapshot_task;
mod throttle;
#[cfg(feature = "distributed")]
pub mod wiring;

pub use admin::{ADMIN_ROUTES, configure_admin};
pub use gateway::{Gateway, GatewayOptions, Limits};
pub use http::configure;
pub use metrics::GatewayMetrics;
pub use networks::{NoNetwork, parse as parse_network};
pub use observed_publisher::ObservedPublisher;
