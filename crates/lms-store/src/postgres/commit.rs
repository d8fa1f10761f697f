use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::integration;
use super::statements::{
    BeginMembershipsOfCohorts, BeginMembershipsOfEdges, BeginMembershipsOfLearners, EndMembershipsOfCohorts,
    EndMembershipsOfEdges, EndMembershipsOfLearners, ForgetParked, InsertCohorts, InsertHandled,
    InsertLearners, InsertLinks, RegisterIntegrations, RegisterPortals, UpdateCohorts, UpdateLearners,
    UpdateLinks, UpsertEdges, UpsertParked,
};
use crate::bulk::{Bulk, BulkStatement, RowSet};
use crate::error::TransactionError;
use crate::rows::{CommitRows, Transaction};

/// Writes within the caller's transaction.
pub(super) async fn write(
    connection: &mut AsyncPgConnection,
    transaction: &Transaction,
) -> Result<(), TransactionError> {
    match transaction {
        Transaction::Register(rows) => {
            run::<RegisterPortals>(connection, rows).await?;
            run::<RegisterIntegrations>(connection, rows).await
        }
        Transaction::Commit(rows) => write_change(connection, rows).await,
    }
}

async fn write_change(connection: &mut AsyncPgConnection, rows: &CommitRows) -> Result<(), TransactionError> {
    lock_integrations(connection, &rows.integrations).await?;
    run_for_each::<InsertHandled>(connection, &rows.handled).await?;
    run::<ForgetParked>(connection, &rows.handled).await?;
    run::<UpsertParked>(connection, &rows.parked).await?;
    run_for_each::<UpdateLearners>(connection, &rows.releasing_learners).await?;
    run_for_each::<UpdateLearners>(connection, &rows.changed_learners).await?;
    run_for_each::<InsertLearners>(connection, &rows.new_learners).await?;
    run_for_each::<UpdateCohorts>(connection, &rows.releasing_cohorts).await?;
    run_for_each::<UpdateCohorts>(connection, &rows.changed_cohorts).await?;
    run_for_each::<InsertCohorts>(connection, &rows.new_cohorts).await?;
    run_for_each::<UpdateLinks>(connection, &rows.changed_links).await?;
    run_for_each::<InsertLinks>(connection, &rows.new_links).await?;
    run::<UpsertEdges>(connection, &rows.edges).await?;
    run::<EndMembershipsOfEdges>(connection, &rows.edges).await?;
    run::<EndMembershipsOfLearners>(connection, &rows.rejoined_learners).await?;
    run::<EndMembershipsOfCohorts>(connection, &rows.rejoined_cohorts).await?;
    run::<BeginMembershipsOfEdges>(connection, &rows.edges).await?;
    run::<BeginMembershipsOfLearners>(connection, &rows.rejoined_learners).await?;
    run::<BeginMembershipsOfCohorts>(connection, &rows.rejoined_cohorts).await
}

/// Lets one commit of an integration in at a time, across replicas.
///
/// Without it, one transaction that adds an edge and another that links its user would not see each other, and
/// neither would write the membership. Ordered, so that commits of several integrations cannot deadlock.
async fn lock_integrations(
    connection: &mut AsyncPgConnection,
    slugs: &[String],
) -> Result<(), TransactionError> {
    integration::table
        .filter(integration::slug.eq_any(slugs))
        .order(integration::slug)
        .select(integration::slug)
        .for_no_key_update()
        .load::<String>(connection)
        .await?;
    Ok(())
}

async fn run<S: BulkStatement>(
    connection: &mut AsyncPgConnection,
    rows: &RowSet,
) -> Result<(), TransactionError> {
    if !rows.is_empty() {
        Bulk::<S>::new(rows).execute(connection).await?;
    }
    Ok(())
}

/// Fails when a row was not written, because someone else wrote it first.
async fn run_for_each<S: BulkStatement>(
    connection: &mut AsyncPgConnection,
    rows: &RowSet,
) -> Result<(), TransactionError> {
    if rows.is_empty() {
        return Ok(());
    }
    let written = Bulk::<S>::new(rows).execute(connection).await?;
    if written == rows.len() { Ok(()) } else { Err(TransactionError::Clash) }
}
