//! The one clock.

use chrono::{DateTime, Utc};

/// The time now.
#[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
