//! The door of the administrators' API: who is let in, and the record of what they ask for.

mod access;
mod administrator;
mod described;
mod guard;
mod oidc;
mod tokens;

pub use access::{AccessError, AdminAccess, Unauthenticated};
pub use administrator::Administrator;
pub use guard::{guarded, leave_details};
pub use oidc::OidcAdministrators;
pub use tokens::{AdminTokens, KeyTooShort};
