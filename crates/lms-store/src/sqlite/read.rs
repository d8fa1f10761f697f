use diesel::dsl::sql;
use diesel::sql_types::{Bool, Integer};
use diesel::{ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::RunQueryDsl;
use events::Message;
use lms::{CohortId, CohortView, IntegrationSlug, LearnerId, LearnerView, Page, StoreError, TrainingRecord};

use super::SqliteLink;
use super::error::classify;
use super::schema::{cohort, cohort_membership, learner, parked_event, training_record};
use crate::error::unavailable;
use crate::rows::{
    CohortRow, LearnerRow, ManagerRow, MemberRow, ParkedMessageRow, TrainingRecordRow, cohort_views,
    learner_views,
};

pub(super) async fn learners(
    connection: &mut SqliteLink,
    integration: &IntegrationSlug,
    login: Option<&str>,
    page: Page<LearnerId>,
) -> Result<Vec<LearnerView>, StoreError> {
    let mut query = learner::table
        .filter(learner::integration.eq(integration.as_str()))
        .order(learner::learner_id)
        .limit(i64::from(page.limit))
        .select(learner::all_columns)
        .into_boxed();
    if let Some(login) = login {
        query = query.filter(learner::login_folded.eq(lms::fold(login)));
    }
    if let Some(after) = page.after {
        query = query.filter(learner::learner_id.gt(after.0.to_string()));
    }
    let rows: Vec<LearnerRow> = query.load(connection).await.map_err(classify)?;
    let managers = load_managers(connection, integration, &rows).await.map_err(classify)?;
    learner_views(rows, managers).map_err(unavailable)
}

async fn load_managers(
    connection: &mut SqliteLink,
    integration: &IntegrationSlug,
    rows: &[LearnerRow],
) -> QueryResult<Vec<ManagerRow>> {
    let scim_ids: Vec<String> =
        rows.iter().filter_map(LearnerRow::manager_scim_id).map(|id| id.to_string()).collect();
    learner::table
        .filter(learner::integration.eq(integration.as_str()))
        .filter(learner::scim_id.eq_any(scim_ids))
        .select((learner::scim_id, learner::learner_id))
        .load(connection)
        .await
}

pub(super) async fn cohorts(
    connection: &mut SqliteLink,
    integration: &IntegrationSlug,
    page: Page<CohortId>,
) -> Result<Vec<CohortView>, StoreError> {
    let mut query = cohort::table
        .filter(cohort::integration.eq(integration.as_str()))
        .order(cohort::cohort_id)
        .limit(i64::from(page.limit))
        .select(cohort::all_columns)
        .into_boxed();
    if let Some(after) = page.after {
        query = query.filter(cohort::cohort_id.gt(after.0.to_string()));
    }
    let rows: Vec<CohortRow> = query.load(connection).await.map_err(classify)?;
    let members = load_members(connection, integration, &rows).await.map_err(classify)?;
    cohort_views(rows, members).map_err(unavailable)
}

async fn load_members(
    connection: &mut SqliteLink,
    integration: &IntegrationSlug,
    rows: &[CohortRow],
) -> QueryResult<Vec<MemberRow>> {
    let cohorts: Vec<String> = rows.iter().map(|row| row.cohort_id().to_string()).collect();
    let of_integration = cohort::table
        .filter(cohort::cohort_id.eq_any(cohorts))
        .filter(cohort::integration.eq(integration.as_str()))
        .select(cohort::cohort_id);
    cohort_membership::table
        .filter(cohort_membership::cohort_id.eq_any(of_integration))
        .select((cohort_membership::cohort_id, cohort_membership::learner_id))
        // A learner may be a member by several origins.
        .distinct()
        .order((cohort_membership::cohort_id, cohort_membership::learner_id))
        .load(connection)
        .await
}

pub(super) async fn training_records(
    connection: &mut SqliteLink,
    integration: &IntegrationSlug,
    learner: LearnerId,
) -> Result<Vec<TrainingRecord>, StoreError> {
    let of_integration = learner::table
        .filter(learner::learner_id.eq(learner.0.to_string()))
        .filter(learner::integration.eq(integration.as_str()))
        .select(learner::learner_id);
    let rows: Vec<TrainingRecordRow> = training_record::table
        .filter(training_record::learner_id.eq_any(of_integration))
        .order((training_record::completed_at, training_record::record_id))
        .select(training_record::all_columns)
        .load(connection)
        .await
        .map_err(classify)?;
    Ok(rows.into_iter().map(TrainingRecord::from).collect())
}

/// Answers when the file can be read.
pub(super) async fn probe(connection: &mut SqliteLink) -> Result<(), StoreError> {
    diesel::select(sql::<Integer>("1")).execute(connection).await.map_err(classify)?;
    Ok(())
}

/// Due after one minute, then four, nine and so on, at most an hour.
pub(super) async fn due_parked(connection: &mut SqliteLink, limit: u32) -> Result<Vec<Message>, StoreError> {
    let is_due =
        sql::<Bool>("(julianday('now') - julianday(last_parked_at)) * 1440 >= min(attempts * attempts, 60)");
    let rows: Vec<ParkedMessageRow> = parked_event::table
        .filter(is_due)
        .order((parked_event::last_parked_at, parked_event::event_id))
        .limit(i64::from(limit))
        .select((
            parked_event::event_id,
            parked_event::routing_key,
            parked_event::content_type,
            parked_event::attributes,
            parked_event::body,
        ))
        .load(connection)
        .await
        .map_err(classify)?;
    rows.into_iter().map(|row| row.message().map_err(unavailable)).collect()
}
