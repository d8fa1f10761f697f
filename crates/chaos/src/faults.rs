//! How each fault is done.

pub(crate) mod address;
pub(crate) mod broker;
pub(crate) mod broker_loss;
pub(crate) mod clock;
pub(crate) mod cluster;
pub(crate) mod consumer;
pub(crate) mod directory;
pub(crate) mod disk;
pub(crate) mod gateway;
pub(crate) mod limits;
pub(crate) mod lms;
pub(crate) mod messages;
pub(crate) mod neighbour;
pub(crate) mod network;
pub(crate) mod restore;
pub(crate) mod traces;

use std::time::Duration;

use anyhow::Context;
use testkit::proxy::CuttingProxy;

/// Bytes that stand in every statement and message that writes a user, and in none that only reads.
pub(crate) const OF_A_USER: &str = "familyName";
/// Bytes of a person's login: in the statements that write a learner.
pub(crate) const OF_A_LEARNER: &str = "@people.example";

pub(crate) const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Waits until a connection is held, but not for ever.
pub(crate) async fn trapped(proxy: &CuttingProxy) -> anyhow::Result<()> {
    tokio::time::timeout(seconds(60), proxy.trapped()).await.context("nothing walked into the trap")
}
