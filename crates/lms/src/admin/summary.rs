use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Up to this much is counted of what waits or went wrong.
pub const COUNTED_UP_TO: u32 = 1_000;

/// Up to this many inactive learners are counted.
pub const INACTIVE_COUNTED_UP_TO: u32 = 10_000;

/// How an integration is doing in the LMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LmsSummary {
    /// When the newest event was applied, be it that nothing had to be done.
    pub last_applied_at: Option<DateTime<Utc>>,
    /// Its learners.
    pub learners: LearnersSummary,
    /// Events that could not be applied.
    pub parked: BoundedCount,
    /// Deactivations that the mass-change guard holds, for somebody to decide.
    pub held: BoundedCount,
    /// Newcomers of whom nobody has said yet who they are.
    pub adoptions: BoundedCount,
    /// Resources that could not be decided anew.
    pub stuck: BoundedCount,
    /// Erasures that wait for another person.
    pub erasures: BoundedCount,
    /// Findings that hold.
    pub findings_open: BoundedCount,
    /// Disagreements of the last 24 hours between the directory and the LMS.
    pub conflicts_last_day: BoundedCount,
}

/// Learners by status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LearnersSummary {
    /// Those who are active; all are counted.
    pub active: u64,
    /// Those who are not.
    pub inactive: BoundedCount,
}

/// A number that is counted up to 1000; of inactive learners up to 10000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Count))]
pub struct BoundedCount {
    /// How many, or the bound.
    pub count: u32,
    /// Whether there are more.
    pub more: bool,
}

impl BoundedCount {
    /// Of what was counted up to one more than the bound.
    pub fn up_to(bound: u32, counted: u32) -> Self {
        Self { count: counted.min(bound), more: counted > bound }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_beyond_the_bound_is_the_bound_and_more() {
        for (counted, count, more) in [(0, 0, false), (1_000, 1_000, false), (1_001, 1_000, true)] {
            assert_eq!(BoundedCount::up_to(COUNTED_UP_TO, counted), BoundedCount { count, more });
        }
    }
}
