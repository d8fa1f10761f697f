use diesel::result::{DatabaseErrorKind, Error as DieselError};
use lms::StoreError;

use crate::error::{broken_rule, refused, unavailable, unforeseen_rule};

/// Tells what will repeat for ever from what may heal.
///
/// An answer that nobody foresaw is about the rows: it is refused, so that one event cannot hold up all behind it.
pub(crate) fn classify(error: DieselError) -> StoreError {
    if let Some(rule) = broken_rule(&error) {
        return refused(rule, error);
    }
    let DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) = &error else {
        return unavailable(error);
    };
    let message = information.message();
    if is_about_the_file(message) {
        return unavailable(error);
    }
    let rule = unforeseen_rule(message);
    refused(rule, error)
}

/// Whether SQLite complains of the file, the process or the tables, and not of the rows.
fn is_about_the_file(message: &str) -> bool {
    /// Texts of SQLite's result codes, and of a missing table or column. Its messages are in English everywhere.
    const TEXTS: [&str; 22] = [
        "is locked",
        "locking protocol",
        "disk I/O error",
        "database or disk is full",
        "attempt to write a readonly database",
        "unable to open database file",
        "database disk image is malformed",
        "file is not a database",
        "out of memory",
        "interrupted",
        "query aborted",
        "abort due to ROLLBACK",
        "access permission denied",
        "authorization denied",
        "not authorized",
        "database schema has changed",
        "bad parameter or other API misuse",
        "unknown operation",
        "within a transaction",
        "no transaction is active",
        "no such",
        "has no column named",
    ];
    TEXTS.iter().any(|text| message.contains(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(message: &str) -> StoreError {
        classify(DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned())))
    }

    #[test]
    fn an_answer_that_nobody_foresaw_is_refused() {
        for message in ["datatype mismatch", "malformed JSON", "integer overflow", "string or blob too big"] {
            assert!(matches!(answer(message), StoreError::Refused { .. }), "{message}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_worked_with_is_an_outage() {
        for message in [
            "database is locked",
            "disk I/O error",
            "database or disk is full",
            "attempt to write a readonly database",
            "database disk image is malformed",
            "no such table: lms_learner",
        ] {
            assert!(matches!(answer(message), StoreError::Unavailable(_)), "{message}");
        }
    }
}
