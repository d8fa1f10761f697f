#![doc = include_str!("../README.md")]

mod address;
mod error;
mod migrations;
mod open;
mod options;
mod pool;
mod session;
mod trouble;

pub use error::PoolError;
pub use migrations::Migrations;
pub use options::{PostgresOptions, Timeouts};
pub use pool::{PooledConnection, PostgresPool};
pub use trouble::{Trouble, trouble};
