#![doc = include_str!("../README.md")]

mod bulk;
mod error;
mod id;
mod rows;
mod words;

#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;

pub use error::OpenError;
