use lms::{
    CohortId, CohortSize, CohortView, IntegrationSlug, LearnerCohort, LearnerId, LearnerView, Narrowed, Page,
    Status, StoreError, TrainingRecord,
};
use serde::Serialize;
use uuid::Uuid;

use crate::database::{Database, read_for};
use crate::queries as sql;
use crate::rows::{
    CohortRow, LearnerRow, MemberRow, SizeRow, TrainingRecordRow, cohort_views, learner_views, sized_cohorts,
};

#[derive(Serialize)]
struct PageOf<'a> {
    integration: &'a str,
    login_folded: Option<String>,
    scim_id: Option<Uuid>,
    status: Option<&'static str>,
    after: Option<Uuid>,
    max_rows: u32,
}

#[derive(Serialize)]
struct OfCohort<'a> {
    integration: &'a str,
    cohort_id: Uuid,
}

#[derive(Serialize)]
struct OfLearner<'a> {
    integration: &'a str,
    learner_id: Uuid,
}

pub(crate) async fn learners<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    narrowed: Narrowed<'_>,
    page: Page<LearnerId>,
) -> Result<Vec<LearnerView>, StoreError> {
    let (statement, login, scim_id, status) = match narrowed {
        Narrowed::No => (&sql::LEARNERS, None, None, None),
        Narrowed::ToLogin(login, status) => (&sql::LEARNERS_BY_LOGIN, Some(login), None, status),
        Narrowed::ToStatus(status) => (&sql::LEARNERS_BY_STATUS, None, None, Some(status)),
        Narrowed::ToScimId(id, status) => (&sql::LEARNERS_BY_SCIM_ID, None, Some(id), status),
    };
    let wanted = PageOf {
        integration: integration.as_str(),
        login_folded: login.map(lms::fold),
        scim_id: scim_id.map(|id| id.0),
        status: status.map(Status::as_str),
        after: page.after.map(|id| id.0),
        max_rows: page.limit,
    };
    let rows: Vec<LearnerRow> = read_for(database, statement, &[wanted]).await?;
    learner_views(rows)
}

pub(crate) async fn cohorts<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    page: Page<CohortId>,
) -> Result<Vec<CohortView>, StoreError> {
    let rows = cohort_rows(database, integration, page).await?;
    let members: Vec<MemberRow> = read_for(database, &sql::MEMBERS, &of_cohorts(integration, &rows)).await?;
    cohort_views(rows, members)
}

pub(crate) async fn cohort_sizes<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    page: Page<CohortId>,
) -> Result<Vec<CohortSize>, StoreError> {
    let rows = cohort_rows(database, integration, page).await?;
    let found: Vec<SizeRow> = read_for(database, &sql::COHORT_SIZES, &of_cohorts(integration, &rows)).await?;
    sized_cohorts(rows, &found)
}

async fn cohort_rows<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    page: Page<CohortId>,
) -> Result<Vec<CohortRow>, StoreError> {
    let integration = integration.as_str();
    let after = page.after.map(|id| id.0);
    let wanted =
        PageOf { integration, login_folded: None, scim_id: None, status: None, after, max_rows: page.limit };
    read_for(database, &sql::COHORTS, &[wanted]).await
}

fn of_cohorts<'a>(integration: &'a IntegrationSlug, rows: &[CohortRow]) -> Vec<OfCohort<'a>> {
    let integration = integration.as_str();
    rows.iter().map(|row| OfCohort { integration, cohort_id: row.cohort_id() }).collect()
}

pub(crate) async fn cohorts_of<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    learner: LearnerId,
    page: Page<CohortId>,
) -> Result<Vec<LearnerCohort>, StoreError> {
    #[derive(Serialize)]
    struct Wanted<'a> {
        integration: &'a str,
        learner_id: Uuid,
        after: Option<Uuid>,
        max_rows: u32,
    }
    let (integration, after) = (integration.as_str(), page.after.map(|id| id.0));
    let wanted = Wanted { integration, learner_id: learner.0, after, max_rows: page.limit };
    read_for(database, &sql::COHORTS_OF_LEARNER, &[wanted]).await
}

pub(crate) async fn training_records<D: Database>(
    database: &mut D,
    integration: &IntegrationSlug,
    learner: LearnerId,
) -> Result<Vec<TrainingRecord>, StoreError> {
    let wanted = OfLearner { integration: integration.as_str(), learner_id: learner.0 };
    let rows: Vec<TrainingRecordRow> = read_for(database, &sql::TRAINING_RECORDS, &[wanted]).await?;
    Ok(rows.into_iter().map(TrainingRecord::from).collect())
}
