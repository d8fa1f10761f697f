#![doc = include_str!("../README.md")]

pub mod admin;
mod attribute;
mod braces;
mod candidate;
pub mod casework;
mod cause;
mod change;
mod cohort;
mod cohort_rules;
mod decide;
mod digest;
mod drift;
mod edge;
mod effect;
mod error;
mod fold;
mod given_up;
mod group_event;
mod guard;
mod guard_state;
mod ids;
mod incoming;
mod integration_state;
mod learner;
mod learner_search;
mod lifecycle;
mod link;
mod mapping;
#[cfg(feature = "openapi")]
mod openapi;
mod overwrite;
mod ownership;
mod ports;
mod profile;
mod provenance;
mod question;
mod register;
mod rule_error;
mod rules;
mod settle_group;
mod settle_user;
mod snapshot_event;
mod sync;
mod task;
mod text;
mod user_event;
mod views;
mod working_set;

pub use attribute::Attribute;
pub use candidate::{Candidate, Likeness, Newcomer};
pub use cause::Cause;
pub use change::{
    Change, ComparedChunk, Conflict, EndedRun, HandledEvent, LinkWrite, OpenedHold, ParkedEvent, Recheck,
    Write,
};
pub use cohort::{Cohort, CohortStatus};
pub use cohort_rules::{
    CohortAction, CohortPlan, CohortRule, CohortRules, FoldedText, GroupFacts, GroupMatch, NameTemplate,
    NameTemplateError, OnLeave, Pattern, PatternError, Role,
};
pub use digest::Digest;
pub use drift::{Drift, DriftKind, DriftListener};
pub use edge::{Edge, EdgeKey};
pub use effect::{Effect, EffectKind, EffectOutcome, EffectReason, Field, Occasion};
pub use error::{ParkReason, StoreError};
pub use fold::fold;
pub use given_up::GivenUpEvents;
pub use guard::Guard;
pub use ids::{CohortId, HoldId, IntegrationSlug, LearnerId, PortalId, RulesVersion, ScimId};
pub use integration_state::{IntegrationState, KnownState};
pub use learner::Learner;
pub use learner_search::{
    LONGEST_SOUGHT, LearnerSearch, MatchPosition, NoPosition, NothingSought, SearchKeys,
};
pub use lifecycle::{InactiveReason, Lifecycle, Status};
pub use link::{GroupLink, HoldState, Link, Phase, ResourceKey, Source, UserLink, Wait};
pub use mapping::{
    AttributeMapping, Lookup, Mapped, Mapping, MappingFinding, MappingProblem, Otherwise, SourcePath,
    SourcePathError, SourceUser, Template, TemplateError, Transform,
};
pub use overwrite::{Act, ConflictKind, Contact, Decision, Facts, decide_attribute};
pub use ownership::{Mode, OnClear, Ownership, Rule};
pub use ports::{
    Footprint, IdRange, Inbox, KnownIntegration, LearnerMatch, LmsReader, LmsStore, Narrowed, Page, Question,
    Range, Registration, RowVersion, Snapshot, Stored, StoredEdge, Supplement, Waiting, WaitingCounts,
};
pub use profile::Profile;
pub use provenance::{Origin, Provenance, SetBy, StatusOrigin};
pub use rule_error::RuleError;
pub use rules::{Adoption, Rules, VersionedRules};
pub use sync::DirectorySync;
pub use views::{CohortSize, CohortView, LearnerCohort, LearnerView, TrainingRecord};
