//! The rows of the tables, the same for both back ends: read by position, written as JSON by column name.

mod cohort;
mod commit;
mod learner;
mod link;
mod parked;
mod snapshot;

pub(crate) use cohort::{CohortRow, MemberRow, cohort_views};
pub(crate) use commit::{CommitRows, Transaction};
pub(crate) use learner::{
    LEARNER_IDENTITY, LEARNER_WRITTEN, LearnerRow, ManagerRow, TrainingRecordRow, learner_views,
};
pub(crate) use link::{IntegrationRow, LinkRow};
pub(crate) use parked::ParkedMessageRow;
pub(crate) use snapshot::SnapshotRows;
