#![doc = include_str!("../README.md")]

mod admin;
pub mod background;
pub mod settings;
#[cfg(feature = "distributed")]
pub mod wiring;

pub use admin::configure;
