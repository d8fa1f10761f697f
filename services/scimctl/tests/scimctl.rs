//! The real binary against a stub of both services: what it sends, prints and ends with.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

#[path = "scimctl/cases.rs"]
mod cases;
#[path = "scimctl/connecting.rs"]
mod connecting;
#[path = "scimctl/credentials.rs"]
mod credentials;
#[path = "scimctl/doctor.rs"]
mod doctor;
#[path = "scimctl/integrations.rs"]
mod integrations;
#[path = "scimctl/lists.rs"]
mod lists;
#[path = "scimctl/live.rs"]
mod live;
#[path = "scimctl/logs.rs"]
mod logs;
#[path = "scimctl/replays.rs"]
mod replays;
#[path = "scimctl/rules.rs"]
mod rules;
#[path = "scimctl/stub.rs"]
mod stub;
