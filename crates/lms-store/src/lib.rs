#![doc = include_str!("../README.md")]

mod acts;
mod casework;
mod commit;
mod database;
mod error;
mod inbox;
mod load;
mod queries;
mod read;
mod retention;
mod rows;
mod rules;
mod script;
mod search;
mod statement;
mod statements;
mod waiting;
mod words;

#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;

pub use error::OpenError;
