use crate::{IntegrationSlug, RuleError, RulesVersion, StoreError};

/// A request about rules, or about what they do to a person, was not answered.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// No event of it came yet.
    #[error("the LMS knows no such integration: it gets to know one by its first event")]
    UnknownIntegration,
    /// It follows no directory any more.
    #[error("the integration {} is detached: its rules decide nothing any more", .0.as_str())]
    Detached(IntegrationSlug),
    /// The integration never had it.
    #[error("the integration has no such version of its rules")]
    UnknownVersion,
    /// The integration has no such learner or SCIM user.
    #[error("the integration has no such person")]
    UnknownPerson,
    /// There is nothing to try rules on.
    #[error(
        "nothing that the directory said of the person is kept: they were erased, or are another SCIM user now"
    )]
    NothingKept,
    /// Somebody else saved rules meanwhile.
    #[error("version {} of the rules is in force, not the one that was named", present.0)]
    Outdated {
        /// The version in force.
        present: RulesVersion,
    },
    /// The rules are wrong.
    #[error("the rules cannot be used")]
    Invalid(Vec<RuleError>),
    /// The database did not do it.
    #[error("the store failed")]
    Store(#[from] StoreError),
}
