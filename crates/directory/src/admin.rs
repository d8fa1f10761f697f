//! What administrators do with integrations and credentials.

mod bootstrap;
mod configure;
mod create_integration;
mod error;
mod idempotency_key;
mod integration_event;
mod issue_credential;
mod promote;
mod read_snapshot;
mod request_snapshot;
mod revoke_credential;
mod rotate_credential;

pub use bootstrap::bootstrap;
pub use configure::{integration, put_user_extension, set_profile, set_settings, set_state};
pub use create_integration::{NewIntegration, create_integration, preview_integration};
pub use error::ConfigureError;
pub use idempotency_key::{IdempotencyKey, InvalidIdempotencyKey};
pub use issue_credential::{Issued, NewCredential, NewProof, issue_credential};
pub use promote::{Promoted, Promotion, comparison, promote};
pub use read_snapshot::{last_snapshots, snapshot};
pub use request_snapshot::{SnapshotError, request_due_snapshots, request_snapshot};
pub use revoke_credential::{Retirement, retire_credential, retirement, revoke_credential};
pub use rotate_credential::{Successor, rotate_credential};
