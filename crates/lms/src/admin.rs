//! What administrators ask and decide.

mod effects;
mod error;
mod explain_learner;
mod integrations;
mod person;
mod ports;
mod preview_cohorts;
mod preview_person;
mod read_rules;
mod save_rules;
mod search_learners;
mod summary;
mod waiting;
mod words;

pub use effects::{EffectEntry, EffectFilter, EffectLog, reason_in_words};
pub use error::RulesError;
pub use explain_learner::{
    AttributeExplanation, Author, Explanation, StatusExplanation, Writing, explain_learner,
};
pub use integrations::{
    DETACHMENT_COUNTED_UP_TO, Detachment, DetachmentCounts, HeardIntegration, Integrations, LearnerCounts,
};
pub use person::{MappingTrouble, NamedManager};
pub use ports::{NotedConflict, PendingRecheck, Remarks, RulesChange, RulesStore, RulesSummary, SavedRules};
pub use preview_cohorts::{
    CohortsPreview, GroupAction, GroupOutcome, GroupPreview, GroupTotals, preview_cohorts,
};
pub use preview_person::{AttributePreview, Becomes, PersonPreview, Who, preview_person};
pub use read_rules::{rules_in_force, rules_version, rules_versions};
pub use save_rules::{Proposal, require_attached, save_rules};
pub use search_learners::{FoundLearners, search_learners};
pub use summary::{BoundedCount, COUNTED_UP_TO, INACTIVE_COUNTED_UP_TO, LearnersSummary, LmsSummary};
pub use waiting::{WaitReason, Waiting};
