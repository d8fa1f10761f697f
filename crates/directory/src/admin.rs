//! What administrators do with integrations and tokens.

mod authenticate;
mod bootstrap;
mod configure;

pub use authenticate::{AuthenticationError, authenticate};
pub use bootstrap::{Bootstrap, bootstrap};
pub use configure::{ConfigureError, integration, put_user_extension, set_profile};
