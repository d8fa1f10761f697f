//! Schemas that an integration adds to its users, through everything that reads schemas.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

#[path = "own_extensions/bodies.rs"]
mod bodies;
#[path = "own_extensions/filters.rs"]
mod filters;
#[path = "own_extensions/fixture.rs"]
mod fixture;
#[path = "own_extensions/immutable.rs"]
mod immutable;
#[path = "own_extensions/lists.rs"]
mod lists;
#[path = "own_extensions/patch.rs"]
mod patch;
#[path = "own_extensions/projections.rs"]
mod projections;
