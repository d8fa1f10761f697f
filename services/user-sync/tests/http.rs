//! The administrators' API over HTTP: the listener and all below it, on SQLite in memory.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

#[path = "http/description.rs"]
mod description;
#[path = "http/effects.rs"]
mod effects;
#[path = "http/explanations.rs"]
mod explanations;
#[path = "http/harness.rs"]
mod harness;
#[path = "http/overview.rs"]
mod overview;
#[path = "http/promotion.rs"]
mod promotion;
#[path = "http/roles.rs"]
mod roles;
#[path = "http/rules.rs"]
mod rules;
#[path = "http/schema.rs"]
mod schema;
