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

impl TransactionError {
    /// What it means for the caller, by the judgement of the back end.
    pub(crate) fn into_store_error(self, classify: fn(DieselError) -> StoreError) -> StoreError {
        match self {
            Self::Clash => StoreError::Clash,
            Self::Database(error) => classify(error),
        }
    }
}

/// The rule of the tables that the rows break, in words; `None` when the error is of another kind.
pub(crate) fn broken_rule(error: &DieselError) -> Option<String> {
    let DieselError::DatabaseError(kind, information) = error else {
        return None;
    };
    match kind {
        DatabaseErrorKind::UniqueViolation
        | DatabaseErrorKind::ForeignKeyViolation
        | DatabaseErrorKind::NotNullViolation
        | DatabaseErrorKind::CheckViolation
        | DatabaseErrorKind::RestrictViolation
        | DatabaseErrorKind::ExclusionViolation => {
            // SQLite names the constraint in the message only.
            Some(describe_rule(information.constraint_name().unwrap_or_else(|| information.message())))
        }
        _ => None,
    }
}

fn describe_rule(constraint: &str) -> String {
    let rules = [
        ("learner_portal_active_login", "another active learner of the portal holds the login"),
        // SQLite names the columns instead of the index.
        ("login_folded", "another active learner of the portal holds the login"),
        ("source_object_id", "another learner or cohort of the integration holds the external id"),
        ("learner_active_has_login", "an active learner must have a login"),
        ("cohort_portal_slug", "another cohort of the portal holds the slug"),
    ];
    let known = rules.iter().find(|(name, _)| constraint.contains(name)).map(|(_, words)| *words);
    known.map_or_else(|| format!("the rule {constraint} of the database"), str::to_owned)
}

/// Words for an error that nobody foresaw. Databases quote the values that they complain of, which may name a person:
/// everything from the first quotation mark to the last is left out.
pub(crate) fn unforeseen_rule(message: &str) -> String {
    let Some((before, rest)) = message.split_once('"') else {
        return format!("the database answered: {message}");
    };
    let after = rest.rsplit_once('"').map_or("", |(_, after)| after);
    format!("the database answered: {before}\"…\"{after}")
}

/// The rows cannot be written, now or later.
pub(crate) fn refused(rule: String, error: DieselError) -> StoreError {
    StoreError::Refused { rule, source: Box::new(error) }
}

/// A row that this program cannot read: somebody wrote it by hand. Whatever is about it has to wait, and nothing else.
pub(crate) fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Refused { rule: "a row of the LMS database cannot be read".to_owned(), source: error.into() }
}

/// An outage that did not come from a query.
pub(crate) fn unavailable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Unavailable(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_for_an_unforeseen_error_leave_out_what_is_quoted() {
        for (message, words) in [
            (
                "value too long for type character varying(10)",
                "the database answered: value too long for type character varying(10)",
            ),
            ("value \"ana\" of \"b\" is out of range", "the database answered: value \"…\" is out of range"),
            ("an odd \"mark", "the database answered: an odd \"…\""),
        ] {
            assert_eq!(unforeseen_rule(message), words);
        }
    }
}
