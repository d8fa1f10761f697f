//! The two profiles side by side: what Entra sends and an RFC reader refuses, and what both take or refuse alike.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

#[path = "profiles/alike.rs"]
mod alike;
#[path = "profiles/different.rs"]
mod different;
#[path = "profiles/entra_bodies.rs"]
mod entra_bodies;
#[path = "profiles/fixture.rs"]
mod fixture;
#[path = "profiles/text.rs"]
mod text;
