//! Committing a change: one transaction, one aggregate row locked before anything else.

mod groups;
mod lookups;
mod members;
mod recorded;
mod refusal;
mod users;

use diesel_async::{AnsiTransactionManager, AsyncPgConnection, TransactionManager};
use directory::{Change, Committed, MemberChange, Mutation};

use super::error::Failure;

/// Repetitions of a transaction that another one stood in the way of.
pub(super) const REPETITIONS: u32 = 3;

/// Makes the change, tells of it in the event log and notes it in the provisioning log.
///
/// What is one statement by itself is sent as that, and the server commits it: one round trip. Such a statement must
/// be read to its end, because rows arrive before the commit.
pub(super) async fn commit(
    connection: &mut AsyncPgConnection,
    change: &Change,
) -> Result<Committed, Failure> {
    match &change.mutation {
        Mutation::CreateUser { record, keys } => users::create(connection, change, record, keys).await,
        Mutation::ReplaceUser { record, expected, keys } => {
            users::replace(connection, change, record, *expected, keys).await
        }
        Mutation::CreateGroup { record, members } if members.is_empty() => {
            groups::create(connection, change, record).await
        }
        Mutation::ReplaceGroup { record, expected, members: MemberChange::Keep } => {
            groups::replace(connection, change, record, *expected).await
        }
        _ => {
            AnsiTransactionManager::begin_transaction(connection).await?;
            let outcome = in_transaction(connection, change).await;
            end(connection, outcome).await
        }
    }
}

async fn in_transaction(connection: &mut AsyncPgConnection, change: &Change) -> Result<Committed, Failure> {
    match &change.mutation {
        Mutation::DeleteUser { id, expected, keys } => {
            users::delete(connection, change, *id, *expected, keys).await
        }
        Mutation::DeleteGroup { id, expected } => groups::delete(connection, change, *id, *expected).await,
        Mutation::CreateGroup { record, members } => {
            groups::create_with_members(connection, change, record, members).await
        }
        Mutation::ReplaceGroup { record, expected, members } => {
            groups::replace_with_members(connection, change, record, *expected, members).await
        }
        Mutation::EditMembers { id, expected, members } => {
            groups::edit_members(connection, change, *id, *expected, members).await
        }
        Mutation::CreateUser { record, keys } => users::create(connection, change, record, keys).await,
        Mutation::ReplaceUser { record, expected, keys } => {
            users::replace(connection, change, record, *expected, keys).await
        }
    }
}

async fn end(
    connection: &mut AsyncPgConnection,
    outcome: Result<Committed, Failure>,
) -> Result<Committed, Failure> {
    if let Ok(applied @ Committed::Applied(_)) = outcome {
        AnsiTransactionManager::commit_transaction(connection).await.map_err(Failure::Commit)?;
        return Ok(applied);
    }
    // When even that fails the pool throws the connection away, and the server rolls back by itself.
    let _ = AnsiTransactionManager::rollback_transaction(connection).await;
    outcome
}
