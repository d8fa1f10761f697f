#![doc = include_str!("../README.md")]

mod address;
mod error;
mod migrations;
mod open;
mod options;
mod pool;
mod refusal;
mod session;
mod trouble;

pub use error::{PoolError, SchemaError};
pub use migrations::Migrations;
pub use options::{PostgresOptions, Timeouts};
pub use pool::{PooledConnection, PostgresPool};
pub use refusal::Refusal;
pub use trouble::{Trouble, trouble};
