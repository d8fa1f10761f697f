//! Queries as SQL: one generator for both back ends, which differ in a [`Dialect`].
//!
//! ```text
//! Query ──▶ Selection ──▶ matching: narrowing (an index leads there) and condition ──▶ page ──▶ rows
//!              │              └─ equality.rs              └─ condition.rs, value.rs     └─ order.rs
//!              └─ scanned: how much it would look at
//! ```
//!
//! The text of a statement is made of this program's own pieces alone; whatever comes from a client is a bound
//! parameter, names of attributes too ([`Sql`]). Every condition is true or false and never null, so that `not` means
//! what it says.

mod condition;
mod dialect;
mod equality;
mod order;
#[cfg(feature = "postgres")]
mod postgres;
mod selection;
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
mod statement;
mod value;

pub(crate) use dialect::{Dialect, Table};
#[cfg(feature = "postgres")]
pub(crate) use equality::key_of_users;
#[cfg(feature = "postgres")]
pub(crate) use postgres::Postgres;
pub(crate) use selection::Selection;
pub(crate) use sql::{Bind, Sql, bind, raw, sql};
#[cfg(feature = "sqlite")]
pub(crate) use sqlite::Sqlite;
pub(crate) use statement::Statement;
