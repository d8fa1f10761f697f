//! Committing a change: one immediate transaction, and only one at a time.

mod groups;
mod lookups;
mod members;
mod record;
mod users;

use diesel::sqlite::SqliteConnection;
use directory::{Change, Committed, Mutation};

use super::error::Failure;

/// Makes the change, tells of it in the event log and notes it in the provisioning log.
pub(super) fn commit(connection: &mut SqliteConnection, change: &Change) -> Result<Committed, Failure> {
    connection.immediate_transaction(|connection| match &change.mutation {
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
    })
}
