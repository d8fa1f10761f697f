#![doc = include_str!("../README.md")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a run that meets what cannot be ends by panicking, and its seed is named"
)]

mod broker;
mod chance;
mod directory_store;
mod entra;
mod ledger;
mod lms_store;
mod model;
mod nature;
mod oracle;
mod pipeline;
mod world;

use world::World;

/// What a run of one seed came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Everything that is wrong.
    pub wrong: Vec<String>,
    /// Every step, when it was asked for.
    pub trace: Vec<String>,
    /// Digest of the steps: the same for the same seed.
    pub digest: u64,
}

/// Runs one seed from the first request to the judgement.
pub fn run(seed: u64, is_traced: bool) -> Run {
    let mut world = World::new(seed, is_traced);
    let wrong = world.run();
    Run { wrong, trace: world.nature.trace(), digest: world.nature.digest() }
}
