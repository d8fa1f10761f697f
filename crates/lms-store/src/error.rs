use diesel::result::{DatabaseErrorKind, Error as DieselError};
use lms::StoreError;

/// A store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address of the database is malformed.
    #[error("the address of the database is malformed")]
    Address(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No connection came about, or the database answered with an error.
    #[error("the LMS database cannot be opened")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The tables could not be brought to this version.
    #[error("the migrations of the LMS database failed")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The service would be able to destroy what it must not.
    #[error("the database role may {0}, which user-sync must not be able to do")]
    TooPowerful(&'static str),
}

/// Why a transaction ended without a commit.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransactionError {
    #[error("the state changed in the meantime")]
    Clash,
    #[error(transparent)]
    Database(#[from] DieselError),
}

impl From<TransactionError> for StoreError {
    fn from(error: TransactionError) -> Self {
        match error {
            TransactionError::Clash => Self::Clash,
            TransactionError::Database(error) => classify(error),
        }
    }
}

/// Tells a broken rule, which repeats, from an outage, which may heal. What is not known as a broken rule is an outage.
pub(crate) fn classify(error: DieselError) -> StoreError {
    let DieselError::DatabaseError(kind, information) = &error else {
        return StoreError::Unavailable(Box::new(error));
    };
    match kind {
        DatabaseErrorKind::UniqueViolation
        | DatabaseErrorKind::ForeignKeyViolation
        | DatabaseErrorKind::NotNullViolation
        | DatabaseErrorKind::CheckViolation
        | DatabaseErrorKind::RestrictViolation
        | DatabaseErrorKind::ExclusionViolation => {
            // SQLite names the constraint in the message only.
            let name = information.constraint_name().unwrap_or_else(|| information.message());
            StoreError::Refused { rule: describe_rule(name), source: Box::new(error) }
        }
        _ => StoreError::Unavailable(Box::new(error)),
    }
}

fn describe_rule(constraint: &str) -> String {
    let rules = [
        ("learner_portal_active_login", "another active learner of the portal holds the login"),
        ("source_object_id", "another learner or cohort of the integration holds the external id"),
        ("learner_active_has_login", "an active learner must have a login"),
        ("cohort_portal_slug", "another cohort of the portal holds the slug"),
    ];
    let known = rules.iter().find(|(name, _)| constraint.contains(name)).map(|(_, words)| *words);
    known.map_or_else(|| format!("the rule {constraint} of the database"), str::to_owned)
}

/// An outage that did not come from a query.
pub(crate) fn unavailable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Unavailable(error.into())
}
