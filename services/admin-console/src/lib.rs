#![doc = include_str!("../README.md")]

pub mod api;
mod console;
mod http;
mod pages;
pub mod session;
pub mod settings;
mod sign_in;
pub mod texts;
pub mod wiring;

pub use console::{Console, ConsoleError, ConsoleOptions};
pub use pages::configure;
pub use sign_in::{InvalidProvider, OneTimeLink};
