#![doc = include_str!("../README.md")]

mod wiring;

pub use wiring::{ServeOptions, Standalone, admin_key};
