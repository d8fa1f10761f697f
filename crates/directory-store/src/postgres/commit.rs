//! Committing a change: one transaction, one aggregate row locked before anything else.

mod counts;
mod groups;
mod lookups;
mod members;
mod recorded;
mod refusal;
mod users;

use std::slice;

use diesel_async::{AnsiTransactionManager, AsyncPgConnection, SimpleAsyncConnection, TransactionManager};
use directory::{Change, CommitError, Committed, IntegrationId, MemberChange, Mutation};

use self::groups::MemberEdit;
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
        Mutation::CreateUser { .. } | Mutation::ReplaceUser { .. } | Mutation::EditMembers { .. } => {
            let outcome =
                commit_several(connection, change.integration, slice::from_ref(change)).await?.pop();
            outcome.unwrap_or(Err(Failure::Refused(CommitError::NotFound)))
        }
        Mutation::CreateGroup { record, members } if members.is_empty() => {
            groups::create(connection, change, record).await
        }
        Mutation::ReplaceGroup { record, expected, members: MemberChange::Keep } => {
            groups::replace(connection, change, record, *expected).await
        }
        Mutation::ReplaceGroup { record, expected, members } => {
            let replaced = groups::replace_with_members(connection, change, record, *expected, members).await;
            end_begun(connection, replaced.is_ok()).await?;
            replaced
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
        // They begin by themselves, or need not.
        Mutation::ReplaceGroup { .. }
        | Mutation::EditMembers { .. }
        | Mutation::CreateUser { .. }
        | Mutation::ReplaceUser { .. } => Box::pin(commit(connection, change)).await,
    }
}

/// Makes changes of one integration that each create a user, or each change one, all in one statement, or that each edit
/// the members of one group, in one transaction. Those that create are made all of them or none. What one came to stands
/// where it stood.
///
/// Different users only.
pub(super) async fn commit_several(
    connection: &mut AsyncPgConnection,
    of: IntegrationId,
    changes: &[Change],
) -> Result<Vec<Outcome>, Failure> {
    let edits: Vec<_> = changes.iter().filter_map(MemberEdit::of).collect();
    if edits.len() == changes.len() {
        let edited = groups::edit_members(connection, of, &edits).await;
        let is_applied = |outcome: &Committed| matches!(outcome, Committed::Applied(_));
        end_begun(connection, edited.as_ref().is_ok_and(|outcomes| outcomes.iter().any(is_applied))).await?;
        return Ok(edited?.into_iter().map(Ok).collect());
    }
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

/// Ends a transaction that was begun by a statement's own text.
async fn end_begun(connection: &mut AsyncPgConnection, is_applied: bool) -> Result<(), Failure> {
    if is_applied {
        return connection.batch_execute("commit").await.map_err(Failure::Commit);
    }
    if connection.batch_execute("rollback").await.is_err() {
        // Nobody may get it as it is: the pool throws it away, and the server rolls back by itself.
        AnsiTransactionManager::transaction_manager_status_mut(connection).set_in_error();
    }
    Ok(())
}
