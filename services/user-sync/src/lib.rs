#![doc = include_str!("../README.md")]

mod admin;
pub mod background;
pub mod settings;
#[cfg(feature = "distributed")]
pub mod wiring;

pub use admin::configure;

/// Method and path of each route of an integration, after `/admin/v1/integrations/{integration}`.
pub const ROUTES: &[(&str, &str)] = admin::ROUTES;
