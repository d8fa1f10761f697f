//! The use cases and the relay over a store in memory.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

#[path = "use_cases/changes.rs"]
mod changes;
#[path = "use_cases/entrance.rs"]
mod entrance;
#[path = "use_cases/extensions.rs"]
mod extensions;
#[path = "use_cases/fixture.rs"]
mod fixture;
#[path = "use_cases/members.rs"]
mod members;
#[path = "use_cases/promotion.rs"]
mod promotion;
#[path = "use_cases/relay.rs"]
mod relay;
#[path = "use_cases/rotation.rs"]
mod rotation;
#[path = "use_cases/search.rs"]
mod search;
#[path = "use_cases/walk.rs"]
mod walk;
