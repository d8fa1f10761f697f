//! The examples that the RFCs print, held against this crate.
//!
//! They are shortened only where a list of like entries adds nothing. Where we answer otherwise, the test says so.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

#[path = "rfc_examples/discovery.rs"]
mod discovery;
#[path = "rfc_examples/errors.rs"]
mod errors;
#[path = "rfc_examples/filters.rs"]
mod filters;
#[path = "rfc_examples/fixture.rs"]
mod fixture;
#[path = "rfc_examples/names.rs"]
mod names;
#[path = "rfc_examples/patch.rs"]
mod patch;
#[path = "rfc_examples/projections.rs"]
mod projections;
#[path = "rfc_examples/resources.rs"]
mod resources;
