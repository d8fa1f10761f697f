//! What holds whatever comes: laws of PATCH, normalising, filters, keys and orders, in both profiles and with an
//! extension of the integration's own; and that damaged input neither panics nor slips through.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

#[path = "properties/damaged.rs"]
mod damaged;
#[path = "properties/filters.rs"]
mod filters;
#[path = "properties/fixture.rs"]
mod fixture;
#[path = "properties/normalise.rs"]
mod normalise;
#[path = "properties/patch.rs"]
mod patch;
#[path = "properties/sort.rs"]
mod sort;
