use crate::database::{Database, write, write_each};
use crate::error::TransactionError;
use crate::rows::{CommitRows, Transaction};
use crate::rules::save_rules;
use crate::statement::{RowSet, Statement};
use crate::statements as sql;

/// Writes within the caller's transaction.
pub(crate) async fn commit<D: Database>(
    database: &mut D,
    transaction: &Transaction,
) -> Result<(), TransactionError> {
    match transaction {
        Transaction::Register(rows) => {
            write(database, &sql::REGISTER_PORTALS, rows).await?;
            write(database, &sql::REGISTER_INTEGRATIONS, rows).await?;
            Ok(())
        }
        Transaction::Commit(rows) => {
            database.lock(&rows.integrations).await?;
            write_each(database, &sql::CHECK_REVISIONS, &rows.revisions).await?;
            check(database, &sql::CHECK_RULES, &rows.rules).await?;
            check(database, &sql::CHECK_MANAGERS, &rows.managers).await?;
            write_tasks(database, rows).await?;
            write_people(database, rows).await?;
            write_links(database, rows).await?;
            write_memberships(database, rows).await?;
            write_notes(database, rows).await?;
            // Last, so that it counts what the batch did.
            write(database, &sql::SET_STATES, &rows.states).await?;
            Ok(())
        }
        Transaction::SaveRules(rows) => save_rules(database, rows).await,
        Transaction::Script(script) => script.run(database).await,
    }
}

/// Fails when something is no longer as it was decided on: the statement answers what is.
///
/// Whoever saves rules holds the same lock, and has everything decided anew afterwards: what was decided by rules that are
/// no longer in force must not come later than that. So it is with managers: whoever comes to be one has those decided
/// anew who name them by then, and cannot know of somebody who is being written.
async fn check<D: Database>(
    database: &mut D,
    statement: &'static Statement,
    rows: &RowSet,
) -> Result<(), TransactionError> {
    if rows.is_empty() {
        return Ok(());
    }
    let as_decided = database.query(statement, rows).await?;
    if as_decided.len() == rows.len() { Ok(()) } else { Err(TransactionError::Clash) }
}

async fn write_tasks<D: Database>(database: &mut D, rows: &CommitRows) -> Result<(), TransactionError> {
    write_each(database, &sql::INSERT_HANDLED, &rows.handled).await?;
    write(database, &sql::FORGET_PARKED, &rows.handled).await?;
    write(database, &sql::UPSERT_PARKED, &rows.parked).await?;
    write(database, &sql::FORGET_RECHECKS, &rows.rechecked).await?;
    write(database, &sql::POSTPONE_RECHECKS, &rows.postponed).await?;
    Ok(())
}

async fn write_people<D: Database>(database: &mut D, rows: &CommitRows) -> Result<(), TransactionError> {
    write_each(database, &sql::UPDATE_LEARNERS, &rows.releasing_learners).await?;
    write_each(database, &sql::UPDATE_LEARNERS, &rows.changed_learners).await?;
    write_each(database, &sql::INSERT_LEARNERS, &rows.new_learners).await?;
    write(database, &sql::UPSERT_PROVENANCE, &rows.provenance).await?;
    write_each(database, &sql::UPDATE_COHORTS, &rows.releasing_cohorts).await?;
    write_each(database, &sql::UPDATE_COHORTS, &rows.changed_cohorts).await?;
    write_each(database, &sql::INSERT_COHORTS, &rows.new_cohorts).await
}

async fn write_links<D: Database>(database: &mut D, rows: &CommitRows) -> Result<(), TransactionError> {
    write(database, &sql::INSERT_HOLDS, &rows.holds).await?;
    write_each(database, &sql::UPDATE_LINKS, &rows.changed_links).await?;
    write_each(database, &sql::INSERT_LINKS, &rows.new_links).await?;
    write(database, &sql::FORGET_ADOPTIONS, &rows.settled_newcomers).await?;
    write(database, &sql::INSERT_ADOPTIONS, &rows.adoptions).await?;
    Ok(())
}

async fn write_memberships<D: Database>(database: &mut D, rows: &CommitRows) -> Result<(), TransactionError> {
    write(database, &sql::UPSERT_EDGES, &rows.edges).await?;
    write(database, &sql::END_MEMBERSHIPS_OF_EDGES, &rows.edges).await?;
    write(database, &sql::END_MEMBERSHIPS_OF_LEARNERS, &rows.rejoined_learners).await?;
    write(database, &sql::END_MEMBERSHIPS_OF_COHORTS, &rows.rejoined_cohorts).await?;
    write(database, &sql::BEGIN_MEMBERSHIPS_OF_EDGES, &rows.edges).await?;
    write(database, &sql::BEGIN_MEMBERSHIPS_OF_LEARNERS, &rows.rejoined_learners).await?;
    write(database, &sql::BEGIN_MEMBERSHIPS_OF_COHORTS, &rows.rejoined_cohorts).await?;
    Ok(())
}

async fn write_notes<D: Database>(database: &mut D, rows: &CommitRows) -> Result<(), TransactionError> {
    write(database, &sql::INSERT_CONFLICTS, &rows.conflicts).await?;
    write(database, &sql::COUNT_DEPARTURES, &rows.departures).await?;
    write(database, &sql::WAKE_REPORTS, &rows.woken).await?;
    write(database, &sql::BEGIN_RUNS, &rows.runs).await?;
    write(database, &sql::COUNT_PARTS, &rows.parts).await?;
    write(database, &sql::END_RUNS, &rows.ended_runs).await?;
    write(database, &sql::INSERT_DRIFT, &rows.drift).await?;
    write(database, &sql::INSERT_EFFECTS, &rows.effects).await?;
    write(database, &sql::INSERT_EFFECT_MEMBERS, &rows.effect_members).await?;
    Ok(())
}
