//! Committing a change: one transaction, one aggregate row locked before anything else.

mod groups;
mod lookups;
mod members;
mod recorded;
mod refusal;
mod users;

use std::slice;

use diesel_async::{AnsiTransactionManager, AsyncPgConnection, TransactionManager};
use directory::{Change, CommitError, Committed, IntegrationId, MemberChange, Mutation};

use self::users::{Creation, Outcome, Replacement};
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
        Mutation::CreateUser { .. } | Mutation::ReplaceUser { .. } => {
            let outcome = commit_users(connection, change.integration, slice::from_ref(change)).await?.pop();
            outcome.unwrap_or(Err(Failure::Refused(CommitError::NotFound)))
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
        // One statement by itself.
        Mutation::CreateUser { .. } | Mutation::ReplaceUser { .. } => {
            Box::pin(commit(connection, change)).await
        }
    }
}

/// Makes changes of one integration that each create a user, or each change one, all in one statement: those that create
/// all of them or none. What one came to stands where it stood.
///
/// Different users only.
pub(super) async fn commit_users(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    changes: &[Change],
) -> Result<Vec<Outcome>, Failure> {
    let creations: Vec<_> = changes.iter().filter_map(Creation::of).collect();
    if creations.len() == changes.len() {
        return users::create(connection, of, &creations).await;
    }
    let replacements: Vec<_> = changes.iter().filter_map(Replacement::of).collect();
    users::replace(connection, of, &replacements).await
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
