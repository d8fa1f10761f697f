#![doc = include_str!("../README.md")]

mod admin;
pub mod background;
mod metrics;
mod observed_handler;
pub mod settings;
#[cfg(feature = "distributed")]
pub mod wiring;

pub use admin::configure;
pub use metrics::SyncMetrics;
pub use observed_handler::ObservedHandler;

/// Method and path of each route of an integration, after `/admin/v1/integrations/{integration}`.
pub const ROUTES: &[(&str, &str)] = admin::ROUTES;
