//! The door of the administrators' API: who is let in, and the record of what they ask for.

mod access;
mod administrator;
mod body;
mod described;
mod guard;
pub mod input;
mod oidc;
mod route;
mod tokens;
mod version;

pub use access::{AccessError, AdminAccess, BODY_TIME, Unauthenticated};
pub use administrator::Administrator;
pub use body::Body;
pub use guard::{guarded, leave_details, leave_integration};
pub use oidc::OidcAdministrators;
pub use route::{AdminRoute, serve};
pub use tokens::{AdminTokens, KeyTooShort};
pub use version::{NoVersion, seen_version};
