//! How much is measured.

use std::time::Duration;

/// Sizes and lengths of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// How often each contender has its turn.
    pub(crate) rounds: usize,
    /// One turn of a contender.
    pub(crate) turn: Duration,
    /// Users in the directory, at which questions and creations are measured, and the rest in the largest.
    pub(crate) sizes: [usize; 3],
    /// Members of a group, at which one more is added.
    pub(crate) members: [usize; 3],
    /// Users that are created and followed to the LMS in one turn.
    pub(crate) pipeline: usize,
    /// How long 100 users a second are written.
    pub(crate) lag: Duration,
    /// Users, groups and members of each group of a customer who comes with all of them.
    pub(crate) first_sync: (usize, usize, usize),
}

impl Plan {
    /// About fifteen minutes.
    pub(crate) const FULL: Self = Self {
        rounds: 3,
        turn: Duration::from_millis(2_500),
        sizes: [1_000, 10_000, 100_000],
        members: [100, 50_000, 99_000],
        pipeline: 8_000,
        lag: Duration::from_secs(15),
        first_sync: (100_000, 100, 1_000),
    };

    /// About three minutes.
    pub(crate) const QUICK: Self = Self {
        rounds: 3,
        turn: Duration::from_millis(1_000),
        sizes: [1_000, 5_000, 10_000],
        members: [100, 5_000, 9_000],
        pipeline: 3_000,
        lag: Duration::from_secs(5),
        first_sync: (10_000, 10, 1_000),
    };
}
