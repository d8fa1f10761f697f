#![doc = include_str!("../README.md")]

mod admin;
pub mod bootstrap;
mod gateway;
mod http;
pub mod relay_task;
pub mod settings;
pub mod snapshot_task;
#[cfg(feature = "distributed")]
pub mod wiring;

pub use admin::configure_admin;
pub use gateway::{Gateway, Limits};
pub use http::configure;
