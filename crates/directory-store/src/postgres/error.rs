//! What an error of PostgreSQL means for the caller.

use diesel::result::{DatabaseErrorKind, Error};
use directory::{CommitError, StoreError, UniqueAttribute};
use postgres_pool::{PoolError, Trouble, trouble};

use crate::row::RowError;

/// What to do about a failed statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The constraint keeps this attribute unique.
    Taken(UniqueAttribute),
    /// Two transactions stood in each other's way; the same one may pass when repeated at once.
    Repeat,
    /// The server is away, busy or full.
    Unavailable,
    /// A fault of ours.
    Unexpected,
}

/// How a commit ended early.
#[derive(Debug)]
pub(super) enum Failure {
    /// By a decision of the store.
    Refused(CommitError),
    /// By a statement, so that nothing was changed.
    Statement(Error),
    /// While the server committed, so that nobody knows.
    Commit(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Statement(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Refused(StoreError::Unexpected(Box::new(error)).into())
    }
}

impl Failure {
    /// Whether it is certain that nothing was changed.
    pub(super) fn is_certain(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Statement(_) => true,
            Self::Commit(error) => is_answer_to_the_statement(error),
        }
    }

    /// Whether the server is away, busy or full, or kept a lock from us: what comes next will hardly fare better.
    pub(super) fn is_away(&self) -> bool {
        match self {
            Self::Refused(_) => false,
            Self::Statement(error) | Self::Commit(error) => verdict(error) == Verdict::Unavailable,
        }
    }

    /// Whether somebody held what it needed for longer than it may wait.
    pub(super) fn is_for_a_lock(&self) -> bool {
        match self {
            Self::Refused(_) => false,
            Self::Statement(error) | Self::Commit(error) => error.to_string().contains("due to lock timeout"),
        }
    }

    pub(super) fn may_pass_when_repeated(&self) -> bool {
        match self {
            Self::Refused(_) => false,
            Self::Statement(error) | Self::Commit(error) => verdict(error) == Verdict::Repeat,
        }
    }
}

impl From<Failure> for CommitError {
    fn from(failure: Failure) -> Self {
        let outcome_unknown = !failure.is_certain();
        let error = match failure {
            Failure::Refused(refused) => return refused,
            Failure::Statement(error) | Failure::Commit(error) => error,
        };
        match verdict(&error) {
            Verdict::Taken(attribute) => Self::Taken(attribute),
            Verdict::Repeat | Verdict::Unavailable => {
                Self::Store(StoreError::Unavailable { outcome_unknown, source: Box::new(error) })
            }
            Verdict::Unexpected => Self::Store(StoreError::Unexpected(Box::new(error))),
        }
    }
}

/// Why a call that changes no resource failed.
#[derive(Debug)]
pub(super) enum QueryFailure {
    Query(Error),
    Row(RowError),
}

impl From<Error> for QueryFailure {
    fn from(error: Error) -> Self {
        Self::Query(error)
    }
}

impl From<RowError> for QueryFailure {
    fn from(error: RowError) -> Self {
        Self::Row(error)
    }
}

impl From<QueryFailure> for StoreError {
    fn from(failure: QueryFailure) -> Self {
        let error = match failure {
            QueryFailure::Row(error) => return error.into(),
            QueryFailure::Query(error) => error,
        };
        match verdict(&error) {
            Verdict::Repeat | Verdict::Unavailable => unavailable(error),
            Verdict::Taken(_) | Verdict::Unexpected => Self::Unexpected(Box::new(error)),
        }
    }
}

impl QueryFailure {
    /// Whether the server gave the statement up because it took longer than it may.
    pub(super) fn is_timeout(&self) -> bool {
        match self {
            Self::Query(error) => error.to_string().contains("due to statement timeout"),
            Self::Row(_) => false,
        }
    }

    /// Whether it may be for what was asked, and not for the server that was.
    pub(super) fn is_of_the_question(&self) -> bool {
        match self {
            Self::Query(error) => self.is_timeout() || verdict(error) == Verdict::Unexpected,
            Self::Row(_) => true,
        }
    }
}

pub(super) fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unavailable { outcome_unknown: false, source: Box::new(error) }
}

/// There is no connection, or no schema of this version.
pub(super) fn pool_error(error: PoolError) -> StoreError {
    match error {
        PoolError::Away(_) => unavailable(error),
        PoolError::Address(_)
        | PoolError::Refused { .. }
        | PoolError::Unexpected(_)
        | PoolError::Schema(_)
        | PoolError::Migration(_) => StoreError::Unexpected(Box::new(error)),
    }
}

pub(super) fn verdict(error: &Error) -> Verdict {
    if let Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information) = error {
        return taken(information.constraint_name());
    }
    match trouble(error) {
        Some(Trouble::Repeat) => Verdict::Repeat,
        Some(Trouble::Away) => Verdict::Unavailable,
        None => Verdict::Unexpected,
    }
}

fn taken(constraint: Option<&str>) -> Verdict {
    match constraint {
        Some("scim_user_user_name") => Verdict::Taken(UniqueAttribute::UserName),
        Some("scim_group_display_name") => Verdict::Taken(UniqueAttribute::DisplayName),
        Some("scim_user_external_id" | "scim_group_external_id") => {
            Verdict::Taken(UniqueAttribute::ExternalId)
        }
        _ => Verdict::Unexpected,
    }
}

/// Whether the server refused in words, which it does only before a commit.
fn is_answer_to_the_statement(error: &Error) -> bool {
    match error {
        Error::DatabaseError(
            DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection,
            _,
        ) => false,
        // The end of a session may come between the commit and its answer.
        Error::DatabaseError(_, information) => !information.message().starts_with("terminating connection"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: DatabaseErrorKind, message: &str) -> Error {
        Error::DatabaseError(kind, Box::new(message.to_owned()))
    }

    #[test]
    fn trouble_that_passes_is_told_from_a_fault_of_ours() {
        for (message, expected) in [
            ("the database system is shutting down", Verdict::Unavailable),
            ("deadlock detected", Verdict::Repeat),
            ("relation \"directory.scim_user\" does not exist", Verdict::Unexpected),
        ] {
            assert_eq!(verdict(&error(DatabaseErrorKind::Unknown, message)), expected, "{message}");
        }
    }

    #[test]
    fn only_a_connection_that_broke_leaves_the_outcome_unknown() {
        let outcome = |failure: Failure| match CommitError::from(failure) {
            CommitError::Store(StoreError::Unavailable { outcome_unknown, .. }) => Some(outcome_unknown),
            _ => None,
        };
        let broke = || error(DatabaseErrorKind::UnableToSendCommand, "connection closed");
        let refused = || error(DatabaseErrorKind::Unknown, "canceling statement due to lock timeout");
        assert_eq!(outcome(Failure::Commit(broke())), Some(true));
        assert_eq!(outcome(Failure::Commit(refused())), Some(false));
        assert_eq!(outcome(Failure::Statement(broke())), Some(false));
    }
}
