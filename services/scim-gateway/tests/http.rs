//! The public listener in process, on SQLite in memory.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking; the exemption for tests does not reach their shared functions"
)]

#[path = "http/admin_audit.rs"]
mod admin_audit;
#[path = "http/admin_bodies.rs"]
mod admin_bodies;
#[path = "http/admin_credentials.rs"]
mod admin_credentials;
#[path = "http/admin_description.rs"]
mod admin_description;
#[path = "http/admin_integrations.rs"]
mod admin_integrations;
#[path = "http/admin_log.rs"]
mod admin_log;
#[path = "http/admin_overview.rs"]
mod admin_overview;
#[path = "http/admin_promotion.rs"]
mod admin_promotion;
#[path = "http/admin_routes.rs"]
mod admin_routes;
#[path = "http/administration.rs"]
mod administration;
#[path = "http/authentication.rs"]
mod authentication;
#[path = "http/bodies.rs"]
mod bodies;
#[path = "http/bulk.rs"]
mod bulk;
#[path = "http/cursors.rs"]
mod cursors;
#[path = "http/discovery.rs"]
mod discovery;
#[path = "http/entrance.rs"]
mod entrance;
#[path = "http/framing.rs"]
mod framing;
#[path = "http/groups.rs"]
mod groups;
#[path = "http/harness.rs"]
mod harness;
#[path = "http/lists.rs"]
mod lists;
#[path = "http/log.rs"]
mod log;
#[path = "http/patches.rs"]
mod patches;
#[path = "http/profiles.rs"]
mod profiles;
#[path = "http/provisioning_log.rs"]
mod provisioning_log;
#[path = "http/replays.rs"]
mod replays;
#[path = "http/routes.rs"]
mod routes;
#[path = "http/searches.rs"]
mod searches;
#[path = "http/sign_in.rs"]
mod sign_in;
#[path = "http/snapshots.rs"]
mod snapshots;
#[path = "http/sorting.rs"]
mod sorting;
#[path = "http/tenants.rs"]
mod tenants;
#[path = "http/users.rs"]
mod users;
#[path = "http/values.rs"]
mod values;
#[path = "http/versions.rs"]
mod versions;
