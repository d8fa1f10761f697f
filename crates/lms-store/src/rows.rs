//! The rows of the tables, the same for both databases: read and written as JSON by column name.

mod cohort;
mod commit;
mod integration;
mod learner;
mod link;
mod membership;
mod parked;
mod supplement;

use serde::{Deserialize, Deserializer};

pub(crate) use cohort::{CohortRow, MemberRow, SizeRow, cohort_views, sized_cohorts};
pub(crate) use commit::{CommitRows, Transaction};
pub(crate) use integration::{IntegrationRow, RegistrationRow};
pub(crate) use learner::{LearnerRow, TrainingRecordRow, learner_views};
pub(crate) use link::{LinkKeyRow, LinkRow};
pub(crate) use membership::{EdgeReadRow, RangeRow};
pub(crate) use parked::ParkedMessageRow;
pub(crate) use supplement::{CandidateRow, ManagerRow, NewcomerRow, in_order};

/// A truth value, which SQLite tells as a number.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Flag {
        Truth(bool),
        Number(i64),
    }
    Ok(match Flag::deserialize(deserializer)? {
        Flag::Truth(truth) => truth,
        Flag::Number(number) => number != 0,
    })
}
