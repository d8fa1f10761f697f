#![doc = include_str!("../README.md")]

mod lookup_row;
#[cfg(feature = "postgres")]
pub mod postgres;
mod query_sql;
mod row;
mod snapshot_row;
#[cfg(feature = "sqlite")]
pub mod sqlite;
