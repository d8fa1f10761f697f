#![doc = include_str!("../README.md")]

mod act_row;
mod credential_row;
mod log_row;
mod log_sql;
mod lookup_row;
mod overview_sql;
#[cfg(feature = "postgres")]
pub mod postgres;
mod query_sql;
mod row;
mod snapshot_row;
#[cfg(feature = "sqlite")]
pub mod sqlite;
mod waiting;
