use diesel::result::Error as DieselError;
use lms::StoreError;
use postgres_pool::{PoolError, trouble};

use crate::OpenError;
use crate::error::{broken_rule, refused, unavailable, unforeseen_rule};

/// Tells what will repeat for ever from what may heal.
///
/// An answer that nobody foresaw is about the rows: it is refused, so that one event cannot hold up all behind it.
pub(crate) fn classify(error: DieselError) -> StoreError {
    if let Some(rule) = broken_rule(&error) {
        return refused(rule, error);
    }
    let DieselError::DatabaseError(_, information) = &error else {
        return unavailable(error);
    };
    let message = information.message();
    if trouble(&error).is_some() || is_fault_of_the_installation(message) {
        return unavailable(error);
    }
    let rule = unforeseen_rule(message);
    refused(rule, error)
}

/// Whether an administrator has to act before any event can be applied: tables of another version, a missing privilege,
/// a disk that fails.
fn is_fault_of_the_installation(message: &str) -> bool {
    /// Class 42, 26000, 0A000 (a plan older than a migration), 25P02, 428C9, class 58, 53400 and XX001.
    const TEXTS: [&str; 20] = [
        "does not exist",
        "permission denied",
        "must be owner of",
        "syntax error at",
        "syntax error in",
        "is ambiguous",
        "is not unique",
        "but expression is of type",
        "no unique or exclusion constraint matching",
        "has no field",
        "cached plan must not change result type",
        "current transaction is aborted",
        "cannot insert a non-DEFAULT value into column",
        "can only be updated to DEFAULT",
        "could not open",
        "could not read",
        "could not write",
        "could not fsync",
        "temporary file size exceeds",
        "invalid page in block",
    ];
    TEXTS.iter().any(|text| message.contains(text))
}

impl From<PoolError> for OpenError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Address(cause) => Self::Address(cause),
            PoolError::Away(cause) => Self::Database(cause),
            PoolError::Refused { .. } | PoolError::Unexpected(_) | PoolError::Schema(_) => {
                Self::Database(Box::new(error))
            }
            PoolError::Migration(cause) => Self::Migration(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::result::DatabaseErrorKind;

    use super::*;

    fn answer(kind: DatabaseErrorKind, message: &str) -> StoreError {
        classify(DieselError::DatabaseError(kind, Box::new(message.to_owned())))
    }

    #[test]
    fn an_answer_that_nobody_foresaw_is_refused() {
        for message in [
            "value too long for type character varying(10)",
            "numeric field overflow",
            "invalid input syntax for type json",
            "invalid byte sequence for encoding \"UTF8\": 0x00",
            "index row size 2712 exceeds btree version 4 maximum 2704 for index \"learner_page\"",
            "the trigger of the LMS does not like it",
        ] {
            let classified = answer(DatabaseErrorKind::Unknown, message);
            assert!(matches!(classified, StoreError::Refused { .. }), "{message}: {classified:?}");
        }
    }

    #[test]
    fn a_fault_of_the_installation_is_an_outage() {
        for message in [
            "relation \"lms.learner\" does not exist",
            "column \"phone\" of relation \"learner\" does not exist",
            "permission denied for table learner",
            "must be owner of table learner",
            "cached plan must not change result type",
            "could not read block 7 in file \"base/5/1\": Input/output error",
        ] {
            let classified = answer(DatabaseErrorKind::Unknown, message);
            assert!(matches!(classified, StoreError::Unavailable(_)), "{message}: {classified:?}");
        }
    }

    #[test]
    fn trouble_and_a_broken_connection_are_outages() {
        for classified in [
            answer(DatabaseErrorKind::Unknown, "deadlock detected"),
            answer(DatabaseErrorKind::Unknown, "canceling statement due to statement timeout"),
            answer(DatabaseErrorKind::SerializationFailure, "could not serialize access"),
            answer(
                DatabaseErrorKind::ReadOnlyTransaction,
                "cannot execute INSERT in a read-only transaction",
            ),
            answer(DatabaseErrorKind::UnableToSendCommand, "connection closed"),
            classify(DieselError::BrokenTransactionManager),
            classify(DieselError::NotFound),
        ] {
            assert!(matches!(classified, StoreError::Unavailable(_)), "{classified:?}");
        }
    }

    #[test]
    fn a_broken_rule_is_refused_in_words() {
        let classified = answer(DatabaseErrorKind::UniqueViolation, "learner_portal_active_login");
        let StoreError::Refused { rule, .. } = classified else { panic!("{classified:?}") };
        assert_eq!(rule, "another active learner of the portal holds the login");
    }
}
