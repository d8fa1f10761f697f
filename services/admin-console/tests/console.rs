//! The console over HTTP, against stand-ins of both services and of an OpenID provider.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

#[path = "console/administrators.rs"]
mod administrators;
#[path = "console/attention.rs"]
mod attention;
#[path = "console/browser.rs"]
mod browser;
#[path = "console/environments.rs"]
mod environments;
#[path = "console/guarding.rs"]
mod guarding;
#[path = "console/log.rs"]
mod log;
#[path = "console/overview.rs"]
mod overview;
#[path = "console/people.rs"]
mod people;
#[path = "console/provider.rs"]
mod provider;
#[path = "console/rules.rs"]
mod rules;
#[path = "console/running.rs"]
mod running;
#[path = "console/setup.rs"]
mod setup;
#[path = "console/signing_in.rs"]
mod signing_in;
#[path = "console/stub.rs"]
mod stub;
#[path = "console/texts.rs"]
mod texts;
