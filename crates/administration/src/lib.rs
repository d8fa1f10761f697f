#![doc = include_str!("../README.md")]

mod act;
mod administrator;
mod audit_log;
mod differences;
mod grants;

pub use act::{Act, ActOutcome, RecordedAct};
pub use administrator::{Administrator, NotAllowed};
pub use audit_log::{AuditError, AuditLog};
pub use differences::{Difference, differences};
pub use grants::{Grants, LONGEST_PORTAL, Role, is_portal};
