//! What an error of SQLite means for the caller.

use diesel::result::{DatabaseErrorKind, Error};
use directory::{CommitError, StoreError, UniqueAttribute};

use crate::row::RowError;

/// Why a call of the store failed.
#[derive(Debug)]
pub(super) enum Failure {
    Refused(CommitError),
    Query(Error),
    Row(RowError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Query(error)
    }
}

impl From<RowError> for Failure {
    fn from(error: RowError) -> Self {
        Self::Row(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Refused(StoreError::Unexpected(Box::new(error)).into())
    }
}

impl From<Failure> for CommitError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refused) => refused,
            Failure::Row(error) => Self::Store(error.into()),
            Failure::Query(error) => match taken(&error) {
                Some(attribute) => Self::Taken(attribute),
                None => Self::Store(store_error(error)),
            },
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refused) => Self::Unexpected(Box::new(refused)),
            Failure::Row(error) => error.into(),
            Failure::Query(error) => store_error(error),
        }
    }
}

/// SQLite names the columns of a violated index and not the index.
fn taken(error: &Error) -> Option<UniqueAttribute> {
    let Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information) = error else {
        return None;
    };
    let columns = information.message();
    if columns.contains("scim_user.user_name_folded") {
        return Some(UniqueAttribute::UserName);
    }
    if columns.contains("scim_group.display_name_folded") {
        return Some(UniqueAttribute::DisplayName);
    }
    columns.contains(".external_id").then_some(UniqueAttribute::ExternalId)
}

pub(super) fn store_error(error: Error) -> StoreError {
    /// Locked by another process, full, or not to be written; or SQLite ended the transaction by itself, which it does for
    /// such reasons, and diesel tells of its vain attempt to end it too.
    const BUSY_OR_AWAY: [&str; 5] = [
        "is locked",
        "is full",
        "readonly database",
        "unable to open database file",
        "no transaction is active",
    ];
    let message = error.to_string();
    // Nobody knows how far the commit came when the disk failed, or when the work ended before it answered.
    let outcome_unknown =
        message.contains("disk I/O error") || is_of_kind(&error, DatabaseErrorKind::ClosedConnection);
    let given_up = matches!(error, Error::BrokenTransactionManager);
    if outcome_unknown || given_up || BUSY_OR_AWAY.iter().any(|text| message.contains(text)) {
        return StoreError::Unavailable { outcome_unknown, source: Box::new(error) };
    }
    StoreError::Unexpected(Box::new(error))
}

fn is_of_kind(error: &Error, wanted: DatabaseErrorKind) -> bool {
    match error {
        Error::DatabaseError(kind, _) => std::mem::discriminant(kind) == std::mem::discriminant(&wanted),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_heals_and_a_missing_table_does_not() {
        let error =
            |message: &str| Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()));
        let full = store_error(error("database or disk is full"));
        assert!(matches!(full, StoreError::Unavailable { outcome_unknown: false, .. }), "{full:?}");
        let missing = store_error(error("no such table: scim_user"));
        assert!(matches!(missing, StoreError::Unexpected(_)), "{missing:?}");
    }
}
