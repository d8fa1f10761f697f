#![doc = include_str!("../README.md")]

mod attribute;
mod braces;
mod change;
mod cohort;
mod cohort_rules;
mod decide;
mod edge;
mod error;
mod fold;
mod group_event;
mod ids;
mod incoming;
mod learner;
mod lifecycle;
mod link;
mod mapping;
mod overwrite;
mod ownership;
mod ports;
mod profile;
mod register;
mod rule_error;
mod sync;
mod text;
mod user_event;
mod views;
mod working_set;

pub use attribute::Attribute;
pub use change::{Change, HandledEvent, LinkWrite, ParkedEvent, Write};
pub use cohort::{Cohort, CohortStatus};
pub use cohort_rules::{
    CohortAction, CohortPlan, CohortRule, CohortRules, FoldedText, GroupFacts, GroupMatch, NameTemplate,
    NameTemplateError, OnLeave, Pattern, PatternError, Role,
};
pub use edge::{Edge, EdgeKey};
pub use error::{ParkReason, StoreError};
pub use fold::fold;
pub use ids::{CohortId, IntegrationSlug, LearnerId, PortalId, ScimId};
pub use learner::Learner;
pub use lifecycle::{InactiveReason, Lifecycle, Status};
pub use link::{GroupLink, Link, ResourceKey, UserLink};
pub use mapping::{
    AttributeMapping, Lookup, Mapped, Mapping, MappingFinding, MappingProblem, Otherwise, SourcePath,
    SourcePathError, SourceUser, Template, TemplateError, Transform,
};
pub use ownership::{Mode, OnClear, Ownership, Rule};
pub use ports::{
    Footprint, KnownIntegration, LmsReader, LmsStore, Page, Registration, RowVersion, Snapshot, Stored,
};
pub use profile::Profile;
pub use rule_error::RuleError;
pub use sync::DirectorySync;
pub use views::{CohortView, LearnerView, TrainingRecord};
