use diesel::result::{DatabaseErrorKind, Error};

/// Why a statement failed although nothing is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Two transactions stood in each other's way; the same one may pass when repeated at once.
    Repeat,
    /// The server is away, busy, full or takes no writes, or the wait was too long. It may heal.
    Away,
}

/// Tells trouble that passes by itself from everything else, which is the store's to judge.
pub fn trouble(error: &Error) -> Option<Trouble> {
    match error {
        Error::DatabaseError(kind, information) => match kind {
            DatabaseErrorKind::SerializationFailure => Some(Trouble::Repeat),
            DatabaseErrorKind::ReadOnlyTransaction
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::ClosedConnection => Some(Trouble::Away),
            _ => by_message(information.message()),
        },
        Error::BrokenTransactionManager => Some(Trouble::Away),
        _ => None,
    }
}

/// The driver passes on the SQLSTATE of a few errors only; the others are known by their English text.
fn by_message(message: &str) -> Option<Trouble> {
    /// 53100, 53200, 53300, 55P03, 57014, 57P01, 57P02, 57P03, 57P05 and 25P03.
    const BUSY_OR_AWAY: [&str; 10] = [
        "No space left on device",
        "out of memory",
        "out of shared memory",
        "too many clients already",
        "too many connections for",
        "remaining connection slots are reserved",
        "canceling statement due to",
        "terminating connection",
        "the database system is",
        "connection to client lost",
    ];
    if message == "deadlock detected" {
        return Some(Trouble::Repeat);
    }
    BUSY_OR_AWAY.iter().any(|text| message.contains(text)).then_some(Trouble::Away)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(message: &str) -> Error {
        of_kind(DatabaseErrorKind::Unknown, message)
    }

    fn of_kind(kind: DatabaseErrorKind, message: &str) -> Error {
        Error::DatabaseError(kind, Box::new(message.to_owned()))
    }

    #[test]
    fn a_server_that_goes_away_is_away() {
        for message in [
            "terminating connection due to administrator command",
            "the database system is shutting down",
            "canceling statement due to lock timeout",
            "could not extend file \"base/5/1\": No space left on device",
        ] {
            assert_eq!(trouble(&answer(message)), Some(Trouble::Away), "{message}");
        }
    }

    #[test]
    fn a_connection_that_broke_and_a_server_that_takes_no_writes_are_away() {
        for kind in [
            DatabaseErrorKind::UnableToSendCommand,
            DatabaseErrorKind::ClosedConnection,
            DatabaseErrorKind::ReadOnlyTransaction,
        ] {
            assert_eq!(trouble(&of_kind(kind, "whatever")), Some(Trouble::Away));
        }
        assert_eq!(trouble(&Error::BrokenTransactionManager), Some(Trouble::Away));
    }

    #[test]
    fn transactions_in_each_others_way_are_repeated() {
        assert_eq!(trouble(&answer("deadlock detected")), Some(Trouble::Repeat));
        let serialization = of_kind(DatabaseErrorKind::SerializationFailure, "could not serialize access");
        assert_eq!(trouble(&serialization), Some(Trouble::Repeat));
    }

    #[test]
    fn a_fault_is_no_trouble() {
        assert_eq!(trouble(&answer("relation \"directory.scim_user\" does not exist")), None);
        assert_eq!(trouble(&of_kind(DatabaseErrorKind::UniqueViolation, "duplicate key value")), None);
        assert_eq!(trouble(&Error::NotFound), None);
    }
}
