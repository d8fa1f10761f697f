//! What administrators do with integrations and tokens.

mod authenticate;
mod bootstrap;

pub use authenticate::{AuthenticationError, authenticate};
pub use bootstrap::{Bootstrap, bootstrap};
