//! Committing changes: one immediate transaction, and only one at a time.

mod groups;
mod lookups;
mod members;
mod record;
mod users;

use diesel::Connection;
use diesel::sqlite::SqliteConnection;
use directory::{Change, CommitError, Committed, Mutation};

use super::error::Failure;

/// Makes the change, tells of it in the event log and notes it in the provisioning log.
pub(super) fn commit(connection: &mut SqliteConnection, change: &Change) -> Result<Committed, Failure> {
    connection.immediate_transaction(|connection| apply(connection, change))
}

/// Makes changes, one after the other, in one transaction. What stands against one of them costs the others nothing.
///
/// Fails where the store does, and nothing was changed then unless it says that the outcome is unknown.
pub(super) fn commit_all(
    connection: &mut SqliteConnection,
    changes: &[Change],
) -> Result<Vec<Result<Committed, CommitError>>, Failure> {
    connection.immediate_transaction(|connection| {
        let outcomes = changes.iter().map(|change| {
            // A savepoint.
            let outcome = connection.transaction(|connection| apply(connection, change));
            match outcome.map_err(CommitError::from) {
                Err(CommitError::Store(error)) => Err(Failure::Refused(error.into())),
                outcome => Ok(outcome),
            }
        });
        outcomes.collect()
    })
}

fn apply(connection: &mut SqliteConnection, change: &Change) -> Result<Committed, Failure> {
    match &change.mutation {
        Mutation::CreateUser { record, keys } => users::create(connection, change, record, keys),
        Mutation::ReplaceUser { record, expected, keys } => {
            users::replace(connection, change, record, *expected, keys)
        }
        Mutation::DeleteUser { id, expected, keys } => {
            users::delete(connection, change, *id, *expected, keys)
        }
        Mutation::CreateGroup { record, members } => groups::create(connection, change, record, members),
        Mutation::ReplaceGroup { record, expected, members } => {
            groups::replace(connection, change, record, *expected, members)
        }
        Mutation::EditMembers { id, expected, members } => {
            groups::edit_members(connection, change, *id, *expected, members)
        }
        Mutation::DeleteGroup { id, expected } => groups::delete(connection, change, *id, *expected),
    }
}
