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
pub mod person;
pub mod postgres;
pub mod proxy;
pub mod raw;

mod cleanup;
mod eventually;

pub use eventually::eventually;
