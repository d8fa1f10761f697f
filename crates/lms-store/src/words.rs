//! The words that stand in the tables for closed enumerations.

use std::error::Error;

use events::{Applied, Environment, SubjectKind};
use lms::{Attribute, CohortStatus, ConflictKind, DriftKind, HoldState, InactiveReason, Phase, Status};
use serde::Serialize;

/// A word in a table that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("the table holds the unknown {kind} {word:?}")]
pub(crate) struct UnknownWord {
    kind: &'static str,
    word: String,
}

fn look_up<T: Copy>(kind: &'static str, words: &[(T, &str)], word: &str) -> Result<T, UnknownWord> {
    let found = words.iter().find(|(_, candidate)| *candidate == word).map(|(value, _)| *value);
    found.ok_or_else(|| UnknownWord { kind, word: word.to_owned() })
}

pub(crate) fn read_status(word: &str) -> Result<Status, UnknownWord> {
    let all = [Status::Active, Status::Inactive, Status::Erased];
    look_up("status", &all.map(|status| (status, status.as_str())), word)
}

pub(crate) fn reason_word(reason: InactiveReason) -> &'static str {
    match reason {
        InactiveReason::SourceDisabled => "source_disabled",
        InactiveReason::SourceSoftDeleted => "source_soft_deleted",
        InactiveReason::SourceDeleted => "source_deleted",
        InactiveReason::OutOfScope => "out_of_scope",
        InactiveReason::Admin => "admin",
        InactiveReason::DirectoryDetached => "directory_detached",
    }
}

pub(crate) fn read_reason(word: &str) -> Result<InactiveReason, UnknownWord> {
    let all = [
        InactiveReason::SourceDisabled,
        InactiveReason::SourceSoftDeleted,
        InactiveReason::SourceDeleted,
        InactiveReason::OutOfScope,
        InactiveReason::Admin,
        InactiveReason::DirectoryDetached,
    ];
    look_up("inactive reason", &all.map(|reason| (reason, reason_word(reason))), word)
}

pub(crate) fn cohort_status_word(status: CohortStatus) -> &'static str {
    match status {
        CohortStatus::Active => "active",
        CohortStatus::Archived => "archived",
    }
}

pub(crate) fn read_cohort_status(word: &str) -> Result<CohortStatus, UnknownWord> {
    let all = [CohortStatus::Active, CohortStatus::Archived];
    look_up("cohort status", &all.map(|status| (status, cohort_status_word(status))), word)
}

pub(crate) fn read_environment(word: &str) -> Result<Environment, Box<dyn Error + Send + Sync>> {
    Ok(word.parse()?)
}

/// Outcomes of handled events; a parked event has a table of its own.
pub(crate) fn outcome_word(outcome: Applied) -> &'static str {
    match outcome {
        Applied::Executed => "executed",
        Applied::AlreadyApplied => "already_applied",
        Applied::Stale => "stale",
        Applied::Parked => "parked",
    }
}

pub(crate) fn phase_word(phase: Phase) -> &'static str {
    match phase {
        Phase::Current => "current",
        Phase::Deleted => "deleted",
        Phase::Superseded => "superseded",
    }
}

pub(crate) fn read_phase(word: &str) -> Result<Phase, UnknownWord> {
    let all = [Phase::Current, Phase::Deleted, Phase::Superseded];
    look_up("phase", &all.map(|phase| (phase, phase_word(phase))), word)
}

pub(crate) fn read_hold_state(word: &str) -> Result<HoldState, UnknownWord> {
    let all =
        [(HoldState::Open, "open"), (HoldState::Approved, "approved"), (HoldState::Rejected, "rejected")];
    look_up("state of a hold", &all, word)
}

pub(crate) fn hold_state_word(state: HoldState) -> &'static str {
    match state {
        HoldState::Open => "open",
        HoldState::Approved => "approved",
        HoldState::Rejected => "rejected",
    }
}

pub(crate) fn attribute_word(attribute: Attribute) -> String {
    word_of(attribute)
}

pub(crate) fn conflict_word(kind: ConflictKind) -> String {
    word_of(kind)
}

pub(crate) fn drift_word(kind: DriftKind) -> String {
    word_of(kind)
}

/// The word that the API has for it, too.
pub(crate) fn word_of(value: impl Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

/// Kinds of links.
pub(crate) fn kind_word(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::User => "user",
        SubjectKind::Group => "group",
        SubjectKind::Integration => "integration",
    }
}
