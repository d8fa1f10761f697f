#![doc = include_str!("../README.md")]

mod admin;
pub mod bootstrap;
mod gateway;
pub mod housekeeping;
mod http;
mod journal;
pub mod relay_task;
pub mod settings;
mod sign_in;
pub mod snapshot_task;
mod throttle;
#[cfg(feature = "distributed")]
pub mod wiring;

pub use admin::{ADMIN_ROUTES, AdminRoute, configure_admin};
pub use gateway::{Gateway, GatewayOptions, Limits};
pub use http::configure;
