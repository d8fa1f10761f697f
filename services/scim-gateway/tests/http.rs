//! The public listener in process, on SQLite in memory.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

#[path = "http/authentication.rs"]
mod authentication;
#[path = "http/bodies.rs"]
mod bodies;
#[path = "http/groups.rs"]
mod groups;
#[path = "http/harness.rs"]
mod harness;
#[path = "http/lists.rs"]
mod lists;
#[path = "http/routes.rs"]
mod routes;
#[path = "http/users.rs"]
mod users;
