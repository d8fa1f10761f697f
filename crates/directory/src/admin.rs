//! What administrators do with integrations and tokens.

mod authenticate;
mod bootstrap;
mod configure;
mod read_snapshot;
mod request_snapshot;

pub use authenticate::{AuthenticationError, authenticate};
pub use bootstrap::{Bootstrap, bootstrap};
pub use configure::{ConfigureError, integration, put_user_extension, set_profile};
pub use read_snapshot::{last_snapshots, snapshot};
pub use request_snapshot::{SnapshotError, request_due_snapshots, request_snapshot};
